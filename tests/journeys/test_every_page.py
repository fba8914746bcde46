"""Every kind of page is looked at on a phone, in Chinese (in the proof in English, too), by everybody who has it.

Each person follows every link they are shown, one page of each kind. A page made of parts that somebody
already looked at in a page of its kind is only asked for; all others are judged in the browser.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import pytest

from tests.journeys.house import House
from tests.journeys.person import Person
from tests.journeys.walk import FILES, IN_THE_YEAR, Walk

pytestmark = pytest.mark.browser

LANGUAGES = ["zh-Hans", "en"] if os.environ.get("GRANTS_PROVE") else ["zh-Hans"]
# A visitor; everybody who works here; groups with a grant, with none, with a draft, with a finding, at the end.
WHO = [
    "", "director", "officer", "finance", "awards", "auditor", "board1", "district", "district2", "partner", "evaluator",
    "admin", "reviewer1", "group1", "group5", "group11", "group6", "group13", "group19",
]  # fmt: skip
# Pages no other page leads to.
STARTS = {"": ["/", "/sign-in", "/register/sent", "/forgotten/sent", "/components"]}
# Kinds of which all are looked at: they show what their state allows.
EACH = {"calls.show", "proposals.show", "agreements.show"}
# Answered with a part of a page, or with the way to another one.
PIECES = {
    "messages.open_message",
    "groups.hosts",
    "groups.places",
    "closeouts.archive",
    "proposal_drafts.presence",
}

LINK = re.compile(r'<a\b[^>]*?\shref="(/[^"#]*)')


def links_of(html: str) -> Iterator[str]:
    return (link.replace("&amp;", "&") for link in LINK.findall(html))


def look_around(person: Person, name: str, walk: Walk) -> None:
    waiting, seen = [*STARTS.get(name, ["/home", "/account"])], set[str]()
    while waiting:
        path = waiting.pop(0)
        kind = walk.kind_of(path)
        mark = path if kind in EACH else kind
        if not kind or mark in seen:
            continue
        seen.add(mark)
        answer = person.context.request.get(f"{person.base}{path}")
        assert answer.status == 200, f"{path} is linked for {name} and answers {answer.status}"
        html = answer.text()
        if walk.is_new(kind, html):
            person.open(path)
            person.look(f"{name} {path}")
        waiting += links_of(html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_sound(people: Callable[..., Person], house: House, language: str) -> None:
    walk = Walk(house.app.url_map.bind("localhost"))
    for name in WHO:
        look_around(people(name, language=language), name, walk)
    rules = [rule for rule in house.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    pages = {rule.endpoint for rule in rules if not FILES.search(rule.endpoint)}
    missed = pages - walk.pages - PIECES - IN_THE_YEAR
    assert missed == set(), "Nobody reaches these pages."

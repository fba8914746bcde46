"""Every kind of page is looked at once, on a phone, in Chinese, by everybody who has it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.journeys.conftest import Person

pytestmark = pytest.mark.browser

WHO = [
    "", "director", "officer", "finance", "awards", "auditor", "board1", "district", "partner", "evaluator",
    "admin", "reviewer1", "group1", "group5", "group12",
]  # fmt: skip
NOT_PAGES = re.compile(
    r"^/(sign-out|lang/|files/|static/|app\.css|api/|demo/clock)|\.(csv|xlsx|pdf|ics|atom|zip|json|docx)(\?|$)"
)
IDS = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")
MOST = 45


def kind_of(path: str) -> str:
    """Pages that differ by what they show, not by how they are made, are one kind."""
    plain = IDS.sub("*", urlsplit(path).path)
    return re.sub(r"/\d+(?=/|$)", "/#", plain)


def links_of(person: Person) -> list[str]:
    found: list[str] = person.page.eval_on_selector_all(
        "a[href]", "all => all.map(a => a.getAttribute('href'))"
    )
    return [href for href in found if href.startswith("/") and not NOT_PAGES.search(href)]


@pytest.mark.parametrize("name", WHO, ids=lambda name: name or "visitor")
def test_every_page_one_can_reach_is_sound(people: Callable[..., Person], name: str) -> None:
    person = people(name)
    waiting, seen = ["/home" if name else "/", "/account" if name else "/sign-in"], set[str]()
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        if kind_of(path) in seen:
            continue
        seen.add(kind_of(path))
        answer = person.page.goto(f"{person.base}{path}")
        assert answer is not None
        assert answer.status == 200, f"{path} is linked and answers {answer.status}"
        person.look()
        waiting += [link for link in links_of(person) if kind_of(link) not in seen]

"""The bar above every page: who finds what in it, where it is folded away, and what is new."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask

from grants.core import clock
from grants.core.checkcodes import public_id
from grants.core.db import db
from grants.core.unit_of_work import unit_of_work
from grants.messaging.models import Notification
from grants.messaging.queries import MANY, unread_count
from grants.workspace.views.navigation import DOCK, NARROW, WIDE
from tests.cast import Browser, Cast

SignIn = Callable[[str], Browser]


def bar(page: str) -> str:
    found = re.search(r'<nav class="nav.*?</nav>', page, re.DOTALL)
    assert found
    return found[0]


def entries(part: str) -> list[tuple[str, str]]:
    """(classes, address) of each entry."""
    rows = re.findall(r'<li(?: class="([^"]*)")?><a href="([^"]+)"', part)
    return [(unescape(css), href) for css, href in rows]


@pytest.mark.parametrize(
    ("name", "found", "missing"),
    [
        ("olu", ["/desk/proposals", "/projects", "/payments", "/calls", "/reviews/stages", "/agreements"], ["/funds", "/settings"]),
        ("eve", ["/payments", "/funds", "/projects"], ["/calls", "/settings"]),
        ("dee", ["/reviews"], ["/desk/proposals", "/projects", "/payments"]),
        ("di", ["/projects", "/agreements"], ["/payments", "/funds"]),
        ("max", ["/people", "/settings"], ["/payments"]),
        ("gus", ["/awards", "/reviews/stages"], ["/payments"]),
    ],
)  # fmt: skip
def test_everybody_finds_their_pages_and_only_theirs(
    sign_in: SignIn, name: str, found: list[str], missing: list[str]
) -> None:
    browser = sign_in(name)
    shown = {href for _, href in entries(bar(browser.page("/home")))}
    assert set(found) <= shown
    assert shown.isdisjoint(missing)
    assert {href: browser.get(href).status_code for href in shown} == dict.fromkeys(shown, 200)


@pytest.mark.parametrize("name", ["olu", "fay", "aud"])
def test_at_each_width_every_entry_is_in_the_bar_or_under_more_never_both(sign_in: SignIn, name: str) -> None:
    whole = bar(sign_in(name).page("/home"))
    in_bar, under_more = (entries(part) for part in whole.split("<details", 1))
    everything = {href for _, href in in_bar} | {href for _, href in under_more}
    assert len(everything) > WIDE
    for width, room in (("phone", DOCK - 1), ("narrow", NARROW), ("wide", WIDE)):
        there = [href for css, href in in_bar if f"not-{width}" not in css]
        folded = [href for css, href in under_more if f"not-{width}" not in css]
        assert len(there) == room
        assert sorted(there + folded) == sorted(everything)


def test_more_opens_without_script_and_closes_with_it(sign_in: SignIn) -> None:
    whole = bar(sign_in("olu").page("/home"))
    assert re.search(r"<details[^>]* data-menu><summary>", whole)
    assert "onclick" not in whole


@pytest.mark.parametrize(
    ("name", "path", "current"),
    [
        ("olu", "/desk/proposals", "/desk/proposals"),
        ("olu", "/reviews/stages", "/reviews/stages"),
        ("dee", "/reviews", "/reviews"),
        ("olu", "/groups", "/groups"),
        ("max", "/people/invite", "/people"),
    ],
)
def test_the_entry_of_the_page_one_is_on_is_marked(
    sign_in: SignIn, name: str, path: str, current: str
) -> None:
    marked = re.findall(r'href="([^"]+)" aria-current="page"', bar(sign_in(name).page(path)))
    assert set(marked) == {current}


@pytest.mark.parametrize(
    ("new", "said"),
    [(0, None), (1, "one is new"), (99, "99 are new"), (120, "More than 99 messages are new.")],
)
def test_what_is_new_is_counted_beside_messages(
    app: Flask, cast: Cast, sign_in: SignIn, new: int, said: str | None
) -> None:
    reader = cast.id("ada")
    with app.app_context(), unit_of_work():
        for number in range(new + 1):
            values: dict[str, Any] = {
                "kind": "proposal.passed",
                "key": f"k{number}",
                "values": {},
                "case": "proposal/1",
            }
            read = clock.now() if number == new else None
            db.session.add(
                Notification(public_id=public_id(), user_id=reader, at=clock.now(), read_at=read, **values)
            )
    news = re.search(r'<a class="news".*?</a>', sign_in("ada").page("/home"), re.DOTALL)
    assert news
    told = re.search(r'<span class="hide">([^<]+)</span></b>', news[0])
    assert (told[1] if told else None) == said
    assert ("99+" in news[0]) is (new > 99)
    with app.app_context(), unit_of_work(read_only=True):
        assert unread_count(cast.actor("ada")) == min(new, MANY), "counted no further than it is shown"


def test_every_page_bears_the_foundations_name_and_how_it_is_reached(
    app: Flask, visitor: Callable[[], Browser]
) -> None:
    from grants.reference import queries

    with app.app_context(), unit_of_work():
        profile = queries.foundation()
        profile.name, profile.phone = {"en": "Sui City Foundation"}, "020-00000100"
        db.session.add(profile)
    page = visitor().page("/open-calls")
    assert page.count("Sui City Foundation") == 2
    assert "020-00000100" in page

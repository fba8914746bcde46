"""What everybody may read is there without signing in, empty as it may be."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from html import unescape
from typing import Any

import pytest

from grants.core.db import db
from grants.payments.actions import tranches
from grants.projects.fields import ActivityState, MilestoneState
from grants.projects.models import Activity, Milestone
from grants.publishing import queries
from tests.payments.conftest import grant, house
from tests.payments.grants_made import House
from tests.payments.steps import LATER, pay_whole, project_of

__all__ = ["grant", "house"]
Browser = Callable[[], Any]
Inside = Callable[..., AbstractContextManager[None]]


@pytest.mark.parametrize("path", ["/", "/funded", "/funded?sort=evil&page=9"])
def test_public_pages_open_to_visitors(visitor: Browser, path: str) -> None:
    assert visitor().get(path).status_code == 200


def test_what_is_shown_can_be_exported(visitor: Browser) -> None:
    with visitor().get("/funded.csv") as answer:
        assert answer.status_code == 200
        assert answer.get_data().startswith(b"\xef\xbb\xbf")


def test_an_unknown_project_is_absent(visitor: Browser) -> None:
    assert visitor().get("/funded/0000000000000000").status_code == 404


def test_the_front_page_sends_people_home_who_have_signed_in(sign_in: Callable[[str], Any]) -> None:
    answer = sign_in("ada").get("/")
    assert (answer.status_code, answer.location) == (302, "/home")


def test_the_api_describes_itself(visitor: Browser) -> None:
    described = visitor().get("/api/v1/openapi.json").get_json()
    assert described["openapi"] == "3.1.0"
    assert sorted(described["paths"]) == ["/api/v1/calls", "/api/v1/calls/{public_id}", "/api/v1/projects"]


def test_lists_come_in_parts(visitor: Browser) -> None:
    assert visitor().get("/api/v1/calls").get_json() == {"items": [], "page": 1, "size": 25, "total": 0}


@pytest.mark.parametrize("arguments", ["page=0", "size=1000", "page=x"])
def test_wrong_arguments_are_named_in_a_problem_document(visitor: Browser, arguments: str) -> None:
    answer = visitor().get(f"/api/v1/projects?{arguments}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert list(answer.get_json()["errors"]["query"]) == [arguments.partition("=")[0]]


def test_writing_is_not_offered(visitor: Browser) -> None:
    answer = visitor().post("/api/v1/calls")
    assert answer.status_code in {400, 405}
    assert visitor().delete("/api/v1/calls/x").headers.get("Allow") or answer.status_code == 400


@pytest.fixture
def shown(house: House, inside: Inside, grant: int) -> str:
    """A project whose first tranche was paid, with work that counts and work that does not."""
    with inside():
        pay_whole(house, grant)
        project = project_of(grant)
        for number, state in enumerate((MilestoneState.ACCEPTED, MilestoneState.PLANNED), start=1):
            db.session.add(
                Milestone(
                    project_id=project.id, number=number, name={"en": "Visits"}, from_on=date(2026, 6, 1),
                    due_on=date(2026, 6, 30), state=state,
                )
            )  # fmt: skip
        given = (
            (ActivityState.VERIFIED, 3, 150),
            (ActivityState.RECORDED, 5, 60),
            (ActivityState.PLANNED, 0, 60),
        )
        for state, volunteers, minutes in given:
            db.session.add(
                Activity(
                    project_id=project.id, title="探访", on=date(2026, 6, 1), state=state,
                    minutes_each=minutes, volunteers_counted=volunteers,
                )
            )  # fmt: skip
        return project.public_id


def said_on(page: str) -> str:
    """What a page says, without its mark-up."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_anybody_reads_who_was_funded_how_much_how_far_and_when_it_was_paid(
    visitor: Browser, inside: Inside, shown: str
) -> None:
    """S003-4: only verified work counts, as everywhere else."""
    anybody = visitor()
    listed = anybody.page("/funded")
    with inside(read_only=True):
        told = queries.project(shown)
        title, number = told.title, told.grant.number
    for said in (title, "Kapok 1", "¥40,000"):
        assert said in listed, said
    page = said_on(anybody.page(f"/funded/{shown}"))
    for said in (
        title, number, "Kapok 1", "Kapok Programme", "¥40,000.00", "Milestones reached 1 of 2",
        "Activities 1 ", "Verified hours 7.5", "¥20,000.00 of ¥40,000.00", "20 May 2026", "not yet",
    ):  # fmt: skip
        assert said in page, said
    assert "Verified hours 7 " in said_on(anybody.page("/"))


def test_money_that_will_not_be_paid_is_no_tranche_to_wait_for(
    visitor: Browser, house: House, inside: Inside, grant: int, shown: str
) -> None:
    with inside():
        tranches.cancel(house.tranche(grant, 3), reason="提前结束", by=house.actor("fay"), at=LATER)
    assert visitor().page(f"/funded/{shown}").count("not yet") == 1

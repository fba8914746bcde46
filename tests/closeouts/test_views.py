"""The pages of closing out: each step by its own person, hidden and absent alike, the twin in SQL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.closeouts import queries
from grants.closeouts.fields import CloseoutState
from grants.closeouts.models import Closeout
from grants.closeouts.rules import LAST_DAYS
from grants.core import clock
from grants.core.db import db
from grants.core.policy import permits
from grants.organisations.fields import ConflictKind, ConflictSource, ConflictState
from grants.organisations.models import Conflict
from grants.projects.models import Project
from tests.cast import Browser
from tests.closeouts.test_actions import evaluate, submit
from tests.payments.grants_made import House, yuan

Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]
POINTS = {"completion": "95", "effect": "94", "finance": "88", "archive": "92"}
OUTSIDE = ["cy", "gus", "dee", "bea", "max"]


@pytest.fixture
def page(closeout: str) -> str:
    return f"/closeouts/{closeout}"


def test_each_step_by_its_own_person(sign_in: SignIn, rows: Session, page: str) -> None:
    ada, olu, eve = (sign_in(name) for name in ("ada", "olu", "eve"))
    assert ada.send(f"{page}/account", {"spent_all": "36,763.50"}, from_page=page).status_code == 303
    assert olu.send(f"{page}/close", from_page=page).status_code == 422
    back = {"amount": "3236.50", "received_on": f"{clock.today():%Y-%m-%d}", "reference": "回单"}
    assert eve.send(f"{page}/returns", {**back, "amount": "1x"}, from_page=page).status_code == 422
    assert eve.send(f"{page}/returns", back, from_page=page).status_code == 303
    marks = {**POINTS, "beneficiaries": "95", "beneficiaries_note": "32人"}
    assert olu.send(f"{page}/evaluation", {**marks, "effect": ""}, from_page=page).status_code == 422
    assert olu.send(f"{page}/evaluation", {**marks, "effect": "101"}, from_page=page).status_code == 422
    assert olu.send(f"{page}/evaluation", marks, from_page=page).status_code == 303
    assert "93.6" in ada.page(page)
    assert olu.send(f"{page}/close", from_page=page).status_code == 303
    assert olu.send(f"{page}/close", from_page=page).status_code == 409
    assert rows.scalars(select(Closeout.state)).one() is CloseoutState.CLOSED
    assert "Waits to be packed" in olu.page(page)


@pytest.mark.parametrize("spent", ["", "x", "-1", "40000.001", "99999999999999999999", "40000.01", "1\x00"])
def test_a_strange_amount_is_refused_and_kept(sign_in: SignIn, rows: Session, page: str, spent: str) -> None:
    answer = sign_in("ada").send(f"{page}/account", {"spent_all": spent, "words": "说明"}, from_page=page)
    assert answer.status_code == 422
    assert "说明" in answer.text
    assert rows.scalars(select(Closeout.state)).one() is CloseoutState.OPEN


@pytest.mark.parametrize("name", OUTSIDE)
def test_others_cannot_tell_it_exists(sign_in: SignIn, page: str, name: str) -> None:
    browser = sign_in(name)
    browser.page(page, status=404)
    browser.page("/closeouts/0000000000000000", status=404)
    browser.page("/closeouts", status=404)
    for verb in ("account", "return", "evaluation", "returns", "close", "archive"):
        assert browser.send(f"{page}/{verb}").status_code == 404


def test_readers_have_no_buttons_and_cannot_press_them(sign_in: SignIn, page: str) -> None:
    aud = sign_in("aud")
    assert "Hand in the account" not in aud.page(page)
    assert aud.send(f"{page}/account", {"spent_all": "1"}, from_page="/sign-in").status_code == 403
    assert aud.send(f"{page}/evaluation", POINTS, from_page="/sign-in").status_code == 403


def test_the_group_does_not_see_the_archive(sign_in: SignIn, page: str) -> None:
    assert 'id="archive-of-it"' not in sign_in("ada").page(page)
    assert 'id="archive-of-it"' in sign_in("aud").page(page)
    sign_in("ada").page(f"{page}/archive", status=404)


def test_an_officer_begins_it_in_the_last_month_and_the_group_cannot(
    house: House, inside: Inside, sign_in: SignIn, rows: Session
) -> None:
    with inside():
        project = house.sign(house.promise(house.group()))
        project.ends_on = clock.today() + LAST_DAYS + timedelta(days=1)
        address = f"/projects/{project.public_id}/closeout"
    assert sign_in("ada").send(address).status_code == 403
    assert sign_in("cy").send(address).status_code == 404
    assert sign_in("olu").send(address).status_code == 409
    assert rows.scalars(select(Closeout)).all() == []
    rows.rollback()
    with inside():
        db.session.scalars(select(Project)).one().ends_on -= timedelta(days=1)
    assert sign_in("olu").send(address).status_code == 303


def test_the_list_holds_it_and_exports_it(
    house: House, inside: Inside, sign_in: SignIn, closeout: str, page: str
) -> None:
    with inside():
        submit(house, closeout, yuan(30_000))
        evaluate(house, closeout)
    aud = sign_in("aud")
    assert page in aud.page("/closeouts?state=graded")
    assert page not in aud.page("/closeouts?state=closed")
    assert "30000.00" in aud.get("/closeouts.csv").text


def test_the_twin_in_sql_agrees_with_the_table(house: House, inside: Inside, closeout: str) -> None:
    with inside():
        row = queries.by_public_id(closeout)
        db.session.add(
            Conflict(
                user_id=house.cast.id("otis"),
                organisation_id=row.project.organisation_id,
                kind=ConflictKind.FAMILY,
                source=ConflictSource.DECLARED,
                state=ConflictState.CONFIRMED,
                declared_on=clock.today(),
            )
        )
    with inside(read_only=True):
        row = queries.by_public_id(closeout)
        for name in ("ada", "bo", "cy", "dee", "eve", "fay", "olu", "otis", "gus", "aud", "di", "bea", "max"):
            actor = house.actor(name)
            seen = bool(db.session.scalars(queries.visible_to(actor)).all())
            assert seen is permits(actor, "closeout.view", row), name
        assert not permits(house.actor("otis"), "closeout.grade", row)


def test_the_project_page_shows_money_and_end(
    house: House, inside: Inside, sign_in: SignIn, grant: int, closeout: str, page: str
) -> None:
    with inside():
        project = f"/projects/{queries.by_public_id(closeout).project.public_id}"
    for name in ("ada", "olu"):
        text = sign_in(name).page(project)
        assert "Money received and to come" in text
        assert page in text
    assert "/payments/" not in sign_in("bea").page(project)

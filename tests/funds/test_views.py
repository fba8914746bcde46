"""Pages of the books."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core import lists
from grants.core.db import db
from grants.core.policy import VISITOR, Actor, Held, permits
from grants.funds import queries
from grants.funds.listing import FUNDS
from grants.funds.models import Fund
from tests.cast import Browser
from tests.funds.conftest import AT, BOARD, YEAR, yuan

Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]


@pytest.fixture
def address(rows: Session, fund: int) -> str:
    return f"/funds/{rows.get_one(Fund, fund).public_id}"


def test_figures_open_the_movements_they_count(
    sign_in: SignIn, inside: Inside, fund: int, address: str
) -> None:
    from grants.funds import actions

    with inside():
        actions.commit_money(
            queries.by_id(fund), year=YEAR, amount=yuan(42_000), case="proposal/1", by=BOARD, at=AT
        )
    eve = sign_in("eve")
    assert "General fund" in eve.page("/funds")
    page = eve.page(address)
    assert "¥1,158,000.00" in page
    opened = eve.page(f"{address}?account=committed")
    assert "¥42,000.00" in opened
    assert "proposal/1" not in opened
    assert "Opening balance" not in opened
    eve.page(f"{address}?account=nothing&year=99999999")


def test_finance_books_money_and_sets_budgets(
    sign_in: SignIn, inside: Inside, fund: int, address: str
) -> None:
    eve = sign_in("eve")
    booked = eve.send(f"{address}/receipts", {"amount": "１,000.50", "note": "捐赠"}, from_page=address)
    assert booked.status_code == 303
    told = {"budget-year": "2027", "budget-line": "grants", "budget-amount": "5000"}
    assert eve.send(f"{address}/budgets", told, from_page=address).status_code == 303
    with inside(read_only=True):
        assert str(queries.free_money(fund)) == "1201000.50"
        assert queries.room(fund, 2027) == yuan(5_000)


@pytest.mark.parametrize("amount", ["", "0", "-5", "abc", "1.005", "9" * 40, "\x00"])
def test_bad_amounts_are_told_and_book_nothing(
    sign_in: SignIn, inside: Inside, fund: int, address: str, amount: str
) -> None:
    eve = sign_in("eve")
    assert eve.send(f"{address}/receipts", {"amount": amount}, from_page=address).status_code == 422
    with inside(read_only=True):
        assert queries.free_money(fund) == yuan(1_200_000)


def test_a_fund_is_opened_by_its_page(sign_in: SignIn) -> None:
    eve = sign_in("eve")
    given = {"name_zh": "微光基金", "source_type": "earmarked", "earmarked": "y"}
    made = eve.send("/funds/new", given, from_page="/funds/new")
    assert made.status_code == 303
    assert "微光基金" in eve.page(made.headers["Location"])
    assert eve.send("/funds/new", {"name_zh": ""}, from_page="/funds/new").status_code == 422


@pytest.mark.parametrize("name", ["ada", "cy", "dee", "olu", "bea", "gus"])
def test_others_find_no_books(sign_in: SignIn, address: str, name: str) -> None:
    client = sign_in(name)
    for path in ("/funds", "/funds/new", address, "/funds/0000000000000000"):
        assert client.get(path).status_code == 404, path


def test_the_auditor_reads_and_books_nothing(sign_in: SignIn, address: str) -> None:
    aud = sign_in("aud")
    aud.page(address)
    told = {"amount": "5", "csrf_token": aud.csrf("/account")}
    assert aud.post(f"{address}/receipts", data=told).status_code == 403


@pytest.mark.parametrize(
    "actor",
    [VISITOR, *(Actor(1, "x", (Held(role),)) for role in ("finance", "director", "auditor", "officer"))],
)
def test_the_policy_and_its_twin_agree(inside: Inside, fund: int, actor: Actor) -> None:
    with inside(read_only=True):
        seen = {row.id for row in db.session.scalars(queries.visible_to(actor))}
        found = db.session.scalars(select(Fund)).all()
        assert seen == {row.id for row in found if permits(actor, "fund.view", row)}
        assert lists.page(FUNDS, {}, by=actor, path="/funds").total == len(seen)

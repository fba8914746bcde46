"""Who promises money at the same moment as somebody else still finds the fund and the year's line as they are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Flask
from sqlalchemy import select

from grants.core.db import db
from grants.core.money import Money
from grants.funds import actions, queries
from grants.funds.fields import BudgetLine
from grants.funds.models import YearBudget
from tests.at_once import overlap
from tests.funds.conftest import AT, BOARD, FINANCE, YEAR, yuan

Inside = Callable[..., AbstractContextManager[None]]


def promise(fund_id: int, amount: int, case: str) -> None:
    actions.commit_money(queries.by_id(fund_id), year=YEAR, amount=yuan(amount), case=case, by=BOARD, at=AT)


def budget(fund_id: int, amount: int) -> None:
    line = BudgetLine.GRANTS
    actions.set_year_budget(
        queries.by_id(fund_id), year=YEAR, line=line, amount=yuan(amount), by=FINANCE, at=AT
    )


def promised(inside: Inside, fund_id: int) -> Money:
    with inside(read_only=True):
        return queries.figures_of_line(fund_id, YEAR, BudgetLine.GRANTS).promised


def test_two_promises_never_go_beyond_the_years_line(app: Flask, inside: Inside, fund: int) -> None:
    outcomes = overlap(
        app,
        lambda: promise(fund, 600_000, "proposal/1"),
        lambda: promise(fund, 600_000, "proposal/2"),
    )
    assert outcomes == ("done", "RulesBroken")
    assert promised(inside, fund) == yuan(600_000)


def test_two_promises_never_go_beyond_the_fund(app: Flask, inside: Inside, fund: int) -> None:
    with inside():
        budget(fund, 9_000_000)
    outcomes = overlap(
        app,
        lambda: promise(fund, 700_000, "proposal/1"),
        lambda: promise(fund, 700_000, "proposal/2"),
    )
    assert outcomes == ("done", "RulesBroken")
    assert promised(inside, fund) == yuan(700_000)


def test_a_promise_knows_that_the_line_was_lowered_after_it_looked(
    app: Flask, inside: Inside, fund: int
) -> None:
    """The page showed a million, and the row is still in the session when the lock is had."""

    def look_and_promise() -> None:
        shown = db.session.scalars(select(YearBudget)).one()
        promise(fund, 600_000, "proposal/1")
        assert shown.amount

    outcomes = overlap(app, lambda: budget(fund, 100_000), look_and_promise)
    assert outcomes == ("done", "RulesBroken")
    assert promised(inside, fund) == yuan(0)


def test_a_line_is_not_lowered_below_what_is_being_promised(app: Flask, inside: Inside, fund: int) -> None:
    outcomes = overlap(app, lambda: promise(fund, 600_000, "proposal/1"), lambda: budget(fund, 500_000))
    assert outcomes == ("done", "RulesBroken")
    with inside(read_only=True):
        row = queries.budget_line(fund, YEAR, BudgetLine.GRANTS)
        assert row is not None
        assert row.amount == yuan(1_000_000)


def test_two_who_open_one_line_open_it_once(app: Flask, inside: Inside, fund: int) -> None:
    def open_next_year(amount: int) -> None:
        actions.set_year_budget(
            queries.by_id(fund), year=YEAR + 1, line=BudgetLine.GRANTS, amount=yuan(amount), by=FINANCE, at=AT
        )

    assert overlap(app, lambda: open_next_year(1), lambda: open_next_year(2)) == ("done", "done")
    with inside(read_only=True):
        row = queries.budget_line(fund, YEAR + 1, BudgetLine.GRANTS)
        assert row is not None
        assert row.amount == yuan(2)

"""Money moves balanced, within the fund and the year's line, on both databases, whoever comes at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from grants.core.db import db
from grants.core.errors import Forbidden, RulesBroken
from grants.core.unit_of_work import unit_of_work
from grants.funds import actions, queries
from grants.funds.fields import BudgetLine
from grants.funds.models import Fund, LedgerEntry, LedgerTransaction
from tests.funds.conftest import AT, BOARD, FINANCE, STRANGER, YEAR, yuan
from tests.scale import scaled

Inside = Callable[..., AbstractContextManager[None]]


def promise(fund_id: int, amount: int, case: str = "proposal/1") -> None:
    actions.commit_money(queries.by_id(fund_id), year=YEAR, amount=yuan(amount), case=case, by=BOARD, at=AT)


def test_the_year_is_never_promised_beyond_its_budget(inside: Inside, fund: int) -> None:
    with inside():
        promise(fund, 950_000)
    with pytest.raises(RulesBroken) as refused, inside():
        promise(fund, 60_000, "proposal/2")
    assert [violation.code for violation in refused.value.violations] == ["beyond_budget"]
    assert "50,000.00" in str(refused.value)
    with inside(read_only=True):
        figures = queries.figures_of_line(fund, YEAR, BudgetLine.GRANTS)
        assert figures.promised == yuan(950_000)
        assert queries.room(fund, YEAR) == yuan(50_000)


def test_the_fund_is_never_promised_beyond_what_is_free(inside: Inside, fund: int) -> None:
    with inside():
        actions.set_year_budget(
            queries.by_id(fund),
            year=YEAR,
            line=BudgetLine.GRANTS,
            amount=yuan(9_000_000),
            by=FINANCE,
            at=AT,
        )
    with pytest.raises(RulesBroken) as refused, inside():
        promise(fund, 1_200_001)
    assert [violation.code for violation in refused.value.violations] == ["beyond_fund"]


def test_what_is_released_may_be_promised_again(inside: Inside, fund: int) -> None:
    with inside():
        promise(fund, 1_000_000)
        actions.release_commitment(
            queries.by_id(fund), year=YEAR, amount=yuan(400_000), case="proposal/1", by=BOARD, at=AT
        )
        promise(fund, 400_000, "proposal/2")
    with inside(read_only=True):
        assert queries.figures_of_case("proposal/1", fund, YEAR, BudgetLine.GRANTS).committed == yuan(600_000)


def test_money_goes_all_the_way_and_the_rest_comes_back(inside: Inside, fund: int) -> None:
    with inside():
        promise(fund, 50_000)
        row = queries.by_id(fund)
        step: dict[str, Any] = {"year": YEAR, "case": "proposal/1", "by": FINANCE, "at": AT}
        actions.make_payable(row, amount=yuan(25_000), **step)
        actions.pay(row, amount=yuan(25_000), **step)
        actions.take_back(row, amount=yuan(3_000), **step)
    with inside(read_only=True):
        figures = queries.figures_of_fund(fund)
        assert (figures.committed, figures.payable, figures.paid, figures.returned, figures.free) == (
            yuan(25_000),
            yuan(0),
            yuan(25_000),
            yuan(3_000),
            yuan(1_153_000),
        )
        assert figures.balances
        assert queries.room(fund, YEAR) == yuan(950_000)


def test_more_than_a_case_was_promised_is_never_paid(inside: Inside, fund: int) -> None:
    with inside():
        promise(fund, 10_000, "proposal/1")
        promise(fund, 90_000, "proposal/2")
    with pytest.raises(RulesBroken), inside():
        actions.make_payable(
            queries.by_id(fund), year=YEAR, amount=yuan(10_001), case="proposal/1", by=FINANCE, at=AT
        )
    with pytest.raises(RulesBroken), inside():
        actions.pay(queries.by_id(fund), year=YEAR, amount=yuan(1), case="proposal/1", by=FINANCE, at=AT)


def test_only_those_who_may_move_money(inside: Inside, fund: int) -> None:
    with pytest.raises(Forbidden), inside():
        actions.commit_money(
            queries.by_id(fund), year=YEAR, amount=yuan(1), case="proposal/1", by=STRANGER, at=AT
        )
    with pytest.raises(Forbidden), inside():
        actions.pay(queries.by_id(fund), year=YEAR, amount=yuan(1), case="proposal/1", by=BOARD, at=AT)
    with pytest.raises(Forbidden), inside():
        actions.receive_money(queries.by_id(fund), amount=yuan(1), by=BOARD, at=AT)


def test_the_database_keeps_no_movement_whose_sides_differ(inside: Inside, fund: int) -> None:
    with pytest.raises(DatabaseError), inside():
        promise(fund, 100)
        row = db.session.scalars(select(LedgerTransaction).order_by(LedgerTransaction.id.desc())).first()
        assert row is not None
        db.session.execute(
            text(
                "INSERT INTO ledger_entry (transaction_id, fund_id, year, account, amount) "
                "VALUES (:row, :fund, 2026, 'free', 1)"
            ),
            {"row": row.id, "fund": fund},
        )
    with inside(read_only=True):
        assert queries.free_money(fund) == yuan(1_200_000)
        assert queries.unbalanced() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET amount = amount * 2",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_transaction SET note = 'other'",
        "DELETE FROM ledger_transaction",
    ],
)
def test_the_ledger_is_never_changed(inside: Inside, fund: int, statement: str) -> None:
    with pytest.raises(DatabaseError, match="never changed"), inside():
        db.session.execute(text(statement))


def test_two_promises_at_once_never_overdraw(app: Flask, rows: Session, fund: int) -> None:
    """Twelve at once, of which ten fit: each sees what those before it left."""
    start = threading.Barrier(12)
    outcomes: list[str] = []

    def one(number: int) -> None:
        start.wait()
        try:
            with app.app_context(), unit_of_work():
                promise(fund, 100_000, f"proposal/{number}")
            outcomes.append("promised")
        except RulesBroken:
            outcomes.append("refused")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["promised"] * 10 + ["refused"] * 2
    promised = select(LedgerEntry).where(LedgerEntry.account == "committed")
    assert [entry.amount for entry in rows.scalars(promised)] == [yuan(100_000)] * 10
    assert rows.scalar(select(func.count()).select_from(Fund)) == 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["commit", "release", "payable", "unpayable", "pay", "back", "receive"]),
        st.integers(min_value=1, max_value=3),
        st.integers(min_value=-1, max_value=600_000),
    ),
    max_size=25,
)
VERBS = {
    "commit": actions.commit_money,
    "release": actions.release_commitment,
    "payable": actions.make_payable,
    "unpayable": actions.make_unpayable,
    "pay": actions.pay,
    "back": actions.take_back,
}


@settings(max_examples=scaled(25, 400), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_sequence_breaks_the_balance_or_the_limits(
    inside: Inside, fund: int, steps: list[tuple[str, int, int]]
) -> None:
    with inside():
        row = queries.by_id(fund)
        for verb, case, amount in steps:
            try:
                if verb == "receive":
                    actions.receive_money(row, amount=yuan(amount), by=FINANCE, at=AT)
                else:
                    VERBS[verb](
                        row, year=YEAR, amount=yuan(amount), case=f"proposal/{case}", by=FINANCE, at=AT
                    )
            except RulesBroken:
                continue
        figures = queries.figures_of_fund(fund)
        line = queries.figures_of_line(fund, YEAR, BudgetLine.GRANTS)
        assert figures.balances
        assert figures.free >= yuan(0)
        assert line.promised <= yuan(1_000_000)
        assert min(line.committed, line.payable, line.paid, line.paid - line.returned) >= yuan(0)
        assert queries.unbalanced() == []

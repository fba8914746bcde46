"""Reading money: figures are always sums of the ledger, never kept beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, Select, false, func, select, true, type_coerce
from sqlalchemy.orm import selectinload

from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.money import Money
from grants.core.policy import Actor
from grants.funds.fields import Account, BudgetLine, EntryKind
from grants.funds.models import Fund, LedgerEntry, LedgerTransaction, YearBudget
from grants.funds.policies import READERS
from grants.funds.rules import NOTHING, Figures

_SUM = func.sum(type_coerce(LedgerEntry.amount, BigInteger()))
MOST_MOVEMENTS = 200


class LineRow(Struct, frozen=True):
    """One budget line of a year."""

    year: int
    line: BudgetLine
    purpose: Mapping[str, str]
    budget: Money
    figures: Figures

    @property
    def room(self) -> Money:
        return self.budget - self.figures.promised


class MovementRow(Struct, frozen=True):
    """One movement of money as the ledger page shows it."""

    number: str
    at: datetime
    kind: EntryKind
    source: Account
    target: Account
    amount: Money
    year: int
    line: BudgetLine | None
    case: str
    note: str


def visible_to(actor: Actor) -> Select[Fund]:
    """The SQL twin of `fund.view`."""
    return select(Fund).where(true() if actor.holds_everywhere(*READERS) else false())


def by_public_id(public_id: str) -> Fund:
    fund = db.session.scalar(select(Fund).where(Fund.public_id == public_id))
    if fund is None:
        raise NotFound
    return fund


def by_id(fund_id: int) -> Fund:
    return db.session.get_one(Fund, fund_id)


def all_funds() -> Sequence[Fund]:
    return db.session.scalars(select(Fund).order_by(Fund.id)).all()


def budget_line(fund_id: int, year: int, line: BudgetLine) -> YearBudget | None:
    """As it is now, even if it was read before somebody else's change let us have the fund."""
    found = select(YearBudget).where(
        YearBudget.fund_id == fund_id, YearBudget.year == year, YearBudget.line == line
    )
    return db.session.scalar(found.execution_options(populate_existing=True))


def figures_of_fund(fund_id: int) -> Figures:
    """Over all years: what free money there is."""
    return _figures(LedgerEntry.fund_id == fund_id)


def figures_of_line(fund_id: int, year: int, line: BudgetLine) -> Figures:
    return _figures(LedgerEntry.fund_id == fund_id, LedgerEntry.year == year, LedgerEntry.line == line)


def figures_of_case(case: str, fund_id: int, year: int, line: BudgetLine) -> Figures:
    """Where the money promised to one case from one budget line stands."""
    return _figures(
        LedgerEntry.fund_id == fund_id,
        LedgerEntry.year == year,
        LedgerEntry.line == line,
        LedgerEntry.transaction_id == LedgerTransaction.id,
        LedgerTransaction.case == case,
    )


def free_money(fund_id: int) -> Money:
    return figures_of_fund(fund_id).free


def room(fund_id: int, year: int, line: BudgetLine = BudgetLine.GRANTS) -> Money:
    """What may still be promised: the smaller of the fund's free money and the rest of the year's line."""
    budget = budget_line(fund_id, year, line)
    if budget is None:
        return NOTHING
    left = budget.amount - figures_of_line(fund_id, year, line).promised
    return max(NOTHING, min(left, free_money(fund_id)))


def _figures(*where: Any) -> Figures:
    rows = db.session.execute(
        select(LedgerEntry.account, _SUM).where(*where).group_by(LedgerEntry.account)
    ).all()
    return Figures.of({account: Money(int(fen)) for account, fen in rows})


def line_rows(fund_id: int) -> list[LineRow]:
    """Every budget line of the fund, newest year first, with where its money stands."""
    sums: dict[tuple[int, BudgetLine | None], dict[Account, Money]] = {}
    for year, line, account, fen in db.session.execute(
        select(LedgerEntry.year, LedgerEntry.line, LedgerEntry.account, _SUM)
        .where(LedgerEntry.fund_id == fund_id)
        .group_by(LedgerEntry.year, LedgerEntry.line, LedgerEntry.account)
    ):
        sums.setdefault((year, line), {})[account] = Money(int(fen))
    lines = db.session.scalars(
        select(YearBudget)
        .where(YearBudget.fund_id == fund_id)
        .order_by(YearBudget.year.desc(), YearBudget.id)
    )
    return [
        LineRow(row.year, row.line, row.purpose, row.amount, Figures.of(sums.get((row.year, row.line), {})))
        for row in lines
    ]


def movements(
    fund_id: int,
    *,
    account: Account | None = None,
    year: int | None = None,
    line: BudgetLine | None = None,
    limit: int = MOST_MOVEMENTS,
    seen_by: Actor,
) -> list[MovementRow]:
    """The newest movements first; with an account, only those that touch it: the rows behind a figure.

    The sums are everybody's; of whose case it was, a reader with a tie to it is told nothing.
    """
    touched = select(LedgerEntry.transaction_id).where(LedgerEntry.fund_id == fund_id)
    if account is not None:
        touched = touched.where(LedgerEntry.account == account)
    if year is not None:
        touched = touched.where(LedgerEntry.year == year)
    if line is not None:
        touched = touched.where(LedgerEntry.line == line)
    found = db.session.scalars(
        select(LedgerTransaction)
        .where(LedgerTransaction.id.in_(touched))
        .options(selectinload(LedgerTransaction.entries))
        .order_by(LedgerTransaction.at.desc(), LedgerTransaction.id.desc())
        .limit(limit)
    )
    walled = set(seen_by.keys("case", "conflicted"))
    return [_movement(row, is_walled=row.case in walled) for row in found]


def _movement(row: LedgerTransaction, *, is_walled: bool) -> MovementRow:
    source, target = sorted(row.entries, key=lambda entry: entry.amount)
    return MovementRow(
        row.number,
        row.at,
        row.kind,
        source.account,
        target.account,
        target.amount,
        target.year,
        target.line,
        "" if is_walled else row.case,
        "" if is_walled else row.note,
    )


def unbalanced() -> Sequence[int]:
    """Movements whose sides do not sum to zero: none, ever; `grants check --data` asks this."""
    return db.session.scalars(
        select(LedgerEntry.transaction_id).group_by(LedgerEntry.transaction_id).having(_SUM != 0)
    ).all()


def over_promised() -> list[str]:
    """Budget lines and funds of which more is promised than there is: none, ever."""
    found: list[str] = []
    for fund in all_funds():
        if free_money(fund.id) < NOTHING:
            found.append(f"fund {fund.id}: more is promised than it has")
        found += [
            f"fund {fund.id}: {row.line} of {row.year} is promised beyond its budget"
            for row in line_rows(fund.id)
            if row.room < NOTHING
        ]
    return found

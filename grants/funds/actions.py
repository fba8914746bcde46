"""Moving money. Every movement takes the fund's row as a lock, is judged, and is written balanced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from grants.core import audit, clock
from grants.core.db import db
from grants.core.errors import RulesBroken, Violation
from grants.core.events import publish
from grants.core.holding import hold
from grants.core.money import Money
from grants.core.policy import Actor, authorise
from grants.funds import queries, rules
from grants.funds.events import FundOpened, MoneyReceived, YearBudgetSet
from grants.funds.fields import BudgetLine, EntryKind, SourceType
from grants.funds.models import Fund, LedgerEntry, LedgerTransaction, YearBudget
from grants.reference import actions as reference


def open_fund(
    *,
    name: Mapping[str, str],
    source_type: SourceType,
    by: Actor,
    at: datetime,
    purpose: Mapping[str, str] | None = None,
    earmarked: bool = False,
) -> Fund:
    authorise(by, "fund.manage")
    fund = Fund(name=dict(name), source_type=source_type, purpose=dict(purpose or {}), earmarked=earmarked)
    db.session.add(fund)
    db.session.flush()
    audit.record("open", fund, by=by, at=at, before={}, after={"name": fund.name, "source": source_type})
    publish(
        FundOpened(occurred_at=at, actor_id=by.user_id, case=fund.case, fund_id=fund.id, name=dict(fund.name))
    )
    return fund


def open_balance(fund: Fund, *, amount: Money, by: Actor, at: datetime, note: str = "") -> LedgerTransaction:
    """What was in the fund before its books began here."""
    return _money_in(fund, EntryKind.OPENING, amount, by=by, at=at, note=note)


def receive_money(fund: Fund, *, amount: Money, by: Actor, at: datetime, note: str = "") -> LedgerTransaction:
    return _money_in(fund, EntryKind.RECEIPT, amount, by=by, at=at, note=note)


def _money_in(
    fund: Fund, kind: EntryKind, amount: Money, *, by: Actor, at: datetime, note: str
) -> LedgerTransaction:
    authorise(by, "fund.manage", fund)
    _refuse(rules.may_move(amount))
    _lock(fund)
    row = _write(
        fund, kind, amount, year=clock.day_of(at).year, line=None, case=fund.case, by=by, at=at, note=note
    )
    publish(
        MoneyReceived(occurred_at=at, actor_id=by.user_id, case=fund.case, fund_id=fund.id, amount=amount)
    )
    return row


def set_year_budget(
    fund: Fund,
    *,
    year: int,
    line: BudgetLine,
    amount: Money,
    by: Actor,
    at: datetime,
    purpose: Mapping[str, str] | None = None,
) -> YearBudget:
    """Open or change a budget line; never below what is promised on it."""
    authorise(by, "fund.manage", fund)
    _lock(fund)
    _refuse(rules.may_budget(amount, queries.figures_of_line(fund.id, year, line).promised))
    row = queries.budget_line(fund.id, year, line)
    if row is None:
        row = YearBudget(fund_id=fund.id, year=year, line=line, amount=amount, purpose=dict(purpose or {}))
        db.session.add(row)
        audit.record(
            "set", row, by=by, at=at, before={}, after={"year": year, "line": line, "amount": amount}
        )
    else:
        row.amount = amount
        row.purpose = dict(purpose) if purpose is not None else row.purpose
        audit.record("set", row, by=by, at=at)
    publish(
        YearBudgetSet(
            occurred_at=at, actor_id=by.user_id, case=fund.case, fund_id=fund.id, year=year, amount=amount
        )
    )
    return row


# Who may make which movement of a case's money.
MOVERS: Mapping[EntryKind, str] = {
    EntryKind.COMMITMENT: "fund.commit",
    EntryKind.RELEASE: "fund.commit",
    EntryKind.PAYABLE: "fund.commit",
    EntryKind.NOT_PAYABLE: "fund.commit",
    EntryKind.PAYMENT: "fund.pay",
    EntryKind.RETURN: "fund.pay",
}


def _move(
    kind: EntryKind,
    fund: Fund,
    *,
    year: int,
    amount: Money,
    case: str,
    by: Actor,
    at: datetime,
    line: BudgetLine = BudgetLine.GRANTS,
    note: str = "",
) -> LedgerTransaction:
    """Move money of one case on one budget line of one year. Raises RulesBroken with every reason against it."""
    authorise(by, MOVERS[kind], fund)
    _lock(fund)
    if kind is EntryKind.COMMITMENT:
        _refuse(_in_the_way(fund, amount, year, line))
    else:
        _refuse(rules.may_take(kind, amount, queries.figures_of_case(case, fund.id, year, line)))
    return _write(fund, kind, amount, year=year, line=line, case=case, by=by, at=at, note=note)


def _in_the_way(fund: Fund, amount: Money, year: int, line: BudgetLine) -> list[Violation]:
    """Hard rule 6: what the fund has not free, and what the year's line does not allow."""
    budget = queries.budget_line(fund.id, year, line)
    return rules.may_commit(
        amount,
        free=queries.free_money(fund.id),
        budget=budget.amount if budget else None,
        promised=queries.figures_of_line(fund.id, year, line).promised,
        year=year,
    )


# Promise money to a case.
commit_money = partial(_move, EntryKind.COMMITMENT)
# Give up what was promised and is not yet payable: it is free again, in the fund and in the line.
release_commitment = partial(_move, EntryKind.RELEASE)
make_payable = partial(_move, EntryKind.PAYABLE)
# Back to a mere promise: the gate of the tranche is shut again.
make_unpayable = partial(_move, EntryKind.NOT_PAYABLE)
pay = partial(_move, EntryKind.PAYMENT)
# Unspent money that came back: free in the fund again; the line of its year stays used.
take_back = partial(_move, EntryKind.RETURN)


def _lock(fund: Fund) -> None:
    """Whoever moves money of this fund waits here for everybody before them."""
    hold(Fund, [fund.id])


def _refuse(found: list[Violation]) -> None:
    if found:
        raise RulesBroken(found)


def _write(
    fund: Fund,
    kind: EntryKind,
    amount: Money,
    *,
    year: int,
    line: BudgetLine | None,
    case: str,
    by: Actor,
    at: datetime,
    note: str,
) -> LedgerTransaction:
    row = LedgerTransaction(
        fund_id=fund.id,
        number=reference.take_number("ledger", clock.day_of(at).year),
        at=at,
        kind=kind,
        case=case,
        note=note,
        by_id=by.user_id,
    )
    row.entries = [
        LedgerEntry(fund_id=fund.id, year=year, line=line, account=side.account, amount=side.amount)
        for side in rules.sides(kind, amount)
    ]
    db.session.add(row)
    audit.record(kind, row, by=by, at=at, before={}, after={"amount": amount, "fund": fund.id, "year": year})
    return row

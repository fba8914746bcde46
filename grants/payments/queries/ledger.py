"""Whether the books and the screens say the same: the ledger of each case against its tranches, to the fen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import BigInteger, func, select, type_coerce

from grants.agreements.models import Grant
from grants.core.db import db
from grants.core.money import Money
from grants.funds.fields import Account, BudgetLine
from grants.funds.models import LedgerEntry, LedgerTransaction
from grants.payments.fields import TrancheState
from grants.payments.models import Tranche

WHERE_IT_STANDS: Mapping[TrancheState, Account] = {
    TrancheState.LOCKED: Account.COMMITTED,
    TrancheState.PAYABLE: Account.COMMITTED,
    TrancheState.APPLIED: Account.COMMITTED,
    TrancheState.APPROVED: Account.PAYABLE,
    TrancheState.PAID: Account.PAID,
}
Sums = dict[str, dict[Account, Money]]


def out_of_step() -> list[str]:
    """Cases whose tranches and ledger differ: none, ever; `grants check --data` asks this."""
    said, kept = _by_tranches(), _by_ledger()
    accounts = (Account.COMMITTED, Account.PAYABLE, Account.PAID)
    nothing = Money(0)
    return sorted(
        case
        for case, sums in said.items()
        if any(sums.get(place, nothing) != kept[case].get(place, nothing) for place in accounts)
    )


def not_the_grant() -> list[str]:
    """Numbers of grants whose tranches do not sum to what was granted: none, ever, while the grant runs."""
    whole = func.sum(type_coerce(Tranche.amount, BigInteger))
    found = (
        select(Grant.number)
        .join(Tranche, Tranche.grant_id == Grant.id)
        .group_by(Grant.id)
        .having(whole != type_coerce(Grant.amount, BigInteger))
        .order_by(Grant.id)
    )
    return list(db.session.scalars(found))


def _by_tranches() -> Sums:
    sums: Sums = defaultdict(dict)
    found = (
        select(Grant.proposal_id, Tranche.state, func.sum(type_coerce(Tranche.amount, BigInteger())))
        .join(Tranche.grant)
        .group_by(Grant.proposal_id, Tranche.state)
    )
    for proposal_id, state, fen in db.session.execute(found):
        place = WHERE_IT_STANDS.get(state)
        here = sums[f"proposal/{proposal_id}"]
        if place is not None:
            here[place] = here.get(place, Money(0)) + Money(int(fen))
    return sums


def _by_ledger() -> Sums:
    sums: Sums = defaultdict(dict)
    found = (
        select(
            LedgerTransaction.case,
            LedgerEntry.account,
            func.sum(type_coerce(LedgerEntry.amount, BigInteger())),
        )
        .join(LedgerEntry.transaction)
        .where(LedgerEntry.line == BudgetLine.GRANTS)
        .group_by(LedgerTransaction.case, LedgerEntry.account)
    )
    for case, account, fen in db.session.execute(found):
        sums[case][account] = Money(int(fen))
    return sums

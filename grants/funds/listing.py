"""The list of funds, declared: figures are sums of the ledger, taken in the same query."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    SQLColumnExpression,
    bindparam,
    cast,
    func,
    select,
    type_coerce,
)

from grants.core import clock, i18n
from grants.core.i18n import lazy_gettext as _l
from grants.core.list_columns import Column, ColumnKind, Listing
from grants.core.list_filters import Choice, Flag
from grants.core.money import Money
from grants.funds.fields import SOURCE_TYPES, Account
from grants.funds.models import Fund, LedgerEntry, YearBudget
from grants.funds.queries import visible_to

_FEN = BigInteger()
_YEAR = bindparam("fund_year", callable_=lambda: clock.today().year, type_=YearBudget.year.type)


def _sum(amount: SQLColumnExpression[Money], *where: ColumnElement[bool]) -> ColumnElement[int]:
    """Exact on both databases: one of them gives a decimal for the sum of whole numbers."""
    summed = func.coalesce(func.sum(type_coerce(amount, _FEN)), 0)
    return cast(select(summed).where(*where).correlate(Fund).scalar_subquery(), _FEN)


def _stands(account: Account, sign: int = 1) -> SQLColumnExpression[Money]:
    fen = _sum(LedgerEntry.amount, LedgerEntry.fund_id == Fund.id, LedgerEntry.account == account)
    return type_coerce(fen * sign, LedgerEntry.amount.type)


_budget = type_coerce(
    _sum(YearBudget.amount, YearBudget.fund_id == Fund.id, YearBudget.year == _YEAR), YearBudget.amount.type
)

FUNDS = Listing(
    name="funds",
    title=_l("Funds"),
    rows=visible_to,
    key=Fund.id,
    columns=(
        Column("name", _l("Fund"), Fund.name, label_of=i18n.words, is_sortable=False),
        Column("source", _l("Source"), Fund.source_type, label_of=SOURCE_TYPES.__getitem__, width="w5"),
        Column("budget", _l("This year’s budget"), _budget, ColumnKind.MONEY, width="w5"),
        Column("received", _l("Money in"), _stands(Account.SOURCE, -1), ColumnKind.MONEY, width="w5"),
        Column("committed", _l("Promised"), _stands(Account.COMMITTED), ColumnKind.MONEY, width="w5"),
        Column("payable", _l("Payable"), _stands(Account.PAYABLE), ColumnKind.MONEY),
        Column("paid", _l("Paid"), _stands(Account.PAID), ColumnKind.MONEY, width="w5"),
        Column("returned", _l("Came back"), _stands(Account.RETURNED, -1), ColumnKind.MONEY),
        Column("free", _l("Free"), _stands(Account.FREE), ColumnKind.MONEY, width="w5"),
    ),
    sort="-received",
    lead="name",
    href=lambda row: f"/funds/{row.public_id}",
    extra={"public_id": Fund.public_id},
    filters=(
        Choice("source", _l("Source"), Fund.source_type, choices=tuple(SOURCE_TYPES.items())),
        Flag("earmarked", _l("Earmarked"), Fund.earmarked),
    ),
    empty=_l("A fund is money of one origin. Calls draw on it, and nothing can be promised beyond what is free."),
)  # fmt: skip

"""The closed sets of words about money."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l

NAME = 120
PURPOSE = 300
NOTE = 500
EARLIEST_YEAR, LATEST_YEAR = 1990, 2200


class SourceType(StrEnum):
    """Where the money of a fund comes from."""

    DONATION = "donation"
    EARMARKED = "earmarked"
    GOVERNMENT = "government"
    LOTTERY = "lottery"
    OWN = "own"


class BudgetLine(StrEnum):
    """What the money of a year may be used for; a promise draws on one line only."""

    GRANTS = "grants"
    AWARDS = "awards"
    SUPPORT = "support"


class Account(StrEnum):
    """Where money stands. `source` and `returned` are the world outside and carry the minus."""

    SOURCE = "source"
    FREE = "free"
    COMMITTED = "committed"
    PAYABLE = "payable"
    PAID = "paid"
    RETURNED = "returned"


class EntryKind(StrEnum):
    """What moved the money."""

    OPENING = "opening"
    RECEIPT = "receipt"
    COMMITMENT = "commitment"
    RELEASE = "release"
    PAYABLE = "payable"
    NOT_PAYABLE = "not_payable"
    PAYMENT = "payment"
    RETURN = "return"


SOURCE_TYPES: Mapping[SourceType, Sentence] = {
    SourceType.DONATION: _l("Donations"),
    SourceType.EARMARKED: _l("Earmarked donation"),
    SourceType.GOVERNMENT: _l("Government purchase"),
    SourceType.LOTTERY: _l("Welfare lottery"),
    SourceType.OWN: _l("Own assets"),
}
BUDGET_LINES: Mapping[BudgetLine, Sentence] = {
    BudgetLine.GRANTS: _l("Grants"),
    BudgetLine.AWARDS: _l("Awards"),
    BudgetLine.SUPPORT: _l("Review, supervision, training"),
}
ACCOUNTS: Mapping[Account, Sentence] = {
    Account.SOURCE: _l("Money in"),
    Account.FREE: _l("Free"),
    Account.COMMITTED: _l("Promised"),
    Account.PAYABLE: _l("Payable"),
    Account.PAID: _l("Paid"),
    Account.RETURNED: _l("Came back"),
}
ENTRY_KINDS: Mapping[EntryKind, Sentence] = {
    EntryKind.OPENING: _l("Opening balance"),
    EntryKind.RECEIPT: _l("Money received"),
    EntryKind.COMMITMENT: _l("Promised"),
    EntryKind.RELEASE: _l("Promise released"),
    EntryKind.PAYABLE: _l("Made payable"),
    EntryKind.NOT_PAYABLE: _l("No longer payable"),
    EntryKind.PAYMENT: _l("Paid"),
    EntryKind.RETURN: _l("Returned by the group"),
}
# From which account to which each kind of movement takes the money.
MOVES: Mapping[EntryKind, tuple[Account, Account]] = {
    EntryKind.OPENING: (Account.SOURCE, Account.FREE),
    EntryKind.RECEIPT: (Account.SOURCE, Account.FREE),
    EntryKind.COMMITMENT: (Account.FREE, Account.COMMITTED),
    EntryKind.RELEASE: (Account.COMMITTED, Account.FREE),
    EntryKind.PAYABLE: (Account.COMMITTED, Account.PAYABLE),
    EntryKind.NOT_PAYABLE: (Account.PAYABLE, Account.COMMITTED),
    EntryKind.PAYMENT: (Account.PAYABLE, Account.PAID),
    EntryKind.RETURN: (Account.RETURNED, Account.FREE),
}

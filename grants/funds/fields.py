"""The closed sets of words about money."""

from __future__ import annotations

from enum import StrEnum


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

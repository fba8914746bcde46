"""The closed sets of words about paying, and their limits."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from grants.calls.fields import Gate
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l

NAME = 200
REASON = 500
RECEIPT = 60
SHORTEST_NUMBER, LONGEST_NUMBER = 8, 30
WAITING_DAYS = 3
PAYING_DAYS = 10


class AccountState(StrEnum):
    """A payee account is proposed by one person and confirmed by another."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    RETIRED = "retired"


class TrancheState(StrEnum):
    """Locked until its gate is met; then payable, applied for, approved, paid."""

    LOCKED = "locked"
    PAYABLE = "payable"
    APPLIED = "applied"
    APPROVED = "approved"
    PAID = "paid"
    CANCELLED = "cancelled"


class ReceiptType(StrEnum):
    """What the payee gives for the money."""

    DONATION_RECEIPT = "donation_receipt"
    INVOICE = "invoice"
    PLAIN_RECEIPT = "plain_receipt"


ACCOUNT_STATES: Mapping[AccountState, Sentence] = {
    AccountState.PROPOSED: _l("waits for a second person"),
    AccountState.CONFIRMED: _l("confirmed"),
    AccountState.REFUSED: _l("refused"),
    AccountState.RETIRED: _l("no longer used"),
}
TRANCHE_STATES: Mapping[TrancheState, Sentence] = {
    TrancheState.LOCKED: _l("not yet due"),
    TrancheState.PAYABLE: _l("payable"),
    TrancheState.APPLIED: _l("waits for approval"),
    TrancheState.APPROVED: _l("approved, to be paid"),
    TrancheState.PAID: _l("paid"),
    TrancheState.CANCELLED: _l("cancelled"),
}
TONES: Mapping[TrancheState, str] = {
    TrancheState.LOCKED: "",
    TrancheState.PAYABLE: "act",
    TrancheState.APPLIED: "wait",
    TrancheState.APPROVED: "go",
    TrancheState.PAID: "done",
    TrancheState.CANCELLED: "off",
}
GATES: Mapping[Gate, Sentence] = {
    Gate.AGREEMENT_SIGNED: _l("the agreement is signed"),
    Gate.MIDTERM_PASSED: _l("the mid-term report has passed"),
    Gate.FINAL_ACCEPTED: _l("the final report is accepted"),
}
RECEIPT_TYPES: Mapping[ReceiptType, Sentence] = {
    ReceiptType.DONATION_RECEIPT: _l("Donation receipt"),
    ReceiptType.INVOICE: _l("Invoice"),
    ReceiptType.PLAIN_RECEIPT: _l("Plain receipt"),
}

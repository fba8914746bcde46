"""The closed sets of words about paying."""

from __future__ import annotations

from enum import StrEnum


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

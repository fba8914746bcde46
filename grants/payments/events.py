"""Facts about paying."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from grants.core.events import Event, Visibility
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money


@dataclass(frozen=True, kw_only=True)
class TrancheOpened(Event):
    """The gate of a tranche was met."""

    sentence: ClassVar[Sentence] = _l("Tranche %(number)s, ¥%(amount)s, can now be paid.")

    tranche_id: int
    number: int
    amount: Money


@dataclass(frozen=True, kw_only=True)
class PaymentApplied(Event):
    """Somebody asked for a tranche to be paid."""

    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("Payment of tranche %(number)s, ¥%(amount)s, was applied for.")

    tranche_id: int
    number: int
    amount: Money


@dataclass(frozen=True, kw_only=True)
class PaymentApproved(Event):
    """A second person approved the payment."""

    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("Payment of tranche %(number)s was approved.")

    tranche_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class PaymentSentBack(Event):
    """The payment was not approved and goes back with a reason."""

    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("Payment of tranche %(number)s was sent back: %(reason)s")

    tranche_id: int
    number: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class PaymentMade(Event):
    """The money left the house."""

    visibility: ClassVar[Visibility] = Visibility.PUBLIC
    sentence: ClassVar[Sentence] = _l("Tranche %(number)s, ¥%(amount)s, was paid.")

    payment_id: int
    grant_id: int
    number: int
    amount: Money
    paid_on: date


@dataclass(frozen=True, kw_only=True)
class PaymentAcknowledged(Event):
    """The group says the money arrived."""

    sentence: ClassVar[Sentence] = _l("The group confirmed that tranche %(number)s arrived.")

    payment_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class PayeeAccountProposed(Event):
    """An account was named; every owner of the group is told, because a false one is the commonest fraud."""

    sentence: ClassVar[Sentence] = _l("An account ending in %(number_end)s was named for payments.")

    account_id: int
    organisation_id: int
    number_end: str


@dataclass(frozen=True, kw_only=True)
class PayeeAccountConfirmed(Event):
    """A second person confirmed the account."""

    sentence: ClassVar[Sentence] = _l("The account ending in %(number_end)s was confirmed.")

    account_id: int
    organisation_id: int
    number_end: str
    usable_from: date

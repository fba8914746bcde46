"""Facts about paying."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from grants.core.events import Event, Visibility
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money


class TranchesPlanned(Event, frozen=True, kw_only=True):
    """The grant was divided as its call says."""

    sentence: ClassVar[Sentence] = _l("The grant of ¥%(amount)s will be paid in %(count)s parts.")

    grant_id: int
    organisation_id: int
    count: int
    amount: Money


class TrancheFact(Event, frozen=True, kw_only=True):
    """What every fact about one tranche carries; `tranche` is its address."""

    tranche_id: int
    tranche: str
    grant_id: int
    organisation_id: int
    payee_id: int | None
    number: int
    amount: Money
    title: str


class TrancheOpened(TrancheFact, frozen=True, kw_only=True):
    """The gate of a tranche was met."""

    sentence: ClassVar[Sentence] = _l("Tranche %(number)s, ¥%(amount)s, can now be paid.")


class PaymentHeld(TrancheFact, frozen=True, kw_only=True):
    """A tranche that was due has to wait, for the reason named."""

    sentence: ClassVar[Sentence] = _l("Tranche %(number)s, ¥%(amount)s, is held: %(reason)s")

    reason: dict[str, str]


class PaymentReleased(TrancheFact, frozen=True, kw_only=True):
    """Nothing holds the tranche any more."""

    sentence: ClassVar[Sentence] = _l("Tranche %(number)s, ¥%(amount)s, is no longer held.")


class PaymentApplied(TrancheFact, frozen=True, kw_only=True):
    """Somebody asked for a tranche to be paid."""

    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("Payment of tranche %(number)s, ¥%(amount)s, was applied for.")


class PaymentApproved(TrancheFact, frozen=True, kw_only=True):
    """A second person approved the payment."""

    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("Payment of tranche %(number)s was approved.")


class PaymentSentBack(TrancheFact, frozen=True, kw_only=True):
    """The payment was not approved, or could not be made, and goes back with a reason."""

    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("Payment of tranche %(number)s was sent back: %(reason)s")

    applied_by_id: int
    reason: str


class PaymentMade(TrancheFact, frozen=True, kw_only=True):
    """The money left the house."""

    visibility: ClassVar[Visibility] = Visibility.PUBLIC
    sentence: ClassVar[Sentence] = _l("Tranche %(number)s, ¥%(amount)s, was paid.")

    payment_id: int
    paid_on: date


class PaymentAcknowledged(TrancheFact, frozen=True, kw_only=True):
    """The group says the money arrived."""

    sentence: ClassVar[Sentence] = _l("The group confirmed that tranche %(number)s arrived.")

    payment_id: int


class TrancheCancelled(TrancheFact, frozen=True, kw_only=True):
    """The tranche will not be paid; its money is free again."""

    sentence: ClassVar[Sentence] = _l("Tranche %(number)s, ¥%(amount)s, will not be paid: %(reason)s")

    reason: str


class AccountFact(Event, frozen=True, kw_only=True):
    """What every fact about an account carries; never more of its number than the last four digits."""

    account_id: int
    organisation_id: int
    organisation: str
    number_end: str


class PayeeAccountProposed(AccountFact, frozen=True, kw_only=True):
    """An account was named; every owner of the group is told, because a false one is the commonest fraud."""

    sentence: ClassVar[Sentence] = _l("An account ending in %(number_end)s was named for payments.")

    proposed_by_id: int | None


class PayeeAccountConfirmed(AccountFact, frozen=True, kw_only=True):
    """A second person confirmed the account; the one before it is no longer used."""

    sentence: ClassVar[Sentence] = _l("The account ending in %(number_end)s was confirmed.")

    usable_from: date


class PayeeAccountRefused(AccountFact, frozen=True, kw_only=True):
    """Finance did not take the account."""

    sentence: ClassVar[Sentence] = _l("The account ending in %(number_end)s was not confirmed: %(reason)s")

    reason: str


class PayeeAccountRetired(AccountFact, frozen=True, kw_only=True):
    """The account is no longer used, or was taken back before anybody confirmed it."""

    sentence: ClassVar[Sentence] = _l("The account ending in %(number_end)s is no longer used.")


class EarlyUseAsked(AccountFact, frozen=True, kw_only=True):
    """Somebody wants to pay to a new account before the waiting days are over."""

    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("Early use of the account %(number_end)s was asked for: %(reason)s")

    reason: str


class EarlyUseAgreed(AccountFact, frozen=True, kw_only=True):
    """A second person agreed: the account can be used at once."""

    sentence: ClassVar[Sentence] = _l("The account ending in %(number_end)s can be used at once: %(reason)s")

    reason: str


class PaymentSettingsChanged(Event, frozen=True, kw_only=True):
    """The waiting times about paying were changed."""

    visibility: ClassVar[Visibility] = Visibility.STAFF

    waiting_days: int
    paying_days: int

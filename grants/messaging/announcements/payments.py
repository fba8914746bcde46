"""What is told about paying: to every leader of the group and of its host, and to finance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grants.accounts import queries as people
from grants.core.i18n import lazy_gettext as _l
from grants.messaging.fields import Recipient, Tell, Values
from grants.payments.queries.accounts import owners_of

ACCOUNT = "/groups/%(organisation)s/account"
TRANCHE = "/payments/%(tranche)s"
MONEY = _l("Money of my group")
MONEY_OF_ALL = _l("Payments waiting for me")


def _leaders(fact: Values) -> Iterable[Recipient]:
    """Every leader of whoever the fact is about, and of whoever takes the money."""
    ids = {int(fact[name]) for name in ("organisation_id", "payee_id") if fact.get(name)}
    return owners_of(sorted(ids))


def _finance(fact: Values) -> Iterable[Recipient]:
    return [user_id for user_id in people.holders_of("finance") if user_id != fact.get("proposed_by_id")]


def _leaders_and_finance(fact: Values) -> Iterable[Recipient]:
    return sorted({*owners_of([int(fact["organisation_id"])]), *people.holders_of("finance")})


def _who_applied(fact: Values) -> Iterable[Recipient]:
    return [int(fact["applied_by_id"])]


TELLS: Mapping[str, Sequence[Tell]] = {
    "PayeeAccountProposed": (
        Tell(
            "account_proposed",
            _leaders,
            _l(
                "An account ending in %(number_end)s was named for your group's money. Not by you? Say so at once."
            ),
            ACCOUNT,
        ),
        Tell(
            "account_to_confirm",
            _finance,
            _l("An account waits to be confirmed"),
            ACCOUNT,
            label=MONEY_OF_ALL,
        ),
    ),
    "PayeeAccountConfirmed": (
        Tell("account_confirmed", _leaders, _l("The account ending in %(number_end)s is confirmed"), ACCOUNT),
    ),
    "PayeeAccountRefused": (
        Tell(
            "account_refused",
            _leaders,
            _l("The account ending in %(number_end)s was not confirmed: %(reason)s"),
            ACCOUNT,
        ),
    ),
    "PayeeAccountRetired": (
        Tell(
            "account_retired", _leaders, _l("The account ending in %(number_end)s is no longer used"), ACCOUNT
        ),
    ),
    "EarlyUseAgreed": (
        Tell(
            "account_early",
            _leaders_and_finance,
            _l("The account ending in %(number_end)s can be used at once: %(reason)s"),
            ACCOUNT,
        ),
    ),
    "TrancheOpened": (
        Tell(
            "tranche_opened",
            _leaders,
            _l("Tranche %(number)s of “%(title)s”, ¥%(amount)s, can now be paid"),
            TRANCHE,
            label=MONEY,
        ),
    ),
    "PaymentHeld": (
        Tell("payment_held", _leaders, _l("Tranche %(number)s of “%(title)s” is held: %(reason)s"), TRANCHE),
        Tell(
            "payment_held_staff",
            _finance,
            _l("Tranche %(number)s of “%(title)s” is held: %(reason)s"),
            TRANCHE,
        ),
    ),
    "PaymentReleased": (
        Tell(
            "payment_released", _leaders, _l("Tranche %(number)s of “%(title)s” is no longer held"), TRANCHE
        ),
        Tell(
            "payment_released_staff",
            _finance,
            _l("Tranche %(number)s of “%(title)s” is no longer held"),
            TRANCHE,
        ),
    ),
    "PaymentSentBack": (
        Tell(
            "payment_sent_back",
            _who_applied,
            _l("The payment of tranche %(number)s of “%(title)s” came back: %(reason)s"),
            TRANCHE,
        ),
    ),
    "PaymentMade": (
        Tell(
            "payment_made",
            _leaders,
            _l("¥%(amount)s for “%(title)s” was paid. Say when it has arrived."),
            TRANCHE,
            label=MONEY,
        ),
    ),
    "PaymentAcknowledged": (
        Tell(
            "payment_acknowledged",
            _finance,
            _l("The group confirmed ¥%(amount)s for “%(title)s”"),
            TRANCHE,
            label=MONEY_OF_ALL,
        ),
    ),
    "TrancheCancelled": (
        Tell(
            "tranche_cancelled",
            _leaders,
            _l("Tranche %(number)s of “%(title)s” will not be paid: %(reason)s"),
            TRANCHE,
        ),
    ),
}

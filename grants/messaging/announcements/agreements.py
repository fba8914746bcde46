"""What is told about agreements: to whoever signs for the group and for its host, and to the director."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grants.accounts import queries as people
from grants.agreements.fields import Party
from grants.core.i18n import lazy_gettext as _l
from grants.messaging.fields import Recipient, Tell, Values
from grants.payments.queries.accounts import owners_of

AGREEMENT = "/agreements/%(agreement)s"
SIGN = "/agreements/%(agreement)s/sign"
OF_MY_GROUP = _l("Agreements of my group")
TO_SIGN = _l("Agreements waiting for my signature")


def _leaders(fact: Values) -> Iterable[Recipient]:
    ids = {int(fact[name]) for name in ("organisation_id", "payee_id") if fact.get(name)}
    return owners_of(sorted(ids))


def _director(fact: Values) -> Iterable[Recipient]:
    """Once a party other than the foundation signed, the director may be next."""
    return [] if fact["party"] == Party.FOUNDATION else people.holders_of("director")


TELLS: Mapping[str, Sequence[Tell]] = {
    "AgreementOffered": (
        Tell("agreement_offered", _leaders, _l("Agreement %(number)s is ready: read it and sign"), SIGN),
    ),
    "AgreementRecalled": (
        Tell(
            "agreement_recalled",
            _leaders,
            _l("Agreement %(number)s is being changed before you sign: %(reason)s"),
            label=OF_MY_GROUP,
        ),
    ),
    "PartySigned": (
        Tell(
            "agreement_party_signed",
            _director,
            _l("%(name)s signed agreement %(number)s"),
            AGREEMENT,
            mail="",
            label=TO_SIGN,
        ),
    ),
    "AgreementSigned": (
        Tell(
            "agreement_signed",
            _leaders,
            _l("Agreement %(number)s is signed by all. The project can begin."),
            AGREEMENT,
            label=OF_MY_GROUP,
        ),
    ),
}

"""What is told about awards: to the groups when nominations open, and to those who nominated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grants.awards.queries import tellable
from grants.core.i18n import lazy_gettext as _l
from grants.messaging.fields import Recipient, Tell, Values
from grants.organisations import queries as organisations

CYCLE = "/awards/cycles/%(public_id)s"
NOMINATION = "/awards/nominations/%(public_id)s"
MINE = _l("Nominations of my group")


def _every_leader(fact: Values) -> Iterable[Recipient]:
    return tellable.leaders_of_all_groups()


def _its_members(fact: Values) -> Iterable[Recipient]:
    number = fact.get("organisation_id")
    if number is None:
        return []
    roles = {"owner", "editor"}
    return [row.user_id for row in organisations.members(int(number)) if row.role.value in roles]


TELLS: Mapping[str, Sequence[Tell]] = {
    "NominationsOpened": (
        Tell(
            "nominations_open",
            _every_leader,
            _l("Who deserves thanks? Nominations for “%(title)s” open until %(until)s"),
            CYCLE,
            label=_l("Nominations for awards open"),
        ),
    ),
    "NominationSubmitted": (
        Tell(
            "nomination_in",
            _its_members,
            _l("Your nomination of %(nominee)s for “%(category)s” is in"),
            NOMINATION,
            label=MINE,
        ),
    ),
    "NominationDropped": (
        Tell(
            "nomination_dropped",
            _its_members,
            _l("%(nominee)s was not chosen for “%(category)s” this time"),
            NOMINATION,
            label=MINE,
        ),
    ),
    "AwardGiven": (
        Tell(
            "award_given",
            _its_members,
            _l("Congratulations: %(nominee)s receives “%(category)s”"),
            NOMINATION,
        ),
    ),
    "CertificateWithdrawn": (
        Tell(
            "certificate_withdrawn",
            _its_members,
            _l("Certificate %(number)s was withdrawn: %(reason)s"),
            "/honours/%(certificate)s",
        ),
    ),
}

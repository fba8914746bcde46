"""What is told about groups: invitations by mail, who joined, who leads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grants.accounts.queries import link_by_id
from grants.core import addresses, tokens
from grants.core.i18n import lazy_gettext as _l
from grants.messaging.fields import Recipient, Tell, ToAddress, Values
from grants.organisations import queries
from grants.organisations.fields import MEMBER_ROLES, MemberRole


def _invited(fact: Values) -> Iterator[Recipient]:
    """Nobody any more when the invitation was withdrawn or used before the mail left."""
    if queries.invitation_of_link(int(fact["token_id"])) is not None:
        yield ToAddress(str(fact["email"]), language=str(fact["language"]))


def _link(fact: Values) -> Values:
    link = link_by_id(int(fact["token_id"]))
    address = addresses.full(f"/join/{tokens.derived(link.purpose, link.nonce)}")
    return {"link": address, "role_words": str(MEMBER_ROLES[MemberRole(fact["role"])])}


def _leaders(fact: Values) -> Iterator[Recipient]:
    for row in queries.members(int(fact["organisation_id"])):
        if row.role is MemberRole.OWNER and row.user_id != fact["actor_id"]:
            yield row.user_id


def _the_person(fact: Values) -> Iterator[Recipient]:
    if fact["user_id"] != fact["actor_id"]:
        yield int(fact["user_id"])


def _who_led(fact: Values) -> Iterator[Recipient]:
    yield int(fact["from_user_id"])


TELLS: Mapping[str, Sequence[Tell]] = {
    "MemberInvited": (
        Tell(
            "member_invited",
            _invited,
            _l("You are invited to %(organisation_name)s"),
            mail="member_invited",
            in_app=False,
            more=_link,
        ),
    ),
    "MemberJoined": (Tell("member_joined", _leaders, _l("%(name)s joined your group"), "/groups"),),
    "MembershipEnded": (
        Tell("membership_ended", _the_person, _l("You are no longer a member of a group"), "/groups"),
        Tell("member_left", _leaders, _l("%(name)s left your group"), "/groups"),
    ),
    "HandOverProposed": (Tell("hand_over", _the_person, _l("You were asked to lead your group"), "/groups"),),
    "HandOverAccepted": (Tell("handed_over", _who_led, _l("%(name)s leads your group now"), "/groups"),),
    "LiaisonNamed": (Tell("liaison", _leaders, _l("Your liaison officer is %(name)s"), "/groups"),),
}

"""What happens to organisations and the people who belong to them."""

from __future__ import annotations

from grants.core.events import Event, Visibility
from grants.core.i18n import lazy_gettext as _l


class GroupRegistered(Event, frozen=True, kw_only=True):
    """A group came into being; who registered it is its leader."""

    sentence = _l("%(name)s was registered.")

    organisation_id: int
    name: str


class ProfileEdited(Event, frozen=True, kw_only=True):
    """What we know about an organisation was changed; `columns` says what, never the values."""

    sentence = _l("The profile was changed.")

    organisation_id: int
    columns: tuple[str, ...]


class StatusChanged(Event, frozen=True, kw_only=True):
    """The legal status, the host or the assessment of an organisation changed."""

    sentence = _l("The legal status was changed.")

    organisation_id: int
    what: str


class LiaisonNamed(Event, frozen=True, kw_only=True):
    """The foundation named who looks after a group."""

    sentence = _l("%(name)s is now the liaison officer.")

    organisation_id: int
    user_id: int
    name: str


class MemberInvited(Event, frozen=True, kw_only=True):
    """Somebody is to get a mail with a link; the link is made from the token's row, never kept here."""

    sentence = _l("%(email)s was invited.")

    organisation_id: int
    organisation_name: str
    invitation_id: int
    token_id: int
    email: str
    role: str
    language: str


class MemberJoined(Event, frozen=True, kw_only=True):
    """An invitation was accepted."""

    sentence = _l("%(name)s joined.")

    organisation_id: int
    user_id: int
    name: str
    role: str


class MemberRoleChanged(Event, frozen=True, kw_only=True):
    """A member may do more or less than before."""

    sentence = _l("The role of %(name)s was changed.")

    organisation_id: int
    user_id: int
    name: str
    role: str


class MembershipEnded(Event, frozen=True, kw_only=True):
    """A member left or was removed."""

    sentence = _l("%(name)s left.")

    organisation_id: int
    user_id: int
    name: str


class HandOverProposed(Event, frozen=True, kw_only=True):
    """The leader wants to pass the group on."""

    sentence = _l("%(name)s was asked to lead the group.")

    organisation_id: int
    user_id: int
    name: str


class HandOverAccepted(Event, frozen=True, kw_only=True):
    """The successor leads the group now."""

    sentence = _l("%(name)s leads the group now.")

    organisation_id: int
    from_user_id: int
    user_id: int
    name: str


class ConflictNoted(Event, frozen=True, kw_only=True):
    """A tie between a person and an organisation was declared, detected or entered by staff."""

    sentence = _l("A tie of %(name)s to the organisation was noted.")
    visibility = Visibility.STAFF

    organisation_id: int
    user_id: int
    name: str
    kind: str
    suspected: bool


class StandingNoted(Event, frozen=True, kw_only=True):
    """Something was put on the record of an organisation."""

    sentence = _l("The record was updated.")

    organisation_id: int
    kind: str
    value: str

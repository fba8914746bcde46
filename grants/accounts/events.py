"""What can be said to have happened to accounts. Facts that concern a link carry its id, never the link."""

from __future__ import annotations

from collections.abc import Mapping

from grants.core.events import Event, Visibility
from grants.core.i18n import lazy_gettext as _l


class ConfirmationAsked(Event, frozen=True, kw_only=True):
    """Somebody wants an account for an address; the mail differs when there is one already."""

    token_id: int


class ResetGranted(Event, frozen=True, kw_only=True):
    """There is an account for the address: its link may go out."""

    token_id: int


class ColleagueInvited(Event, frozen=True, kw_only=True):
    token_id: int
    invited_by: str


class PersonRegistered(Event, frozen=True, kw_only=True):
    sentence = _l("%(name)s opened an account")
    visibility = Visibility.STAFF

    user_id: int
    name: str


class PasswordChanged(Event, frozen=True, kw_only=True):
    sentence = _l("The password was changed")
    visibility = Visibility.STAFF

    user_id: int


class RoleGranted(Event, frozen=True, kw_only=True):
    sentence = _l("%(name)s was given a role: %(role_words)s")
    visibility = Visibility.STAFF

    user_id: int
    name: str
    role: str
    role_words: Mapping[str, str]


class RoleEnded(Event, frozen=True, kw_only=True):
    sentence = _l("%(name)s no longer has the role: %(role_words)s")
    visibility = Visibility.STAFF

    user_id: int
    name: str
    role: str
    role_words: Mapping[str, str]

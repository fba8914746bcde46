"""What can be said to have happened to accounts. Facts that concern a link carry its id, never the link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grants.core.events import Event, Visibility
from grants.core.i18n import lazy_gettext as _l


@dataclass(frozen=True, kw_only=True)
class ConfirmationAsked(Event):
    """Somebody wants an account for an address; the mail differs when there is one already."""

    token_id: int


@dataclass(frozen=True, kw_only=True)
class ResetGranted(Event):
    """There is an account for the address: its link may go out."""

    token_id: int


@dataclass(frozen=True, kw_only=True)
class ColleagueInvited(Event):
    token_id: int
    invited_by: str


@dataclass(frozen=True, kw_only=True)
class PersonRegistered(Event):
    sentence = _l("%(name)s opened an account")
    visibility = Visibility.STAFF

    user_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    sentence = _l("The password was changed")
    visibility = Visibility.STAFF

    user_id: int


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    sentence = _l("%(name)s was given a role: %(role_words)s")
    visibility = Visibility.STAFF

    user_id: int
    name: str
    role: str
    role_words: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class RoleEnded(Event):
    sentence = _l("%(name)s no longer has the role: %(role_words)s")
    visibility = Visibility.STAFF

    user_id: int
    name: str
    role: str
    role_words: Mapping[str, str]

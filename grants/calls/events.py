"""What can be said to have happened to calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from grants.core.events import Event, Visibility
from grants.core.i18n import lazy_gettext as _l


class CallDrafted(Event, frozen=True, kw_only=True):
    sentence = _l("The call was begun from a template")
    visibility = Visibility.STAFF

    call_id: int
    template: str


class CallPublished(Event, frozen=True, kw_only=True):
    sentence = _l("Call %(number)s was published")
    visibility = Visibility.PUBLIC

    call_id: int
    public_id: str
    number: str
    title: dict[str, Any]
    opens_at: datetime
    closes_at: datetime


class CallOpened(Event, frozen=True, kw_only=True):
    sentence = _l("The call opened for proposals")
    visibility = Visibility.PUBLIC

    call_id: int


class CallClosed(Event, frozen=True, kw_only=True):
    sentence = _l("The call closed for proposals")
    visibility = Visibility.PUBLIC

    call_id: int


class CallCorrected(Event, frozen=True, kw_only=True):
    """Everybody with a draft in this call is told, of a later closing too. `before` and `after` speak every language."""

    sentence = _l("The published call was corrected")
    visibility = Visibility.PUBLIC

    call_id: int
    public_id: str
    title: dict[str, Any]
    what: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]
    reason: dict[str, Any]


class CallCancelled(Event, frozen=True, kw_only=True):
    sentence = _l("The call was cancelled")
    visibility = Visibility.PUBLIC

    call_id: int
    public_id: str
    title: dict[str, Any]
    reason: dict[str, Any]


class CallMovedOn(Event, frozen=True, kw_only=True):
    """Review, decision, notice, projects: the call reached its next phase."""

    sentence = _l("The call went on to its next phase")

    call_id: int
    state: str

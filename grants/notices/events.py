"""What can be said to have happened to notices. Who objected is in no fact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from grants.core.events import Event, Visibility
from grants.core.i18n import lazy_gettext as _l


class NoticePublished(Event, frozen=True, kw_only=True):
    sentence = _l("Public notice %(number)s began")
    visibility = Visibility.PUBLIC

    notice_id: int
    public_id: str
    number: str
    title: dict[str, Any]
    item_keys: list[str]
    ends_at: datetime


class NoticeCorrected(Event, frozen=True, kw_only=True):
    sentence = _l("Public notice %(number)s was corrected")
    visibility = Visibility.PUBLIC

    notice_id: int
    public_id: str
    number: str


class NoticeClosed(Event, frozen=True, kw_only=True):
    sentence = _l("Public notice %(number)s is over")
    visibility = Visibility.PUBLIC

    notice_id: int
    number: str
    holder_kind: str
    holder_id: int
    item_keys: list[str]


class ObjectionReceived(Event, frozen=True, kw_only=True):
    sentence = _l("Objection %(number)s was received; this item waits until it is decided")

    objection_id: int
    notice_id: int
    number: str
    item_key: str


class ObjectionDecided(Event, frozen=True, kw_only=True):
    """`upheld` keeps the item from going on for good; `reason` is shown beside the list."""

    sentence = _l("Objection %(number)s was decided")

    objection_id: int
    notice_id: int
    number: str
    item_key: str
    upheld: bool
    reason: str

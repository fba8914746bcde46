"""Reading messages, wishes about mail, and what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, func, select

from grants.core import i18n
from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.policy import Actor
from grants.core.registries import registry
from grants.messaging.fields import Tell
from grants.messaging.models import Notification, Preference, SentMail
from grants.organisations.walls import case_beyond_the_wall

ON_A_PAGE = 50
MANY = 100


@cache
def tells() -> Mapping[str, Sequence[Tell]]:
    """Event name -> all ways in which it is told. Raises ValueError if two bear one key."""
    merged: dict[str, list[Tell]] = {}
    for table in registry("tells"):
        for event, ways in table.items():
            merged.setdefault(event, []).extend(ways)
    keys = [tell.key for ways in merged.values() for tell in ways]
    if len(keys) != len(set(keys)):
        raise ValueError(f"two tells of one key: {sorted({key for key in keys if keys.count(key) > 1})}")
    return merged


@cache
def tells_by_key() -> Mapping[str, Tell]:
    return {tell.key: tell for ways in tells().values() for tell in ways}


class Line(Struct, frozen=True):
    """One message in the inbox, in the reader's words."""

    public_id: str
    sentence: str
    at: datetime
    is_read: bool


def _mine(actor: Actor) -> ColumnElement[bool]:
    """What was told to a person; nothing of a case they have a tie to, though it was told before."""
    told = Notification.user_id == actor.user_id
    return and_(told, case_beyond_the_wall(actor, Notification.case))


def inbox(actor: Actor, *, number: int = 1) -> list[Line]:
    """One page, the latest first."""
    found = (
        select(Notification)
        .where(_mine(actor))
        .order_by(Notification.at.desc(), Notification.id.desc())
        .limit(ON_A_PAGE)
        .offset((number - 1) * ON_A_PAGE)
    )
    return [
        Line(row.public_id, sentence_of(row), row.at, row.read_at is not None)
        for row in db.session.scalars(found)
    ]


def sentence_of(row: Notification) -> str:
    tell = tells_by_key().get(row.kind)
    return i18n.filled(tell.sentence, row.values) if tell else ""


def address_of(row: Notification) -> str:
    """The page it is about; the inbox where there is none."""
    tell = tells_by_key().get(row.kind)
    return i18n.filled_address(tell.address, row.values) if tell and tell.address else "/messages"


def message_count(actor: Actor) -> int:
    return db.session.scalar(select(func.count(Notification.id)).where(_mine(actor))) or 0


def unread_count(actor: Actor) -> int:
    """How many are new, counted no further than `MANY`: every page asks, and somebody may have left thousands."""
    return db.session.scalar(_unread(actor)) or 0


@lru_cache(maxsize=256)
def _unread(actor: Actor) -> Select[int]:
    """Stands on every page: made once for whoever holds the same."""
    found = select(Notification.id).where(_mine(actor), Notification.read_at.is_(None)).limit(MANY)
    return select(func.count()).select_from(found.subquery())


def notification(public_id: str) -> Notification:
    found = db.session.scalar(select(Notification).where(Notification.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def unwanted_by_mail(user_id: int) -> set[str]:
    """Kinds of which this person wants no mails."""
    found = select(Preference.kind).where(Preference.user_id == user_id, Preference.by_mail.is_(False))
    return set(db.session.scalars(found))


def was_sent(key: str) -> bool:
    return db.session.scalar(select(SentMail.id).where(SentMail.key == key)) is not None

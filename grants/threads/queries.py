"""Reading conversations. Whoever may see the thing may read what is said about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import joinedload
from werkzeug.utils import import_string

from grants.accounts.models import User
from grants.core.db import Base, db
from grants.core.errors import NotFound
from grants.core.policy import Actor, permits
from grants.core.registries import registry
from grants.organisations.walls import case_beyond_the_wall
from grants.threads.models import Message, ReadMark, Thread

MOST = 500
Listed = Select[str, str, datetime, int, datetime]


class Holder(Struct, frozen=True):
    """The thing a thread is about, with who may see it and who is called in."""

    kind: str
    row: Any
    permission: str
    people: str

    @property
    def case(self) -> str:
        return getattr(self.row, "case", None) or f"{self.kind}/{self.row.id}"

    def called_in(self) -> Iterable[int]:
        """Ids of the people who look after the thing."""
        found: Iterable[int] = import_string(self.people)(self.row)
        return found


def holder(kind: str, holder_id: int) -> Holder:
    """Raises NotFound for what is absent, and for kinds one does not talk about."""
    entry = registry("threads").get(kind)
    if entry is None:
        raise NotFound
    loader, permission, people = entry
    row = import_string(loader)(holder_id)
    if row is None:
        raise NotFound
    return Holder(kind, row, permission, people)


def holder_for(actor: Actor, kind: str, holder_id: int) -> Holder:
    """As `holder`; what this reader may not see is absent."""
    found = holder(kind, holder_id)
    if not permits(actor, found.permission, found.row):
        raise NotFound
    return found


def holder_named(actor: Actor, kind: str, public_id: str) -> Holder:
    """As `holder_for`, by the name that stands in addresses; kinds are named as their tables."""
    if kind not in registry("threads"):
        raise NotFound
    table = Base.metadata.tables[kind]
    found = db.session.scalar(select(table.c.id).where(table.c.public_id == public_id))
    if found is None:
        raise NotFound
    return holder_for(actor, kind, found)


def thread_for(actor: Actor, public_id: str) -> Thread:
    """The thread, if this reader may see its thing."""
    thread = db.session.scalar(select(Thread).where(Thread.public_id == public_id))
    if thread is None:
        raise NotFound
    holder_for(actor, thread.holder_kind, thread.holder_id)
    return thread


def messages_of(thread: Thread) -> Sequence[Message]:
    """The latest ones, oldest first, each with its author."""
    latest = (
        select(Message)
        .where(Message.thread_id == thread.id)
        .options(joinedload(Message.author).load_only(User.id, User.name))
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(MOST)
    )
    return db.session.scalars(latest).all()[::-1]


class ThreadRow(Struct, frozen=True):
    """A thread in a list."""

    public_id: str
    title: str
    last_at: datetime
    messages: int
    is_unread: bool


def about(kind: str, holder_id: int, actor: Actor) -> list[ThreadRow]:
    """The threads on one thing, the latest first. The caller has shown that the reader may see it."""
    return _rows(_listed(actor).where(Thread.holder_kind == kind, Thread.holder_id == holder_id))


def unread(actor: Actor) -> list[ThreadRow]:
    """Threads I was called into where others wrote since I looked; for homes."""
    wall = case_beyond_the_wall(actor, Thread.case)
    rows = _rows(_listed(actor).where(ReadMark.id.isnot(None), wall))
    return [row for row in rows if row.is_unread]


def _listed(actor: Actor) -> Listed:
    mine = and_(ReadMark.thread_id == Thread.id, ReadMark.user_id == actor.user_id)
    return (
        select(Thread.public_id, Thread.title, func.max(Message.at), func.count(Message.id), ReadMark.at)
        .join(Message, Message.thread_id == Thread.id)
        .outerjoin(ReadMark, mine)
        .group_by(Thread.id, Thread.public_id, Thread.title, ReadMark.id, ReadMark.at)
        .order_by(func.max(Message.at).desc(), Thread.id.desc())
        .limit(MOST)
    )


def _rows(listed: Listed) -> list[ThreadRow]:
    return [
        ThreadRow(public_id, title, last_at, count, read_at is None or read_at < last_at)
        for public_id, title, last_at, count, read_at in db.session.execute(listed)
    ]


def readers_of(thread: Thread) -> list[int]:
    """Everybody who wrote here, looked in, or was called in."""
    marked = select(ReadMark.user_id).where(ReadMark.thread_id == thread.id)
    return list(db.session.scalars(marked.order_by(ReadMark.user_id)))

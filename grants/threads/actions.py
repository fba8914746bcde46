"""Opening conversations, writing in them, and remembering how far one has read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from grants.accounts.queries import actor_of
from grants.core import text
from grants.core.db import db, upsert
from grants.core.errors import RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise, permits
from grants.core.unit_of_work import aside
from grants.threads.events import MessagePosted
from grants.threads.models import LONGEST_MESSAGE, LONGEST_TITLE, Message, ReadMark, Thread
from grants.threads.queries import Holder, holder, readers_of


def open_thread(about: Holder, *, title: str, body: str, by: Actor, at: datetime) -> Thread:
    """Begin a conversation about a thing with its first message; who looks after the thing is called in."""
    authorise(by, about.permission, about.row)
    name = text.clean_line(title)
    broken = [*_wrong_title(name), *_wrong_body(body)]
    if broken:
        raise RulesBroken(broken)
    thread = Thread(holder_kind=about.kind, holder_id=about.row.id, case=about.case, title=name, opened_at=at)
    db.session.add(thread)
    db.session.flush()
    for user_id in about.called_in():
        _mark(db.session(), thread.id, user_id, at=at - timedelta(microseconds=1))
    _write(thread, body, about, by=by, at=at)
    return thread


def post(thread: Thread, body: str, *, by: Actor, at: datetime) -> None:
    """Write in a conversation. Everybody in it who may still see its thing is told."""
    about = holder(thread.holder_kind, thread.holder_id)
    authorise(by, about.permission, about.row)
    broken = list(_wrong_body(body))
    if broken:
        raise RulesBroken(broken)
    _write(thread, body, about, by=by, at=at)


def _write(thread: Thread, body: str, about: Holder, *, by: Actor, at: datetime) -> None:
    authorise(by, "thread.post", thread)
    message = Message(thread_id=thread.id, author_id=by.user_id, body=text.clean(body).strip(), at=at)
    db.session.add(message)
    db.session.flush()
    readers = tuple(
        user_id
        for user_id in readers_of(thread)
        if user_id != by.user_id and permits(actor_of(user_id), about.permission, about.row)
    )
    if by.user_id is not None:
        _mark(db.session(), thread.id, by.user_id, at=at)
    publish(
        MessagePosted(
            occurred_at=at,
            actor_id=by.user_id,
            case=thread.case,
            thread_id=thread.id,
            thread_public_id=thread.public_id,
            message_id=message.id,
            title=thread.title,
            author_name=by.name,
            reader_ids=readers,
        )
    )


def _wrong_title(title: str) -> Iterator[Violation]:
    if not title:
        yield Violation("title", _l("Say in a few words what it is about."), "title")
    elif len(title) > LONGEST_TITLE:
        yield Violation("title", _l("At most %(n)s characters, please.", n=LONGEST_TITLE), "title")


def _wrong_body(body: str) -> Iterator[Violation]:
    if not text.clean(body).strip():
        yield Violation("empty", _l("There is nothing to send yet."), "body")
    elif len(body) > LONGEST_MESSAGE:
        yield Violation("long", _l("At most %(n)s characters, please.", n=LONGEST_MESSAGE), "body")


def mark_read(thread: Thread, *, by: Actor, at: datetime) -> None:
    """Remember that somebody looked, beside the page they read."""
    if by.user_id is not None:
        with aside() as session:
            _mark(session, thread.id, by.user_id, at=at)


def _mark(session: Session, thread_id: int, user_id: int, *, at: datetime) -> None:
    marked = upsert(ReadMark).values(thread_id=thread_id, user_id=user_id, at=at)
    session.execute(marked.on_conflict_do_update(index_elements=["thread_id", "user_id"], set_={"at": at}))

"""Who commits: this module, once per request, command or job, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from grants.core import audit
from grants.core.db import db


class WroteWhileReading(RuntimeError):
    """A safe (GET) request tried to change the database: a bug, never a person's fault."""


@contextmanager
def unit_of_work(*, read_only: bool = False) -> Iterator[None]:
    """Commit everything done inside, or nothing.

    A writer takes the database's write lock before anything is read, so slow work belongs before
    it. Raises whatever the body raises, after rolling back; raises `WroteWhileReading` if a
    read-only body changed anything.
    """
    session: Session = db.session()
    session.rollback()
    session.info.update(read_only=read_only, abandoned=False)
    try:
        if not read_only:
            session.connection(execution_options={"write": True})
        yield
        if read_only:
            _refuse_changes(session)
        if read_only or session.info["abandoned"]:
            session.rollback()
        else:
            audit.seal(session)
            session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        audit.forget(session)
        session.info.clear()


@contextmanager
def aside() -> Iterator[Session]:
    """A short unit of work of its own, kept whatever becomes of the request: counters, presence, last seen.

    Belongs before or beside reading, never inside a writing unit of work: on SQLite it would wait
    for itself.
    """
    if db.session().info.get("read_only") is False:
        raise RuntimeError("aside() inside a writing unit of work: do this in the prepare step")
    with Session(db.engine) as session:
        session.connection(execution_options={"write": True})
        yield session
        session.commit()


def abandon() -> None:
    """Let the running unit of work end quietly without keeping anything it did."""
    db.session().info["abandoned"] = True


def _refuse_changes(session: Session) -> None:
    if session.new or session.deleted or any(session.is_modified(row) for row in session.dirty):
        raise WroteWhileReading("a GET request changed the session")


@event.listens_for(Session, "before_flush")
def _no_flush_while_reading(session: Session, *_: object) -> None:
    if session.info.get("read_only"):
        _refuse_changes(session)


@event.listens_for(Session, "do_orm_execute")
def _no_bulk_write_while_reading(state: ORMExecuteState) -> None:
    if state.session.info.get("read_only") and not state.is_select:
        raise WroteWhileReading("a GET request ran a bulk write")

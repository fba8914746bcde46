"""Work to be done after the commit: a table of jobs with leases, so that a killed worker loses nothing.

`enqueue` writes the job in the caller's transaction: no commit, no job. A worker takes a job for
the length of a lease and renews it while it works; when it dies, the lease runs out and another
takes over. So slow work may happen twice, but is kept once: `keep` and the mark "done" are one
transaction, and only the holder of the lease may write it.
"""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from flask import Flask, current_app
from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Index,
    String,
    Update,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.utils import import_string

from grants.core import clock
from grants.core.db import Base, db, upsert
from grants.core.unit_of_work import unit_of_work

MOST_ATTEMPTS = 10
FIRST_REST = timedelta(seconds=20)
LONGEST_REST = timedelta(hours=6)
DONE_IS_KEPT = timedelta(days=30)
LOOK_FOR_PERIODIC_WORK = 20.0
IDLE = 1.0
DATABASE_AWAY = 5.0

log = logging.getLogger("grants.jobs")


class Job(Base):
    """One thing to do. `run_at` is business time; leases and rests are real time.

    Nobody may take a job before `lease_until`: it is being worked on, or rests after a failure.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    run_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=clock.real_now)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    dead_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(2000), default="")


PENDING = and_(Job.done_at.is_(None), Job.dead_at.is_(None))
Index("ix_job_pending", Job.run_at, Job.id, sqlite_where=PENDING, postgresql_where=PENDING)
Index(
    "ix_job_dead", Job.dead_at, sqlite_where=Job.dead_at.isnot(None), postgresql_where=Job.dead_at.isnot(None)
)


class Handler(Protocol):
    """A module or object named in `wiring.JOBS`.

    It may also have `prepare(payload) -> result`, which runs outside any transaction: mail,
    papers, solvers. `keep` runs in the unit of work that marks the job done.
    """

    def keep(self, payload: dict[str, Any], result: Any) -> None: ...


class LostLease(RuntimeError):
    """Another worker has the job by now; what this one did is not kept."""


class Held(Struct, frozen=True):
    """A job this worker may work on until its lease ends."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    lease: str


class Backlog(Struct, frozen=True):
    """How the queue stands, for `/readyz` and the administrator's page."""

    due: int
    oldest: datetime | None
    dead: int


class _Wiring(Struct, frozen=True):
    handlers: Mapping[str, str]
    periodic: Mapping[str, tuple[timedelta, str]]
    lease: timedelta


def install(
    app: Flask,
    handlers: Mapping[str, str],
    periodic: Mapping[str, tuple[timedelta, str]],
    *,
    lease: timedelta = timedelta(seconds=60),
) -> None:
    app.extensions["grants.jobs"] = _Wiring(handlers, periodic, lease)


def _wiring() -> _Wiring:
    return cast("_Wiring", current_app.extensions["grants.jobs"])


def enqueue(
    kind: str,
    payload: Mapping[str, Any],
    *,
    unique_key: str | None = None,
    run_at: datetime | None = None,
) -> None:
    """Have this done once the caller's transaction is kept, not before `run_at` (business time).

    A second job of the same unique key is not written, even when the first is done.
    """
    values = {
        "kind": kind,
        "payload": dict(payload),
        "unique_key": unique_key,
        "run_at": run_at or clock.now(),
    }
    db.session.execute(upsert(Job).values(**values).on_conflict_do_nothing(index_elements=["unique_key"]))


def backlog() -> Backlog:
    due, oldest = db.session.execute(select(func.count(), func.min(Job.run_at)).where(_is_due())).one()
    dead = db.session.scalar(select(func.count()).where(Job.dead_at.isnot(None))) or 0
    return Backlog(due, oldest, dead)


def revive(job: Job) -> None:
    """Try a dead job again from the beginning."""
    job.dead_at, job.lease, job.lease_until, job.attempts = None, None, None, 0


def run_once(app: Flask) -> bool:
    """Do the job that is due first; False when none is. A failure is kept on the job, not raised."""
    with app.app_context():
        held = _claim()
        if held is None:
            return False
        _work(app, held)
        return True


def run_due(app: Flask) -> int:
    """Do everything that is due now, periodic work included; answers with how many jobs ran."""
    with app.app_context():
        plant_periodic()
    count = 0
    while run_once(app):
        count += 1
    return count


def run_forever(app: Flask, stop: threading.Event) -> None:
    """Work until `stop` is set; the job in hand is finished first. Outlives a database that is away."""
    look_at = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() >= look_at:
                with app.app_context():
                    plant_periodic()
                look_at = time.monotonic() + LOOK_FOR_PERIODIC_WORK
            if not run_once(app):
                stop.wait(IDLE)
        except SQLAlchemyError:
            log.exception("the database cannot be reached; trying again")
            stop.wait(DATABASE_AWAY)


def plant_periodic() -> None:
    """Enqueue what is due in the present slot of every periodic work, once for all workers."""
    keys = {
        f"{name}:{_slot(every)}": (kind, _slot(every)) for name, (every, kind) in _wiring().periodic.items()
    }
    known = set(db.session.scalars(select(Job.unique_key).where(Job.unique_key.in_(keys))))
    db.session.rollback()
    for key in keys.keys() - known:
        kind, slot = keys[key]
        with unit_of_work():
            enqueue(kind, {"slot": slot}, unique_key=key)


def _slot(every: timedelta) -> str:
    """The beginning of the present slot by the foundation's wall clock: days begin at its midnight."""
    wall = clock.local(clock.now()).replace(tzinfo=None)
    beginning = datetime(1970, 1, 1)  # noqa: DTZ001 - wall clock time
    return (beginning + (wall - beginning) // every * every).isoformat(timespec="minutes")


def _is_due() -> ColumnElement[bool]:
    rested = or_(Job.lease_until.is_(None), Job.lease_until <= clock.real_now())
    return and_(PENDING, Job.run_at <= clock.now(), rested)


def _claim() -> Held | None:
    """Take the first due job. Reads before it asks for the write lock: an idle worker disturbs nobody."""
    waiting = db.session.scalar(select(Job.id).where(_is_due()).limit(1))
    db.session.rollback()
    if waiting is None:
        return None
    with unit_of_work():
        _bury_what_kills_its_workers()
        first = select(Job).where(_is_due()).order_by(Job.run_at, Job.id).limit(1)
        job = db.session.scalar(first.with_for_update(skip_locked=True))
        if job is None:
            return None
        job.attempts += 1
        job.lease = lease = secrets.token_hex(8)
        job.lease_until = clock.real_now() + _wiring().lease
        return Held(job.id, job.kind, dict(job.payload), job.attempts, lease)


def _bury_what_kills_its_workers() -> None:
    """A job whose last attempt never came back would otherwise be taken for ever."""
    db.session.execute(
        update(Job)
        .where(_is_due(), Job.attempts >= MOST_ATTEMPTS)
        .values(dead_at=clock.real_now(), error="the worker did not come back")
        .execution_options(synchronize_session=False)
    )


def _work(app: Flask, held: Held) -> None:
    try:
        handler = _handler(held.kind)
        prepare = getattr(handler, "prepare", None)
        result = None
        if prepare is not None:
            with _renewing(app, held):
                result = prepare(held.payload)
        with unit_of_work():
            _mark_done(held)
            handler.keep(held.payload, result)
    except LostLease:
        log.warning("job %s (%s): another worker took it over", held.id, held.kind)
    except Exception as error:
        log.exception("job %s (%s): attempt %s failed", held.id, held.kind, held.attempts)
        _fail(held, error)


def _handler(kind: str) -> Handler:
    return cast("Handler", import_string(_wiring().handlers[kind]))


def _mine(held: Held) -> Update:
    mine = and_(Job.id == held.id, Job.lease == held.lease, Job.done_at.is_(None))
    return update(Job).where(mine).execution_options(synchronize_session=False)


def _mark_done(held: Held) -> None:
    """First thing in the transaction, so that the row stays ours until the commit."""
    done = _mine(held).values(done_at=clock.real_now(), lease=None, lease_until=None, error="")
    if cast("CursorResult[Any]", db.session.execute(done)).rowcount != 1:
        raise LostLease


def _fail(held: Held, error: Exception) -> None:
    now = clock.real_now()
    sentence = f"{type(error).__name__}: {error}".replace("\0", "")[:2000]
    dead_at = now if held.attempts >= MOST_ATTEMPTS else None
    with unit_of_work():
        db.session.execute(
            _mine(held).values(
                error=sentence, lease=None, lease_until=now + rest(held.attempts), dead_at=dead_at
            )
        )


def rest(attempts: int) -> timedelta:
    """How long to wait after so many failures: three times longer each time, spread by chance.

    Ten attempts span about half a day, so a mail server may be away for a night.
    """
    longest = min(FIRST_REST * 3 ** (attempts - 1), LONGEST_REST)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret


@contextmanager
def _renewing(app: Flask, held: Held) -> Iterator[None]:
    """Keep the lease alive from another thread and connection while slow work goes on."""
    lease = _wiring().lease
    stop = threading.Event()
    thread = threading.Thread(target=_renew, args=(app, held, lease, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _renew(app: Flask, held: Held, lease: timedelta, stop: threading.Event) -> None:
    with app.app_context():
        while not stop.wait(lease.total_seconds() / 3):
            try:
                with unit_of_work():
                    db.session.execute(_mine(held).values(lease_until=clock.real_now() + lease))
            except SQLAlchemyError:
                log.exception("job %s: the lease could not be renewed", held.id)


class Tidy:
    """Drops what was done long ago."""

    def keep(self, payload: dict[str, Any], result: Any) -> None:
        old = clock.real_now() - DONE_IS_KEPT
        db.session.execute(delete(Job).where(Job.done_at < old))


TIDY = Tidy()

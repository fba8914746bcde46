from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from grants.core import clock, jobs
from grants.core.db import db
from grants.core.jobs import Job
from grants.core.unit_of_work import abandon, unit_of_work
from tests.conftest import Stage
from tests.core.job_handlers import HANDLERS, kept

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def handlers(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Our own handlers, and the test inside the app."""
    monkeypatch.setitem(app.extensions, "grants.jobs", None)
    jobs.install(app, HANDLERS, {}, lease=timedelta(seconds=2))
    with app.app_context():
        yield


def all_jobs() -> list[Job]:
    db.session.rollback()
    return list(db.session.scalars(select(Job).order_by(Job.id)))


def enqueue(kind: str, **payload: object) -> None:
    with unit_of_work():
        jobs.enqueue(kind, payload)


def test_a_job_runs_once_and_is_done(app: Flask) -> None:
    enqueue("keep", word="青苗")
    assert jobs.run_once(app)
    assert not jobs.run_once(app)
    assert kept() == ["青苗"]
    [job] = all_jobs()
    assert (job.attempts, job.error, job.lease, job.dead_at) == (1, "", None, None)
    assert job.done_at is not None


def test_jobs_run_in_the_order_they_are_due(app: Flask) -> None:
    now = clock.now()
    with unit_of_work():
        jobs.enqueue("keep", {"word": "second"}, run_at=now - HOUR)
        jobs.enqueue("keep", {"word": "first"}, run_at=now - 2 * HOUR)
        jobs.enqueue("keep", {"word": "not yet"}, run_at=now + HOUR)
    assert jobs.run_due(app) == 2
    assert kept() == ["first", "second"]


def test_a_transaction_that_is_not_kept_leaves_no_job(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError):
        _enqueue_and_fail()
    with unit_of_work():
        jobs.enqueue("keep", {"word": "abandoned"})
        abandon()
    assert all_jobs() == []


def _enqueue_and_fail() -> None:
    with unit_of_work():
        jobs.enqueue("keep", {"word": "lost"})
        raise ZeroDivisionError


def test_a_unique_key_is_enqueued_once_even_when_done(app: Flask) -> None:
    for word in ("one", "two", "three"):
        with unit_of_work():
            jobs.enqueue("keep", {"word": word}, unique_key="digest:2026-11-21")
        jobs.run_due(app)
    assert kept() == ["one"]


def test_a_failure_keeps_nothing_and_rests_before_the_next_attempt(app: Flask) -> None:
    enqueue("break")
    before = clock.real_now()
    assert jobs.run_once(app)
    assert not jobs.run_once(app)
    assert kept() == []
    [job] = all_jobs()
    assert job.error == "ValueError: the printeris on fire 火"
    assert job.done_at is None
    assert job.lease_until is not None
    assert timedelta(seconds=9) < job.lease_until - before < timedelta(seconds=25)


def test_ten_failures_make_a_dead_letter_that_can_be_revived(app: Flask) -> None:
    enqueue("break")
    for _ in range(12):
        with unit_of_work():
            db.session.execute(update(Job).values(lease_until=None))
        jobs.run_once(app)
    [job] = all_jobs()
    assert (job.attempts, job.done_at) == (10, None)
    assert job.dead_at is not None
    assert jobs.backlog() == jobs.Backlog(due=0, oldest=None, dead=1)
    with unit_of_work():
        jobs.revive(all_jobs()[0])
    assert jobs.run_once(app)
    assert all_jobs()[0].attempts == 1


def test_a_job_that_kills_every_worker_is_buried(app: Flask) -> None:
    enqueue("keep", word="poison")
    with unit_of_work():
        db.session.execute(update(Job).values(attempts=10, lease="gone", lease_until=clock.real_now() - HOUR))
    assert not jobs.run_once(app)
    assert kept() == []
    [job] = all_jobs()
    assert (job.error, job.dead_at is not None) == ("the worker did not come back", True)


def test_rests_grow_and_stay_within_bounds() -> None:
    for attempt, longest in ((1, 20), (2, 60), (5, 1620), (10, 6 * 3600)):
        assert longest / 2 <= jobs.rest(attempt).total_seconds() <= longest


def test_an_unknown_kind_fails_without_stopping_the_worker(app: Flask) -> None:
    enqueue("nobody knows me")
    enqueue("keep", word="after")
    assert jobs.run_due(app) == 2
    assert kept() == ["after"]


def test_a_job_under_lease_is_left_alone(app: Flask) -> None:
    enqueue("keep", word="held")
    with unit_of_work():
        db.session.execute(update(Job).values(lease="other", lease_until=clock.real_now() + HOUR))
    assert not jobs.run_once(app)


def test_a_lease_is_renewed_while_slow_work_goes_on(app: Flask) -> None:
    jobs.install(app, HANDLERS, {}, lease=timedelta(seconds=0.6))
    enqueue("slow", seconds=1.5)
    worker = threading.Thread(target=jobs.run_once, args=(app,))
    worker.start()
    time.sleep(1.1)
    assert not jobs.run_once(app)
    worker.join()
    assert kept() == ["slow"]


def test_a_worker_that_lost_its_lease_keeps_nothing(app: Flask) -> None:
    enqueue("slow", seconds=0.5)
    worker = threading.Thread(target=jobs.run_once, args=(app,))
    worker.start()
    time.sleep(0.25)
    with unit_of_work():
        db.session.execute(update(Job).values(lease="taken over"))
    worker.join()
    assert kept() == []
    [job] = all_jobs()
    assert (job.lease, job.done_at, job.error) == ("taken over", None, "")


def test_several_workers_share_the_work(app: Flask, tmp_path: Path) -> None:
    words = [f"w{n:02}" for n in range(24)]
    for word in words:
        enqueue("send", word=word, file=str(tmp_path / "sent"))
    workers = [threading.Thread(target=jobs.run_due, args=(app,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    jobs.run_due(app)
    assert sorted((tmp_path / "sent").read_text().split()) == words
    assert sorted(kept()) == [f"sent {word}" for word in words]


@pytest.mark.slow
def test_killing_a_worker_loses_nothing(app: Flask, stage: Stage, tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    words = [f"w{n:02}" for n in range(40)]
    for word in words:
        enqueue("send", word=word, file=str(sent))
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    program = f"from tests.core.job_handlers import work; work({str(stage.folder)!r}, {url!r}, 2)"
    command = [sys.executable, "-c", program]
    first = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _until(lambda: sent.exists() and len(sent.read_text().split()) >= 10)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert len(sent.read_text().split()) < 40
    second = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _until(lambda: len(kept()) == 40)
    finally:
        second.kill()
        second.wait()
    assert sorted(kept()) == [f"sent {word}" for word in words]
    told = sent.read_text().split()
    assert sorted(set(told)) == words
    assert len(told) <= 41


def _until(happened: object, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_periodic_work_is_planted_once_per_slot(app: Flask) -> None:
    jobs.install(
        app, HANDLERS, {"digest": (timedelta(days=1), "keep"), "sweep": (timedelta(minutes=10), "keep")}
    )
    with time_machine.travel(datetime(2026, 11, 21, 15, 59, tzinfo=UTC), tick=False):
        jobs.run_due(app)
        jobs.run_due(app)
        assert sorted(kept()) == ["2026-11-21T00:00", "2026-11-21T23:50"]
    with time_machine.travel(datetime(2026, 11, 21, 16, 0, tzinfo=UTC), tick=False):
        jobs.run_due(app)
        assert sorted(kept())[2:] == ["2026-11-22T00:00", "2026-11-22T00:00"]


def test_the_worker_stops_when_told(app: Flask) -> None:
    enqueue("keep", word="last")
    stop = threading.Event()
    worker = threading.Thread(target=jobs.run_forever, args=(app, stop))
    worker.start()
    _until(lambda: kept() == ["last"])
    stop.set()
    worker.join(timeout=5)
    assert not worker.is_alive()


def test_what_was_done_long_ago_is_dropped(app: Flask) -> None:
    for word in ("old", "new"):
        enqueue("keep", word=word)
    jobs.run_due(app)
    with unit_of_work():
        db.session.execute(
            update(Job).where(Job.id == all_jobs()[0].id).values(done_at=clock.real_now() - 31 * 24 * HOUR)
        )
    enqueue("tidy")
    jobs.run_due(app)
    assert [job.payload for job in all_jobs()] == [{"word": "new"}, {}]

"""Handlers for the tests of jobs, and a worker to be run as a process that can be killed."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from grants.app import create_app
from grants.core import jobs
from grants.core.access_log import AccessEntry
from grants.core.db import db
from tests.conftest import settings_for


def keep(word: str) -> None:
    """Any table would do; this one asks for little."""
    now = datetime.now(UTC)
    db.session.add(AccessEntry(actor_id=None, subject_type="test", subject_id=0, what=word, at=now))


def kept() -> list[str]:
    words = list(db.session.scalars(select(AccessEntry.what).order_by(AccessEntry.id)))
    db.session.rollback()
    return words


class Send:
    """Slow, seen from outside, and kept."""

    def prepare(self, payload: dict[str, Any]) -> str:
        with Path(payload["file"]).open("a") as out:
            out.write(f"{payload['word']}\n")
        time.sleep(0.02)
        return f"sent {payload['word']}"

    def keep(self, payload: dict[str, Any], result: str) -> None:
        keep(result)


class Keep:
    def keep(self, payload: dict[str, Any], result: None) -> None:
        keep(payload.get("slot") or payload["word"])


class Break:
    def keep(self, payload: dict[str, Any], result: None) -> None:
        keep("half")
        db.session.flush()
        raise ValueError("the printer\0is on fire 火")


class SlowThenKeep:
    """Sleeps for longer than a lease, then keeps."""

    def prepare(self, payload: dict[str, Any]) -> None:
        time.sleep(payload["seconds"])

    def keep(self, payload: dict[str, Any], result: None) -> None:
        keep("slow")


SEND, KEEP, BREAK, SLOW = Send(), Keep(), Break(), SlowThenKeep()
HERE = "tests.core.job_handlers"
HANDLERS = {
    "send": f"{HERE}:SEND",
    "keep": f"{HERE}:KEEP",
    "break": f"{HERE}:BREAK",
    "slow": f"{HERE}:SLOW",
    "tidy": "grants.core.jobs:TIDY",
}


def work(folder: str, url: str, lease: float) -> None:
    """A worker, until it is killed."""
    app = create_app(settings_for(Path(folder), url))
    jobs.install(app, HANDLERS, {}, lease=timedelta(seconds=lease))
    jobs.run_forever(app, threading.Event())

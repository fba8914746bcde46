"""Handlers for the tests of jobs, and a worker to be run as a process that can be killed."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from grants.core import jobs
from grants.core.db import Base, db
from tests.core.conftest import bare_app


class Kept(Base):
    """What the handlers keep."""

    __tablename__ = "kept_by_tests"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]


class Send:
    """Slow, seen from outside, and kept."""

    def prepare(self, payload: dict[str, Any]) -> str:
        with Path(payload["file"]).open("a") as out:
            out.write(f"{payload['word']}\n")
        time.sleep(0.02)
        return f"sent {payload['word']}"

    def keep(self, payload: dict[str, Any], result: str) -> None:
        db.session.add(Kept(word=result))


class Keep:
    def keep(self, payload: dict[str, Any], result: None) -> None:
        db.session.add(Kept(word=payload.get("slot") or payload["word"]))


class Break:
    def keep(self, payload: dict[str, Any], result: None) -> None:
        db.session.add(Kept(word="half"))
        db.session.flush()
        raise ValueError("the printer\0is on fire 火")


class SlowThenKeep:
    """Sleeps for longer than a lease, then keeps."""

    def prepare(self, payload: dict[str, Any]) -> None:
        time.sleep(payload["seconds"])

    def keep(self, payload: dict[str, Any], result: None) -> None:
        db.session.add(Kept(word="slow"))


SEND, KEEP, BREAK, SLOW = Send(), Keep(), Break(), SlowThenKeep()
HERE = "tests.core.job_handlers"
HANDLERS = {
    "send": f"{HERE}:SEND",
    "keep": f"{HERE}:KEEP",
    "break": f"{HERE}:BREAK",
    "slow": f"{HERE}:SLOW",
    "tidy": "grants.core.jobs:TIDY",
}


def work(url: str) -> None:
    worker = bare_app(url)
    jobs.install(worker, HANDLERS, {}, lease=timedelta(seconds=2))
    jobs.run_forever(worker, threading.Event())

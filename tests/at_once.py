"""Two who act at the same moment: the second begins while the first has written and not yet committed.

Real threads with transactions of their own, in the one order that shows whether a check and its write
are held together: whatever the second reads before it has to wait is older than the first one's work.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from grants.core.db import db
from grants.core.errors import DomainError
from grants.core.unit_of_work import unit_of_work
from grants.core.web import is_taken

Deed = Callable[[], Any]
LONG_ENOUGH = 2.0
BEGUN = 0.02
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
PATIENCE = 30


class Act:
    """One deed in a thread and a unit of work of its own; `outcome` is "done" or the name of the refusal."""

    def __init__(self, app: Flask, deed: Deed) -> None:
        self.app, self.deed = app, deed
        self.has_acted, self.may_commit = threading.Event(), threading.Event()
        self.outcome: str | BaseException = "never began"
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            with self.app.app_context(), unit_of_work():
                self.deed()
                db.session.flush()
                self.has_acted.set()
                self.may_commit.wait(PATIENCE)
            self.outcome = "done"
        except DomainError as refusal:
            self.outcome = type(refusal).__name__
        except (StaleDataError, IntegrityError) as error:  # as the boundary says it, see core.web
            is_late = not isinstance(error, IntegrityError) or is_taken(error)
            self.outcome = "StaleVersion" if is_late else error
        except BaseException as error:  # noqa: BLE001 - shown by `ended`, in the thread of the test
            self.outcome = error
        finally:
            self.has_acted.set()

    def ended(self) -> str:
        self.may_commit.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive(), "they wait for each other"
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome


def overlap(app: Flask, first: Deed, second: Deed) -> tuple[str, str]:
    """What became of the two: "done", or the name of the error that told somebody they were too late."""
    one, other = Act(app, first), Act(app, second)
    one.thread.start()
    assert one.has_acted.wait(PATIENCE)
    other.may_commit.set()
    other.thread.start()
    _until_it_waits(app, other)
    return one.ended(), other.ended()


def _until_it_waits(app: Flask, other: Act) -> None:
    """Until the second waits for the first or has gone past it; on SQLite it cannot even begin before."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        other.has_acted.wait(BEGUN)
        return
    with engine.connect() as onlooker:
        for _ in range(int(LONG_ENOUGH / BEGUN)):
            if other.has_acted.wait(BEGUN) or onlooker.scalar(WAITING):
                return

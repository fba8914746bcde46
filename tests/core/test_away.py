"""A database that is away for a moment is no fault of the page's: come back in a moment, nothing was kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from grants.core.busy import is_away
from grants.core.db import db
from tests.cast import Browser
from tests.conftest import Stage


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (OperationalError("SELECT 1", {}, sqlite_error(sqlite3.SQLITE_BUSY)), True),
        (OperationalError("SELECT 1", {}, sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT)), True),
        (OperationalError("SELECT 1", {}, sqlite_error(sqlite3.SQLITE_FULL)), True),
        (OperationalError("SELECT bad", {}, sqlite_error(sqlite3.SQLITE_ERROR)), False),
        (OperationalError("SELECT 1", {}, Exception("terminating connection")), True),
        (ProgrammingError("SELECT bad", {}, Exception("no such column")), False),
        (DBAPIError("SELECT 1", {}, Exception("gone"), connection_invalidated=True), True),
    ],
)
def test_only_what_may_do_well_in_a_moment_is_away(error: DBAPIError, away: bool) -> None:
    assert is_away(error) is away


@pytest.mark.parametrize("wants", ["text/html", "application/json"])
def test_a_database_that_is_away_answers_503_and_the_next_request_is_served(
    visitor: Callable[[], Browser], monkeypatch: pytest.MonkeyPatch, stage: Stage, wants: str
) -> None:
    browser, view = visitor(), stage.app.view_functions["accounts.sign_in"]

    def cut_off(**url_args: object) -> object:
        if stage.backend == "postgres":
            db.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        raise OperationalError("SELECT 1", {}, sqlite_error(sqlite3.SQLITE_IOERR))

    monkeypatch.setitem(stage.app.view_functions, "accounts.sign_in", cut_off)
    answer = browser.get("/sign-in", headers={"Accept": wants})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Back in a moment" in answer.text
    monkeypatch.setitem(stage.app.view_functions, "accounts.sign_in", view)
    assert browser.get("/sign-in").status_code == 200

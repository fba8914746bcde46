"""Whether the database was too busy, or away: the same may do well in a moment, and nothing of it was kept."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

PATIENCE_SECONDS = 15
"""How long anybody waits for the database, for a row that somebody holds, or for a connection."""
RETRY_AFTER_SECONDS = 5

# PostgreSQL: serialization_failure, deadlock_detected, too_many_connections, lock_not_available, cannot_connect_now.
_STATES = frozenset({"40001", "40P01", "53300", "55P03", "57P03"})
_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_AWAY = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN})


def is_busy(error: BaseException) -> bool:
    """Somebody else held on to the database, or to a row, for longer than anybody should wait."""
    if isinstance(error, NoConnectionFree):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.OperationalError):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _CODES
    return getattr(error.orig, "sqlstate", None) in _STATES


def is_away(error: BaseException) -> bool:
    """The database is too busy, or cannot be reached, or has no room: no fault of what was asked of it.

    psycopg's OperationalError is about connections, resources and administrators; SQLite's also about bad SQL.
    """
    if is_busy(error):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _AWAY
    return error.connection_invalidated or isinstance(error, OperationalError)

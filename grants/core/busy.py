"""Whether the database was too busy: somebody else held on to it, or to a row, for longer than anybody should wait."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

PATIENCE_SECONDS = 15
"""How long anybody waits for the database, for a row that somebody holds, or for a connection."""
RETRY_AFTER_SECONDS = 10

# PostgreSQL: serialization_failure, deadlock_detected, too_many_connections, lock_not_available, cannot_connect_now.
_STATES = frozenset({"40001", "40P01", "53300", "55P03", "57P03"})
_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def is_busy(error: BaseException) -> bool:
    """What may succeed when it is simply tried again; nothing of it was kept."""
    if isinstance(error, NoConnectionFree):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.OperationalError):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _CODES
    return getattr(error.orig, "sqlstate", None) in _STATES

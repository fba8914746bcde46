"""How often somebody may try: limits per network address and per account, kept in the database.

Everything here runs in short units of work of its own, before the request's: a count must stay
when the request keeps nothing.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any, cast

from limits import RateLimitItem, parse
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from msgspec import Struct
from sqlalchemy import CursorResult, case, delete, literal, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from grants.accounts.models import AttemptCount, User
from grants.accounts.rules import rest_after
from grants.core import clock
from grants.core.db import UtcDateTime, db, upsert
from grants.core.errors import TooMany
from grants.core.i18n import lazy_gettext as _l
from grants.core.unit_of_work import aside

WRONG_PASSWORDS = parse("60 per 15 minutes")
REGISTRATIONS = parse("20 per hour")
RESETS = parse("20 per hour")
MAILS_TO_ONE_ADDRESS = parse("4 per hour")
MOST_FAILURES = 20


class DatabaseStorage(Storage):
    """Counts of the `limits` package in our own table. Counts of windows that ended are swept as we go."""

    STORAGE_SCHEME = ["greenshoots"]

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = clock.real_now()
        with aside() as session:
            session.execute(delete(AttemptCount).where(AttemptCount.expires_at <= now))
            counted = upsert(AttemptCount).values(
                key=key, count=amount, expires_at=now + timedelta(seconds=expiry)
            )
            raised = counted.on_conflict_do_update(
                index_elements=["key"], set_={"count": AttemptCount.count + amount}
            )
            return session.scalars(raised.returning(AttemptCount.count)).one()

    def get(self, key: str) -> int:
        with Session(db.engine) as session:
            live = AttemptCount.expires_at > clock.real_now()
            return session.scalar(select(AttemptCount.count).where(AttemptCount.key == key, live)) or 0

    def get_expiry(self, key: str) -> float:
        with Session(db.engine) as session:
            ends = session.scalar(select(AttemptCount.expires_at).where(AttemptCount.key == key))
            return ends.timestamp() if ends else time.time()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with aside() as session:
            return cast("CursorResult[Any]", session.execute(delete(AttemptCount))).rowcount

    def clear(self, key: str) -> None:
        with aside() as session:
            session.execute(delete(AttemptCount).where(AttemptCount.key == key))


_limiter = FixedWindowRateLimiter(storage_from_string("greenshoots://"))


def count(limit: RateLimitItem, what: str, who: str) -> None:
    """Count one more; raises TooMany when the window is full."""
    if not _limiter.hit(limit, what, who):
        _refuse(limit, what, who)


def refuse_if_full(limit: RateLimitItem, what: str, who: str) -> None:
    """As `count`, but counts nothing: for what is only counted when it fails."""
    if not _limiter.test(limit, what, who):
        _refuse(limit, what, who)


def _refuse(limit: RateLimitItem, what: str, who: str) -> None:
    ends = _limiter.get_window_stats(limit, what, who).reset_time
    wait = max(1, round(ends - time.time()))
    minutes = -(-wait // 60)
    raise TooMany(
        _l("There were too many tries from here. Please come back in %(n)s minutes.", n=minutes),
        retry_after=wait,
    )


class Charged(Struct, frozen=True):
    """The account as it stood when the try was charged to it; empty when there is none or it rests."""

    user_id: int | None = None
    password_hash: str | None = None


def charge(email_key: str) -> Charged:
    """Count a failure in advance, so that guesses side by side cannot slip past the lock.

    The same two statements run whether or not there is such an account. A right password takes
    the charge back (`actions.sessions.open_session`).
    """
    now = clock.real_now()
    awake = or_(User.locked_until.is_(None), User.locked_until <= now)
    until = {n: literal(now + rest_after(n), UtcDateTime()) for n in range(1, MOST_FAILURES + 1)}
    rests = case(until, value=User.failures + 1, else_=until[MOST_FAILURES])
    with aside() as session:
        charged = session.execute(
            update(User)
            .where(User.email_key == email_key, awake, User.disabled_at.is_(None))
            .values(failures=User.failures + 1, locked_until=rests)
            .returning(User.id, User.password_hash)
        ).first()
    return Charged(*charged) if charged else Charged()

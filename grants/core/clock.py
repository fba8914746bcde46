"""The only place that asks the machine what time it is; tests replace it.

Business time (`now`, `today`) drives deadlines, notices and obligations and may be moved
forward in the demo. Real time (`real_now`) drives sessions, tokens, leases, limits and the
audit's recorded time, and is never moved.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_offset: Callable[[], timedelta] = timedelta
_zone = ZoneInfo("Asia/Shanghai")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def real_now() -> datetime:
    """This instant, aware UTC, microseconds kept."""
    return datetime.now(UTC)


def now() -> datetime:
    """Business time, aware UTC."""
    return real_now() + _offset()


def offset() -> timedelta:
    """How far business time is ahead of real time; nothing outside the demo."""
    return _offset()


def zone() -> ZoneInfo:
    """The zone in which the foundation's days begin and end."""
    return _zone


def local(instant: datetime) -> datetime:
    """The same instant as the foundation's wall clock shows it."""
    return instant.astimezone(_zone)


def day_of(instant: datetime) -> date:
    return local(instant).date()


def today() -> date:
    """Business date at the foundation."""
    return day_of(now())


def is_of_our_times(day: date) -> bool:
    """Whether somebody can have meant this day: its year lies between 1900 and 2200."""
    return _FIRST_YEAR <= day.year <= _LAST_YEAR


def at_local(day: date, wall: time = time(0, 0)) -> datetime:
    """The UTC instant at which the foundation's wall clock shows `day` `wall`."""
    return datetime.combine(day, wall, tzinfo=_zone).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first instant after `day` at the foundation; compare with `<`."""
    return at_local(day + timedelta(days=1))


def install(*, zone_name: str, offset: Callable[[], timedelta] = timedelta) -> None:
    """Set the foundation's zone and where the demo's offset is read from."""
    global _offset, _zone  # noqa: PLW0603 - one clock per process, set once by create_app
    _zone = ZoneInfo(zone_name)
    _offset = offset

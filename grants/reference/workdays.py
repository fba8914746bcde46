"""Working days of mainland China: what the notices of the State Council say, and a guess beyond them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

FURTHEST = 10_000
_DATA = Path(__file__).parent / "data" / "workdays.csv"
_SATURDAY = 5
_DAY = timedelta(days=1)


class Calendar(Struct, frozen=True):
    """Exceptions from Monday to Friday, on plain data.

    `days_off` and `make_up_days` hold in every year; in a year that is not official the days
    predicted by the `holidays` package are off as well, and every answer is provisional.
    """

    days_off: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    official_years: frozenset[int] = frozenset()

    def is_working_day(self, day: date) -> bool:
        if day in self.make_up_days:
            return True
        if day.weekday() >= _SATURDAY or day in self.days_off:
            return False
        return day.year in self.official_years or day not in predicted_days_off(day.year)

    def is_provisional(self, day: date) -> bool:
        """No notice for its year is known: the answer may change, and a page must say so."""
        return day.year not in self.official_years

    def add_working_days(self, start: date, count: int) -> date:
        """The `count`-th working day after `start` (before it when negative); `start` itself when 0.

        Raises ValueError beyond 10,000 days or the end of the calendar.
        """
        if count == 0:
            return start
        step = _DAY if count > 0 else -_DAY
        return self._nth(_walk(start, step, skip_first=True), abs(count))

    def last_of_working_days(self, start: date, count: int) -> date:
        """The `count`-th working day counting from `start`, which counts itself: the end of a public notice.

        Five days from Wednesday, 18 August 2021 end on Tuesday, 24 August. Raises ValueError when
        `count` is not within 1 … 10,000.
        """
        if count < 1:
            raise ValueError("A period has at least one working day.")
        return self._nth(_walk(start, _DAY, skip_first=False), count)

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days there are from `first` to `last`, both included; 0 when `last` is earlier."""
        days = (last - first).days + 1
        return sum(self.is_working_day(first + timedelta(days=passed)) for passed in range(days))

    def end_of_working_days(self, start: date, count: int, *, zone: ZoneInfo) -> datetime:
        """The UTC instant at which the last of `count` working days from `start` is over in `zone`."""
        return _midnight_after(self.last_of_working_days(start, count), zone)

    def with_notice(self, year: int, *, days_off: frozenset[date], make_up_days: frozenset[date]) -> Self:
        """This calendar with the notice for `year` in place of all that it said about that year."""
        return replace(
            self,
            days_off=frozenset(day for day in self.days_off if day.year != year) | days_off,
            make_up_days=frozenset(day for day in self.make_up_days if day.year != year) | make_up_days,
            official_years=self.official_years | {year},
        )

    def _nth(self, days: Iterator[date], count: int) -> date:
        if count > FURTHEST:
            raise ValueError(f"At most {FURTHEST} working days can be counted.")
        working = (day for day in days if self.is_working_day(day))
        for place, day in enumerate(working, start=1):
            if place == count:
                return day
        raise ValueError("The calendar ends before that day.")


def _walk(start: date, step: timedelta, *, skip_first: bool) -> Iterator[date]:
    day = start
    if not skip_first:
        yield day
    while date.min < day < date.max:
        day += step
        yield day


def _midnight_after(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + _DAY, time.min, zone).astimezone(UTC)


@cache
def predicted_days_off(year: int) -> frozenset[date]:
    """Festival days as the `holidays` package expects them, without make-up days; none outside its years."""
    import holidays

    return frozenset(holidays.country_holidays("CN", years=[year]))


@cache
def shipped_calendar() -> Calendar:
    """The official years that came with this release (tools/make_workdays.py)."""
    with _DATA.open(encoding="utf-8", newline="") as lines:
        rows = [(date.fromisoformat(row["date"]), row["kind"]) for row in csv.DictReader(lines)]
    return Calendar(
        days_off=frozenset(day for day, kind in rows if kind == "off"),
        make_up_days=frozenset(day for day, kind in rows if kind == "work"),
        official_years=frozenset(day.year for day, _ in rows),
    )

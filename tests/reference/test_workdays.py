"""Periods of working days end where the notices of the State Council make them end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.reference.workdays import FURTHEST, Calendar, predicted_days_off, shipped_calendar

OFFICIAL = shipped_calendar()
SHANGHAI = ZoneInfo("Asia/Shanghai")
days = st.dates(date(2004, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 4, 20), date(2026, 4, 24)),
        (date(2026, 9, 30), date(2026, 10, 12)),
        (date(2026, 2, 12), date(2026, 2, 25)),
        (date(2021, 8, 18), date(2021, 8, 24)),
    ],
)
def test_a_notice_of_five_working_days_counts_its_first_day(first: date, last: date) -> None:
    assert OFFICIAL.last_of_working_days(first, 5) == last
    assert OFFICIAL.working_days_between(first, last) == 5


def test_agrees_with_the_official_days_from_2004_to_2026() -> None:
    day = date(2004, 1, 1)
    while day.year <= 2026:
        assert OFFICIAL.is_working_day(day) == chinese_calendar.is_workday(day), day
        assert not OFFICIAL.is_provisional(day)
        day += timedelta(days=1)


def test_make_up_saturdays_work_and_festival_weekdays_do_not() -> None:
    assert OFFICIAL.is_working_day(date(2026, 10, 10))
    assert not OFFICIAL.is_working_day(date(2026, 10, 5))
    assert not OFFICIAL.is_working_day(date(2026, 10, 11))


def test_a_year_without_notice_is_predicted_and_provisional() -> None:
    new_year = date(2027, 2, 8)
    assert new_year in predicted_days_off(2027)
    assert not OFFICIAL.is_working_day(new_year)
    assert OFFICIAL.is_working_day(date(2027, 3, 8))
    assert OFFICIAL.is_provisional(new_year)
    assert OFFICIAL.is_working_day(date(2150, 1, 1)) == (date(2150, 1, 1).weekday() < 5)


def test_the_next_notice_replaces_the_prediction() -> None:
    monday, saturday = date(2027, 2, 8), date(2027, 2, 20)
    known = OFFICIAL.with_notice(
        2027, days_off=frozenset({date(2027, 2, 10)}), make_up_days=frozenset({saturday})
    )
    assert known.is_working_day(monday)
    assert known.is_working_day(saturday)
    assert not known.is_working_day(date(2027, 2, 10))
    assert not known.is_provisional(monday)
    again = known.with_notice(2027, days_off=frozenset({monday}), make_up_days=frozenset())
    assert not again.is_working_day(monday)
    assert not again.is_working_day(saturday)
    assert again.days_off - {monday} == OFFICIAL.days_off


def test_the_last_day_ends_at_midnight_of_the_zone() -> None:
    end = OFFICIAL.end_of_working_days(date(2026, 4, 20), 5, zone=SHANGHAI)
    assert end == datetime(2026, 4, 24, 16, 0, tzinfo=UTC)
    assert end.tzinfo is UTC


def test_counting_starts_after_or_before_the_given_day() -> None:
    friday = date(2026, 9, 18)
    assert OFFICIAL.add_working_days(friday, 1) == date(2026, 9, 20)
    assert OFFICIAL.add_working_days(friday, 0) == friday
    assert OFFICIAL.add_working_days(date(2026, 10, 8), -1) == date(2026, 9, 30)


@given(days, st.integers(-60, 60))
def test_adding_working_days_agrees_with_counting_them(start: date, count: int) -> None:
    end = OFFICIAL.add_working_days(start, count)
    if count > 0:
        assert OFFICIAL.working_days_between(start + timedelta(days=1), end) == count
    if count < 0:
        assert OFFICIAL.working_days_between(end, start - timedelta(days=1)) == -count
    assert count == 0 or OFFICIAL.is_working_day(end)


@given(days, st.integers(1, 60))
def test_a_period_of_n_working_days_holds_n_of_them_and_ends_on_one(start: date, count: int) -> None:
    last = OFFICIAL.last_of_working_days(start, count)
    assert OFFICIAL.is_working_day(last)
    assert OFFICIAL.working_days_between(start, last) == count


def test_nothing_lies_between_a_day_and_an_earlier_one() -> None:
    assert OFFICIAL.working_days_between(date(2026, 4, 24), date(2026, 4, 20)) == 0


@pytest.mark.parametrize("count", [0, -1, FURTHEST + 1])
def test_a_period_that_is_no_period_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="working day"):
        OFFICIAL.last_of_working_days(date(2026, 4, 20), count)


def test_the_end_of_all_calendars_is_an_error_and_no_endless_walk() -> None:
    plain = Calendar(official_years=frozenset({1, 9999}))
    with pytest.raises(ValueError, match="calendar ends"):
        plain.last_of_working_days(date(9999, 12, 30), 5)
    with pytest.raises(ValueError, match="calendar ends"):
        plain.add_working_days(date(1, 1, 2), -5)

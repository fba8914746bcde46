"""How long a notice lasts, what it hashes to, and when an item of it may go on: all pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from grants.core.checkcodes import content_hash
from grants.core.money import Money
from grants.notices import rules
from grants.notices.fields import ObjectionState as O
from grants.reference.workdays import shipped_calendar

ZONE = ZoneInfo("Asia/Shanghai")
ITEM = rules.Item("proposal/1", "MM2026-001", "探访计划", {"zh-Hans": "木棉队"}, Money.yuan(42_000))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 4, 20), date(2026, 4, 24)),
        (date(2026, 9, 30), date(2026, 10, 12)),
        (date(2026, 2, 12), date(2026, 2, 25)),
        (date(2021, 8, 18), date(2021, 8, 24)),
    ],
)
def test_five_working_days_count_the_first_and_know_the_holidays(first: date, last: date) -> None:
    shown = rules.period(shipped_calendar(), first, 5, zone=ZONE)
    assert shown.last_day == last
    midnight = datetime(last.year, last.month, last.day, tzinfo=ZONE) + timedelta(days=1)
    assert shown.ends_at == midnight.astimezone(UTC)
    assert not shown.provisional


def test_a_year_without_an_official_calendar_says_so() -> None:
    assert rules.period(shipped_calendar(), date(2031, 4, 21), 5, zone=ZONE).provisional


def test_another_calendar_has_another_version() -> None:
    ours = shipped_calendar()
    other = ours.with_notice(2026, days_off=frozenset({date(2026, 4, 21)}), make_up_days=frozenset())
    assert rules.calendar_version(ours, [2026]) != rules.calendar_version(other, [2026])
    assert rules.calendar_version(ours, [2025]) == rules.calendar_version(other, [2025])


def test_an_item_comes_back_from_its_plain_values_as_it_was() -> None:
    assert rules.Item.of(ITEM.plain()) == ITEM


def test_any_change_of_the_list_changes_its_hash() -> None:
    def hashed(item: rules.Item) -> str:
        return content_hash(
            rules.frozen(
                number="GS2026-001",
                title={"en": "Grants"},
                introduction={},
                items=[item.plain()],
                starts_on=date(2026, 4, 20),
                working_days=5,
                ends_at=datetime(2026, 4, 24, 16, tzinfo=UTC),
            )
        )

    assert hashed(ITEM) == hashed(rules.Item(*[getattr(ITEM, name) for name in ITEM.__struct_fields__]))
    assert hashed(ITEM) != hashed(rules.Item("proposal/1", "MM2026-001", "探访计划", {}, Money.yuan(42_001)))


ENDS = datetime(2026, 4, 24, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "objections", "may"),
    [
        (ENDS - timedelta(microseconds=1), [], False),
        (ENDS, [], True),
        (ENDS, [O.DISMISSED, O.DISMISSED], True),
        (ENDS, [O.DISMISSED, O.RECEIVED], False),
        (ENDS + timedelta(days=300), [O.UPHELD], False),
    ],
)
def test_an_item_goes_on_after_the_end_with_every_objection_dismissed(
    at: datetime, objections: list[O], may: bool
) -> None:
    assert rules.may_proceed(ENDS, at, objections) is may


def test_what_was_never_shown_never_goes_on() -> None:
    assert rules.may_proceed(None, ENDS, []) is False


def test_objections_count_while_the_notice_lasts() -> None:
    begins = ENDS - timedelta(days=4)
    assert rules.takes_objections(begins, ENDS, ENDS - timedelta(microseconds=1))
    assert not rules.takes_objections(begins, ENDS, ENDS)
    assert not rules.takes_objections(begins, ENDS, ENDS - timedelta(days=5))
    assert not rules.takes_objections(None, None, ENDS)


def test_an_objection_names_an_item_of_the_notice() -> None:
    faults = {
        key: [fault.code for fault in rules.objecting_faults(known_keys=["proposal/1"], item_key=key)]
        for key in ("proposal/1", "proposal/2")
    }
    assert faults == {"proposal/1": [], "proposal/2": ["item"]}


def test_a_list_with_nothing_or_twice_the_same_is_no_list() -> None:
    assert [f.code for f in rules.drafting_faults({"en": "x"}, [], 5)] == ["items"]
    assert [f.code for f in rules.drafting_faults({"en": " "}, [ITEM, ITEM], 0)] == [
        "title",
        "items",
        "working_days",
    ]

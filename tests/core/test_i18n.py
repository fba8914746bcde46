"""How sentences, amounts and dates are said in each language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from grants.core import i18n
from grants.core.i18n import speaking

EVENING = datetime(2026, 2, 27, 10, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 12, 16, 16, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_the_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.mark.parametrize(
    ("code", "day", "evening", "midnight"),
    [
        ("zh-Hans", "2026年2月27日", "2026年2月27日 18:00", "2026年12月16日 24:00"),
        ("zh-Hant", "2026年2月27日", "2026年2月27日 18:00", "2026年12月16日 24:00"),
        ("en", "27 Feb 2026", "27 Feb 2026, 18:00", "16 Dec 2026, 24:00"),
    ],
)
def test_instants_are_said_by_the_foundations_clock(code: str, day: str, evening: str, midnight: str) -> None:
    with speaking(code):
        assert i18n.date_text(date(2026, 2, 27)) == i18n.date_text(EVENING) == day
        assert i18n.datetime_text(EVENING) == i18n.deadline_text(EVENING) == evening
        assert i18n.deadline_text(MIDNIGHT) == midnight
        assert i18n.date_text(None) == i18n.datetime_text(None) == i18n.deadline_text(None) == ""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("18400.00", "18,400"),
        ("18400.05", "18,400.05"),
        ("-1234567.10", "-1,234,567.10"),
        ("0.00", "0"),
        ("MM2026-001", "MM2026-001"),
        ("2026.1", "2026.1"),
        ("1.00 ", "1.00 "),
        (2026, "2026"),
        ({"zh-Hans": "木棉", "en": "Kapok"}, "木棉"),
        (None, "None"),
    ],
)
def test_values_kept_apart_from_their_sentence_are_said_as_people_say_them(value: Any, said: str) -> None:
    with speaking("zh-Hans"):
        assert i18n.filled("%(it)s%(missing)s", {"it": value}) == said


def test_an_address_is_filled_with_plain_values() -> None:
    assert (
        i18n.filled_address("/x/%(a)s/%(b)s%(c)s", {"a": "18400.00", "b": "a/ü"}) == "/x/18400.00/a%2F%C3%BC"
    )

"""Codes survive being read aloud, and one content has one hash."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.checkcodes import (
    canonical_json,
    check_code,
    content_hash,
    grouped,
    public_id,
    read_check_code,
)
from grants.core.money import Money

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def test_a_code_has_eighty_bits_and_no_letter_that_is_misread() -> None:
    codes = {check_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{16}", code) for code in codes)
    assert {len({code[place] for code in codes}) > 20 for place in range(16)} == {True}


def test_ids_for_addresses_are_sixteen_lower_case_characters() -> None:
    assert re.fullmatch(r"[0-9a-hjkmnp-tv-z]{16}", public_id())
    assert public_id() != public_id()


def test_a_printed_code_is_read_however_it_is_typed() -> None:
    code = "0O1I".replace("O", "0").replace("I", "1") + "7QK2M9XD0VBT"
    assert grouped(code) == "0011-7QK2-M9XD-0VBT"
    for typed in (code, grouped(code), " o0iL 7qk2–m9xd·0vbt ", "O0I1-7QK2-M9XD-OVBT", code.lower()):
        assert read_check_code(typed) == code


@pytest.mark.parametrize(
    "typed", ["", "7QK2", "0" * 17, "U" * 16, "０" * 16, "7QK2M9XD0VBT001\x00", "码" * 16]
)
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert read_check_code(typed) is None


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    assert read_check_code(text) in {None, read_check_code(text)}


def test_values_of_the_house_have_one_canonical_form() -> None:
    at = datetime(2026, 2, 27, 17, 42, tzinfo=timezone(timedelta(hours=8)))
    value = {
        "题": "青苗",
        "amount": Money.yuan("12345"),
        "on": date(2026, 2, 27),
        "at": at,
        "rate": Decimal("1E+2"),
    }
    text = (
        '{"amount":"12345.00","at":"2026-02-27T09:42:00.000000Z","on":"2026-02-27","rate":"100","题":"青苗"}'
    )
    assert canonical_json(value) == text
    assert content_hash(value) == hashlib.sha256(text.encode()).hexdigest()
    assert content_hash({"at": at}) == content_hash({"at": at.astimezone(UTC)})


@given(st.dictionaries(st.text(), plain))
def test_the_order_of_keys_does_not_change_the_hash(value: dict[str, object]) -> None:
    assert content_hash(dict(reversed(value.items()))) == content_hash(value)


def test_a_tuple_is_a_list() -> None:
    assert content_hash((1, 2)) == content_hash([1, 2])


@pytest.mark.parametrize(
    "value",
    [b"x", {1: "a"}, object(), {1, 2}, datetime(2026, 1, 1), float("nan"), Decimal("Infinity")],  # noqa: DTZ001
)
def test_what_has_no_one_form_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        content_hash(value)

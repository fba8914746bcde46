"""One person typed twice is one contact, and what is no contact is None, never an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.accounts.contact_points import (
    mail_address,
    mail_key,
    mail_masked,
    mobile_number,
    phone_masked,
    phone_number,
    phone_shown,
    phone_to_read,
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800138000", "+8613800138000"),
        (" +86 138-0013-8000 ", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("020-83123456", "+862083123456"),
        ("(020) 8312 3456", "+862083123456"),
        ("400-123-4567", "+864001234567"),
        ("020-00001001", "+862000001001"),
        ("+852 2345 6789", "+85223456789"),
    ],
)
def test_phone_numbers_have_one_stored_form(typed: str, stored: str) -> None:
    assert phone_number(typed) == stored
    assert phone_number(stored) == stored


@pytest.mark.parametrize(
    "typed", ["", "12345", "110", "1380013800", "abc", "+", "1" * 50_000, "13800138000 ext. 5", "\x00"]
)
def test_what_can_be_no_phone_number_is_none(typed: str) -> None:
    assert phone_number(typed) is None


def test_only_a_mobile_number_stands_in_for_a_mail_address() -> None:
    assert mobile_number("138 0013 8000") == "+8613800138000"
    assert mobile_number("020-83123456") is None
    assert mobile_number("+852 9123 4567") is None
    assert mobile_number("nobody") is None


def test_phone_numbers_are_shown_and_masked_as_people_expect() -> None:
    assert phone_shown("+8613800138000") == "138 0013 8000"
    assert phone_shown("+85223456789") == "+852 2345 6789"


def test_a_number_on_a_page_stays_on_one_line() -> None:
    assert phone_to_read("+8613800138000") == "138\u00a00013\u00a08000"
    assert phone_to_read("020 8312 3456") == "020\u00a08312\u00a03456"
    assert phone_masked("+8613800138000") == "138****8000"
    assert phone_masked("+862083123456") == "20****3456"
    assert phone_masked("12345") == "****5"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Ada@Example.ORG ", "Ada@example.org"),
        ("ａｄａ＠example.org", "ada@example.org"),
        ("director@demo.example", "director@demo.example"),
        ("志愿@例子.中国", "志愿@例子.中国"),
    ],
)
def test_mail_addresses_have_one_stored_form(typed: str, stored: str) -> None:
    assert mail_address(typed) == stored
    assert mail_address(stored) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "a b@example.org",
        "ada@example",
        "ada@example.org\nBcc: x@y.cn",
        "a" * 50_000,
    ],
)
def test_what_is_no_mail_address_is_none(typed: str) -> None:
    assert mail_address(typed) is None


def test_case_does_not_make_a_second_account() -> None:
    assert mail_key("Ada@example.org") == mail_key("ADA@example.org")
    assert mail_masked("ada@example.org") == "a***@example.org"


@given(st.text())
def test_no_text_does_worse_than_none(text: str) -> None:
    for read in (phone_number, mobile_number, mail_address):
        stored = read(text)
        assert stored is None or read(stored) == stored

"""Passwords, rests and addresses, judged without a database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from grants.accounts.rules import device, guessable, local_address, password_violations, rest_after


def codes(password: str, *about: str) -> list[str]:
    return [violation.code for violation in password_violations(password, about=about)]


@pytest.mark.parametrize(
    "password",
    ["three green sprouts", "春天种下一棵小树苗吧", "correct horse", "xK9!mq2#Lz", "a" * 5 + "b7 Q" * 20],
)
def test_long_and_uncommon_passwords_are_good(password: str) -> None:
    assert codes(password) == []


@pytest.mark.parametrize(
    "password",
    ["password123", "Woaini1314520", "1234567890", "qwertyuiop", "aaaaaaaaaaaa", "abcabcabcabc",
     "!!zhiyuanzhe2026!!", "0987654321", "P@SSW0RD1234", "zhongguo123456"],
)  # fmt: skip
def test_what_others_try_first_is_refused(password: str) -> None:
    assert codes(password) == ["password_guessable"]


def test_short_and_huge_passwords_are_refused() -> None:
    assert codes("short one") == ["password_short"]
    assert codes("x y" * 100) == ["password_long"]
    assert codes("") == ["password_short"]


def test_ones_own_name_is_no_password() -> None:
    assert guessable("ChenXiaomei1990", about=("chenxiaomei@example.org",))
    assert not guessable("ChenXiaomei and her tree", about=("chenxiaomei@example.org",))


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (8, 8), (10, 32), (11, 60), (500, 60)]
)
def test_an_account_rests_longer_each_time(failures: int, minutes: int) -> None:
    assert rest_after(failures) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/proposals/1?x=1#y", "/proposals/1?x=1#y"),
        ("", "/home"),
        ("//evil.example/", "/home"),
        ("/\\evil.example", "/home"),
        ("https://evil.example", "/home"),
        ("/\tevil", "/home"),
        ("/" + "a" * 3000, "/home"),
    ],
)
def test_only_pages_of_ours_are_followed(wanted: str, led: str) -> None:
    assert local_address(wanted, otherwise="/home") == led


def test_a_browser_is_named_as_people_name_it() -> None:
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile MicroMessenger/8.0"
    assert device(agent) == "WeChat · Android"
    assert device("curl/8") == ""

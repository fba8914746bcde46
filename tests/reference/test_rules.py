"""Codes of places and formats of numbers, judged without a database."""

from __future__ import annotations

import pytest

from grants.reference.fields import NUMBER_FORMATS, Level
from grants.reference.rules import code_faults, format_faults, key_faults, number_text, year_faults


def said(*args: object, **kwargs: object) -> list[str]:
    return [str(fault.message) for fault in code_faults(*args, **kwargs)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "level", "parent", "year"),
    [
        ("440100", Level.CITY, None, None),
        ("440106", Level.DISTRICT, "440100", 1985),
        ("440116", Level.DISTRICT, "440100", 2005),
        ("440183", Level.DISTRICT, "440100", 1993),
        ("440103006", Level.STREET, "440103", None),
        ("440103006901", Level.COMMUNITY, "440103006", None),
        ("440199", Level.DISTRICT, "440100", 2031),
    ],
)
def test_codes_of_gb_2260_and_below_are_right(
    code: str, level: Level, parent: str | None, year: int | None
) -> None:
    assert list(code_faults(code, level, parent_code=parent, from_year=year)) == []


def test_a_code_that_gb_2260_never_had_is_refused() -> None:
    assert said("440199", Level.DISTRICT, parent_code="440100", from_year=None) == [
        "GB/T 2260 knows no such code for that time."
    ]


@pytest.mark.parametrize("code", ["44010", "4401060", "44010A", "", "４４０１０６", " 440106"])
def test_a_district_has_six_ascii_digits(code: str) -> None:
    assert said(code, Level.DISTRICT, parent_code="440100", from_year=None) == [
        "A code of this level has 6 digits."
    ]


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("110101", Level.DISTRICT, "440100"),
        ("440104001", Level.STREET, "440103"),
        ("440103007901", Level.COMMUNITY, "440103006"),
    ],
)
def test_a_code_lies_within_the_place_above_it(code: str, level: Level, parent: str) -> None:
    assert said(code, level, parent_code=parent, from_year=None) == [
        "The code does not begin with that of the place above it."
    ]


def test_the_last_year_does_not_lie_before_the_first() -> None:
    assert [fault.field for fault in year_faults(2014, 2005)] == ["valid_to_year"]
    assert list(year_faults(2005, 2014)) == []
    assert list(year_faults(None, 2014)) == []


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("{prefix}-{year}-{n:04}", "穗志资-2026-0001"),
        ("MM{year}-{n:03}", "MM2026-001"),
        ("{prefix}〔{year}〕{n}号", "穗志资〔2026〕1号"),
    ],
)
def test_numbers_look_as_the_foundation_writes_them(form: str, expected: str) -> None:
    assert list(format_faults(form, field="f")) == []
    assert number_text(form, prefix="穗志资", year=2026, n=1) == expected


def test_every_format_we_ship_is_sound() -> None:
    assert [kind for kind, form in NUMBER_FORMATS.items() if list(format_faults(form, field=kind))] == []


@pytest.mark.parametrize(
    "form",
    ["", "A-1", "{n}", "{year}", "{year}{n}{secret}", "{year.real}{n}", "{year}{n!r}", "{year}{n:>9999999}",
     "{year}{n", "{year}{n:{year}}", "{}{year}{n}", "{n:x}{year}"],
)  # fmt: skip
def test_a_format_that_could_clash_or_reach_elsewhere_is_refused(form: str) -> None:
    assert [fault.code for fault in format_faults(form, field="f")] == ["format"]


@pytest.mark.parametrize("key", ["", "A", "1a", "a-b", "助老", "a" * 41])
def test_keys_are_plain_words(key: str) -> None:
    assert [fault.field for fault in key_faults(key)] == ["key"]

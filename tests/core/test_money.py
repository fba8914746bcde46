"""Money is exact, refuses what is not money, and reads back from its own papers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.money import LIMIT_FEN, ZERO, Fault, Money, NotMoney, total

amounts = st.integers(-LIMIT_FEN, LIMIT_FEN).map(Money)
weights = st.lists(st.fractions(0, 1000), min_size=1, max_size=12).filter(any)

DIGITS = {character: value for value, character in enumerate("零壹贰叁肆伍陆柒捌玖")}
TENS = {"拾": 10, "佰": 100, "仟": 1000}


def number_read(text: str) -> int:
    """A reader of capitals of its own kind: split at the largest unit, multiply, add."""
    for name, unit in (("亿", 10**8), ("万", 10**4)):
        if name in text:
            high, _, low = text.rpartition(name)
            return number_read(high) * unit + number_read(low)
    value = digit = 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        else:
            value, digit = value + digit * TENS[character], 0
    return value + digit


def capitals_read(text: str) -> int:
    sign = -1 if text.startswith("负") else 1
    rest = text.removeprefix("负").removesuffix("整")
    yuan, found, cents = rest.rpartition("元")
    fen = number_read(yuan) * 100 if found else 0
    for name, unit in (("角", 10), ("分", 1)):
        head, found, tail = cents.partition(name)
        if found:
            fen, cents = fen + DIGITS[head[-1]] * unit, tail
    return sign * fen


@pytest.mark.parametrize(
    ("amount", "capitals"),
    [
        ("10", "壹拾元整"),
        ("10001.01", "壹万零壹元零壹分"),
        ("100000000.50", "壹亿元零伍角"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("0.53", "伍角叁分"),
        ("0", "零元整"),
        ("1", "壹元整"),
        ("11", "壹拾壹元整"),
        ("1001", "壹仟零壹元整"),
        ("10000", "壹万元整"),
        ("10010", "壹万零壹拾元整"),
        ("1000500", "壹佰万零伍佰元整"),
        ("50000.00", "伍万元整"),
        ("100000000", "壹亿元整"),
        ("100000500", "壹亿零伍佰元整"),
        ("10005000000", "壹佰亿零伍佰万元整"),
        ("1000000000000", "壹万亿元整"),
        ("10000000000000", "壹拾万亿元整"),
        ("100010000.01", "壹亿零壹万元零壹分"),
        ("-12.30", "负壹拾贰元叁角"),
    ],
)
def test_capitals_follow_finance_practice(amount: str, capitals: str) -> None:
    assert Money.yuan(amount).capitals() == capitals


@given(amounts)
def test_capitals_read_back_as_the_same_amount(amount: Money) -> None:
    assert capitals_read(amount.capitals()) == amount.fen


@given(amounts)
def test_capitals_never_write_two_zeros_together_nor_a_zero_before_a_unit(amount: Money) -> None:
    text = amount.capitals()
    assert "零零" not in text
    assert text == "零元整" or not any(f"零{unit}" in text for unit in "拾佰仟万亿元角分整")


@given(amounts)
def test_text_reads_back_as_the_same_amount(amount: Money) -> None:
    assert Money.parse(str(amount)) == amount
    assert Money.parse(amount.formatted()) == amount


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("12345", 1234500),
        ("12345.6", 1234560),
        (" 12,345.60 ", 1234560),
        ("¥12,345.60", 1234560),
        ("￥ 12345.60", 1234560),
        ("１２，３４５．６０", 1234560),
        ("12345元", 1234500),
        ("-0.05", -5),
        ("−0.05", -5),
        ("-¥5", -500),
        ("¥-5", -500),
        ("+7", 700),
        ("007", 700),
        ("10000000000000", LIMIT_FEN),
    ],
)
def test_reads_what_people_type(text: str, fen: int) -> None:
    assert Money.parse(text) == Money(fen)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.EMPTY),
        ("　 ", Fault.EMPTY),
        ("abc", Fault.MALFORMED),
        ("NaN", Fault.MALFORMED),
        ("Infinity", Fault.MALFORMED),
        ("1e5", Fault.MALFORMED),
        ("1,23", Fault.MALFORMED),
        ("1,2345", Fault.MALFORMED),
        ("1 2", Fault.MALFORMED),
        ("--1", Fault.MALFORMED),
        (".", Fault.MALFORMED),
        ("٣", Fault.MALFORMED),
        ("一万", Fault.MALFORMED),
        ("1\x00", Fault.MALFORMED),
        ("0.001", Fault.TOO_PRECISE),
        ("1.000", Fault.TOO_PRECISE),
        ("10000000000000.01", Fault.TOO_LARGE),
        ("9" * 50_000, Fault.TOO_LARGE),
    ],
)
def test_refuses_what_is_not_an_amount_and_says_why(text: str, fault: Fault) -> None:
    with pytest.raises(NotMoney) as refusal:
        Money.parse(text)
    assert refusal.value.fault == fault


@given(st.text())
def test_no_text_does_worse_than_being_refused(text: str) -> None:
    try:
        amount = Money.parse(text)
    except NotMoney:
        return
    assert Money.parse(str(amount)) == amount


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), Decimal("0.001"), Decimal("1E+14")])
def test_refuses_decimals_that_are_not_amounts(amount: Decimal) -> None:
    with pytest.raises(NotMoney):
        Money.yuan(amount)


def test_knows_no_floats() -> None:
    for make in (
        lambda: Money(1.0),
        lambda: Money(True),
        lambda: Money.yuan(1.5),
        lambda: ZERO * 1.5,
        lambda: ZERO + 0,
    ):  # type: ignore[arg-type, operator]
        with pytest.raises(TypeError):
            make()


def test_percentages_round_half_up_away_from_zero() -> None:
    assert Money(5).share(50) == Money(3)
    assert Money(-5).share(50) == Money(-3)
    assert Money(1000).share(Decimal("33.33")) == Money(333)
    assert Money(3).times(Fraction(1, 2)) == Money(2)
    assert Money(7).times(Decimal("0.5")) == Money(4)


@given(amounts, weights)
def test_parts_sum_to_the_whole_and_stay_within_a_fen_of_their_quota(
    amount: Money, weights: list[Fraction]
) -> None:
    parts = amount.split(weights)
    assert total(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.fen - amount.fen * weight / sum(weights)) < 1


def test_the_fen_left_over_goes_to_the_largest_remainder_then_the_earlier() -> None:
    assert Money(100).split([1, 1, 1]) == (Money(34), Money(33), Money(33))
    assert Money(10).split([1, 2, 3]) == (Money(2), Money(3), Money(5))
    assert Money(-100).split([1, 1, 1]) == (Money(-34), Money(-33), Money(-33))
    assert Money.yuan("50000").split([50, 40, 10]) == tuple(map(Money.yuan, ("25000", "20000", "5000")))


@pytest.mark.parametrize("weights", [[], [0], [1, -1], [3, -1]])
def test_refuses_weights_that_share_nothing(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="Weights must be non-negative"):
        Money(1).split(weights)


@given(amounts, amounts, st.integers(-100, 100))
def test_arithmetic_is_that_of_whole_fen(a: Money, b: Money, count: int) -> None:
    assert (a + b).fen == a.fen + b.fen
    assert a - b == a + -b
    assert a * count == count * a == Money(a.fen * count)
    assert (a < b) == (a.fen < b.fen)
    assert bool(a) == (a.fen != 0)
    assert abs(a).fen == abs(a.fen)
    if b:
        assert b * 1 != ZERO
        assert b.times(a / b) == a


def test_shows_a_sign_and_groups_or_the_iso_code_where_the_sign_would_mislead() -> None:
    assert Money.yuan("12345").formatted("zh-Hans") == "¥12,345.00"
    assert Money.yuan("12345").formatted("en") == "¥12,345.00"
    assert Money.yuan("-1234567.8").formatted() == "-¥1,234,567.80"
    assert Money.yuan("5").formatted("fr") == "CNY 5.00"
    assert str(Money.yuan("12345")) == "12345.00"


def test_nothing_sums_to_zero() -> None:
    assert total([]) == ZERO
    assert total([Money(1), Money(2)]) == Money(3)

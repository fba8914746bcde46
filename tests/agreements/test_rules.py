"""Pure rules of an agreement: the parts sum to the grant, the budget too, and whose turn it is."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from grants.agreements import rules
from grants.agreements.fields import Party
from grants.core.money import Money, total

ALL = (Party.FOUNDATION, Party.GROUP, Party.HOST)
amounts = st.integers(1, 10**12).map(Money)
percents = st.lists(st.integers(1, 10_000), min_size=1, max_size=6)


@given(amount=amounts, parts=percents)
def test_the_parts_sum_to_the_grant_whatever_the_plan(amount: Money, parts: list[int]) -> None:
    """Hard rule 5."""
    split = rules.split_tranches(amount, [Decimal(part) / 100 for part in parts])
    assert total(split) == amount
    assert len(split) == len(parts)
    assert all(part >= Money(0) for part in split)


def test_an_odd_fen_is_neither_lost_nor_doubled() -> None:
    assert rules.split_tranches(Money(1), [Decimal(50), Decimal(50)]) == (Money(1), Money(0))


@given(asked=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 10**10).map(Money)), amount=amounts)
def test_the_budget_is_cut_to_what_was_approved(asked: dict[str, Money], amount: Money) -> None:
    cut = rules.scaled(asked, amount)
    assert total(cut.values()) == (amount if total(asked.values()) else Money(0))
    assert all(cut.values())
    assert set(cut) <= {category for category, money in asked.items() if money}


def test_the_foundation_signs_last() -> None:
    assert rules.whose_turn(ALL, ()) == (Party.GROUP, Party.HOST)
    assert rules.whose_turn(ALL, (Party.HOST,)) == (Party.GROUP,)
    assert rules.whose_turn(ALL, (Party.HOST, Party.GROUP)) == (Party.FOUNDATION,)
    assert rules.whose_turn(ALL, ALL) == ()


def test_a_signature_is_the_signers_own_name() -> None:
    assert rules.is_own_name("陈 慕兰", "陈慕兰")
    assert not rules.is_own_name("", "")
    assert not rules.is_own_name("陈慕", "陈慕兰")

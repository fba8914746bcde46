"""The figures of a fund and the reasons to refuse a movement, pure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grants.core.money import Money
from grants.funds import rules
from grants.funds.fields import Account, EntryKind

amounts = st.integers(min_value=1, max_value=10**12).map(Money)


def yuan(amount: int) -> Money:
    return Money.yuan(amount)


@given(kind=st.sampled_from(list(EntryKind)), amount=amounts)
def test_every_movement_is_balanced(kind: EntryKind, amount: Money) -> None:
    assert rules.balanced(rules.sides(kind, amount))


def test_a_movement_with_unequal_sides_is_not_balanced() -> None:
    assert not rules.balanced([rules.Side(Account.FREE, yuan(-100)), rules.Side(Account.COMMITTED, yuan(99))])


def test_a_promise_up_to_the_last_fen_of_the_line_is_allowed() -> None:
    assert (
        rules.may_commit(
            yuan(50_000), free=yuan(500_000), budget=yuan(1_000_000), promised=yuan(950_000), year=2026
        )
        == []
    )


def test_all_reasons_are_told_at_once_and_name_their_numbers() -> None:
    found = rules.may_commit(
        yuan(60_000), free=yuan(55_000), budget=yuan(1_000_000), promised=yuan(950_000), year=2026
    )
    assert [violation.code for violation in found] == ["beyond_fund", "beyond_budget"]
    assert "55,000.00" in str(found[0].message)
    for number in ("1,000,000.00", "950,000.00", "50,000.00", "60,000.00", "10,000.00", "2026"):
        assert number in str(found[1].message)


def test_without_a_budget_line_nothing_is_promised() -> None:
    found = rules.may_commit(yuan(1), free=yuan(100), budget=None, promised=yuan(0), year=2027)
    assert [violation.code for violation in found] == ["no_budget"]


def test_nothing_and_less_than_nothing_cannot_be_moved() -> None:
    assert [v.code for v in rules.may_move(yuan(0))] == ["amount"]
    assert [v.code for v in rules.may_move(yuan(-5))] == ["amount"]


def test_more_than_was_paid_cannot_come_back() -> None:
    standing = rules.Figures(paid=yuan(100), returned=yuan(30))
    assert rules.may_take(EntryKind.RETURN, yuan(70), standing) == []
    assert [v.code for v in rules.may_take(EntryKind.RETURN, yuan(71), standing)] == ["beyond_case"]


def test_a_budget_is_never_below_what_is_promised() -> None:
    assert [v.code for v in rules.may_budget(yuan(99), yuan(100))] == ["below_promised"]
    assert rules.may_budget(yuan(100), yuan(100)) == []

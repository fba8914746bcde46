"""What one row may say, what the whole may cost, where the money ends, when a board has decided: pure."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from grants.core.money import Money, total
from grants.decisions import rules
from grants.decisions.fields import REASON_CHARACTERS, Outcome, Vote
from grants.decisions.rules import Limits, Ranked, Tally, Wish

LIMITS = Limits(Money.yuan(10_000), Money.yuan(50_000), Money.yuan(80_000), Money.yuan(90_000))
SMALL = st.integers(0, 30).map(lambda number: Money.yuan(number * 1_000))
OUTCOMES = st.none() | st.sampled_from(Outcome)


def row(key: str, outcome: Outcome | None = None, yuan: int = 0, **more: object) -> Ranked:
    begun = Ranked(key, key.upper(), None, Money.yuan(20_000), outcome, Money.yuan(yuan), True, False)
    return replace(begun, **more)  # type: ignore[arg-type]


ROWS = st.lists(
    st.builds(
        Ranked,
        key=st.text("abc", min_size=1, max_size=3),
        title=st.just("T"),
        rank=st.none() | st.integers(1, 5),
        requested=SMALL,
        outcome=OUTCOMES,
        amount=SMALL,
        has_reason=st.booleans(),
        provisional=st.booleans(),
    ),
    unique_by=lambda one: one.key,
    max_size=8,
)


def faults(outcome: Outcome | None, yuan: int, *, requested: int = 40_000, reason: str = "") -> list[str]:
    wish = Wish(1, "k", outcome, Money.yuan(yuan), reason)
    return [v.code for v in rules.wish_faults(wish, requested=Money.yuan(requested), limits=LIMITS)]


@pytest.mark.parametrize(
    ("yuan", "requested", "codes"),
    [
        (40_000, 40_000, []),
        (10_000, 40_000, []),
        (0, 40_000, ["no_amount"]),
        (-1, 40_000, ["no_amount"]),
        (40_001, 40_000, ["beyond_request"]),
        (50_000, 60_000, []),
        (50_001, 60_000, ["beyond_ceiling"]),
        (60_001, 60_000, ["beyond_request", "beyond_ceiling"]),
        (9_999, 40_000, ["below_floor"]),
        (8_000, 8_000, []),
        (7_999, 8_000, ["below_floor"]),
    ],
)
def test_an_amount_stays_between_floor_ceiling_and_what_was_asked(
    yuan: int, requested: int, codes: list[str]
) -> None:
    assert faults(Outcome.FUND, yuan, requested=requested) == codes


@pytest.mark.parametrize("outcome", [None, Outcome.RESERVE, Outcome.DECLINE])
def test_only_a_grant_needs_an_amount(outcome: Outcome | None) -> None:
    assert faults(outcome, 0) == []


def test_a_reason_has_its_length() -> None:
    assert faults(Outcome.DECLINE, 0, reason="字" * REASON_CHARACTERS) == []
    assert faults(Outcome.DECLINE, 0, reason="字" * (REASON_CHARACTERS + 1)) == ["reason_too_long"]


@pytest.mark.parametrize(
    ("yuan", "codes"),
    [
        (80_000, []),
        (80_001, ["beyond_envelope"]),
        (90_000, ["beyond_envelope"]),
        (90_001, ["beyond_envelope", "beyond_fund"]),
    ],
)
def test_the_whole_stays_within_the_envelope_and_the_fund(yuan: int, codes: list[str]) -> None:
    """Hard rule 6, before the ledger says it."""
    assert [v.code for v in rules.beyond_means(Money.yuan(yuan), LIMITS)] == codes


@given(SMALL, SMALL, SMALL)
def test_means_are_broken_exactly_when_the_smaller_of_both_is(
    granted: Money, envelope: Money, room: Money
) -> None:
    limits = Limits(Money(0), Money(1), envelope, room)
    assert bool(list(rules.beyond_means(granted, limits))) == (granted > limits.available)


def test_what_is_short_of_a_table_is_said_all_at_once() -> None:
    table = [
        row("a", Outcome.FUND, 50_000, rank=1),
        row("b", Outcome.FUND, 41_000, rank=2),
        row("c", rank=3),
        row("d", Outcome.DECLINE, rank=4, has_reason=False),
    ]
    found = [(v.code, v.field) for v in rules.unready(table, LIMITS)]
    assert found == [
        ("undecided", None),
        ("reason_missing", "reason-d"),
        ("beyond_envelope", None),
        ("beyond_fund", None),
    ]
    assert [v.code for v in rules.unready([], LIMITS)] == ["nothing_to_decide"]


def test_what_was_decided_is_not_asked_for_again() -> None:
    table = [
        row("a", Outcome.DECLINE, has_reason=False, is_open=False),
        row("b", Outcome.FUND, 20_000),
    ]
    assert list(rules.unready(table, LIMITS)) == []
    settled = [replace(one, is_open=False) for one in table]
    assert [v.code for v in rules.unready(settled, LIMITS)] == ["nothing_to_decide"]


def test_a_reason_is_owed_to_the_declined_and_to_whoever_is_passed_over() -> None:
    table = [
        row("first", Outcome.RESERVE, rank=1, has_reason=False),
        row("told", Outcome.RESERVE, rank=1),
        row("funded", Outcome.FUND, 10_000, rank=2, has_reason=False),
        row("equal", Outcome.RESERVE, rank=2, has_reason=False),
        row("below", Outcome.RESERVE, rank=4, has_reason=False),
        row("unscored", Outcome.RESERVE, has_reason=False),
        row("declined", Outcome.DECLINE, rank=5, has_reason=False),
    ]
    assert rules.owing_reasons(table) == {"first", "equal", "declined"}


def test_a_reason_is_owed_for_jumping_the_reserve_list() -> None:
    waiting = row("one", Outcome.RESERVE, place=1, is_open=False)
    jumps = row("two", Outcome.FUND, 10_000, place=2, has_reason=False)
    assert rules.skipping([waiting, jumps]) == {"two"}
    assert rules.skipping([waiting, replace(jumps, has_reason=True)]) == frozenset()
    assert rules.skipping([replace(jumps, place=1), replace(waiting, place=2)]) == frozenset()
    assert rules.skipping([jumps]) == frozenset()


@given(ROWS, SMALL)
def test_the_line_is_where_the_money_ends(rows: list[Ranked], available: Money) -> None:
    """Everything above the line fits, and the next row that takes money does not."""
    above = rules.cut(rows, available)
    spent = total(rules.wanted(one) for one in rows[:above])
    assert spent <= available
    following = next((one for one in rows[above:] if rules.wanted(one)), None)
    assert following is None or spent + rules.wanted(following) > available


@given(ROWS)
def test_only_the_funded_are_counted_as_granted(rows: list[Ranked]) -> None:
    funded = [one.amount.fen for one in rows if one.outcome is Outcome.FUND]
    assert rules.granted(rows).fen == sum(funded)


@given(
    st.lists(st.tuples(st.lists(st.sampled_from(["a", "b", "x"]), max_size=3), SMALL), max_size=8),
    st.sets(st.sampled_from(["a", "b"])),
)
def test_every_yuan_is_in_one_field(amounts: list[tuple[list[str], Money]], favoured: set[str]) -> None:
    targets = {field: Fraction(50) for field in sorted(favoured)}
    found = rules.shares(amounts, targets)
    assert total(share.amount for share in found) == total(amount for _fields, amount in amounts)
    if any(amount for _fields, amount in amounts):
        assert sum(share.percent for share in found) == 100


def test_provisional_rows_are_named() -> None:
    broken = list(rules.not_in_bulk([row("a"), row("b", provisional=True)]))
    assert [v.code for v in broken] == ["provisional"]
    assert "B" in str(broken[0].message)
    assert list(rules.not_in_bulk([row("a")])) == []


F, A, X = Vote.FOR, Vote.AGAINST, Vote.ABSTAIN


@pytest.mark.parametrize(
    ("votes", "codes"),
    [
        ((F, F), []),
        ((F,), ["no_quorum"]),
        ((), ["no_quorum", "no_majority"]),
        ((F, A), ["no_majority"]),
        ((F, X), ["no_majority"]),
        ((F, F, A), []),
        ((F, X, X), ["no_majority"]),
        ((A, A, F), ["no_majority"]),
    ],
)
def test_a_board_decides_with_quorum_and_more_than_half_of_those_present(
    votes: tuple[Vote, ...], codes: list[str]
) -> None:
    assert [v.code for v in rules.not_carried(Tally(votes, seats=3, quorum=2))] == codes


@given(st.lists(st.sampled_from(Vote), max_size=9), st.integers(1, 9))
def test_nothing_is_carried_by_half(votes: list[Vote], quorum: int) -> None:
    tally = Tally(tuple(votes), 9, quorum)
    assert tally.present == tally.in_favour + tally.against + tally.abstained
    assert tally.is_carried == (tally.in_favour > tally.present - tally.in_favour)


@pytest.mark.parametrize(
    ("seats", "quorum", "fits"),
    [
        (3, 2, True),
        (3, 3, True),
        (3, 1, False),
        (3, 0, False),
        (3, 4, False),
        (4, 2, False),
        (4, 3, True),
        (1, 1, True),
    ],
)
def test_a_quorum_is_more_than_half_of_the_board_and_no_more_than_all(
    seats: int, quorum: int, fits: bool
) -> None:
    assert (not list(rules.meeting_faults(seats=seats, quorum=quorum))) == fits


VOTES = st.dictionaries(st.integers(1, 9), st.sampled_from(Vote), max_size=9)


@given(VOTES, st.sets(st.integers(1, 9)))
def test_whoever_is_tied_has_neither_vote_nor_seat_in_the_row(votes: dict[int, Vote], tied: set[int]) -> None:
    """Hard rule 3: the row is decided as if they were not of the board."""
    seated = set(range(1, 10))
    tally = rules.for_row(votes, seats=9, quorum=5, tied=tied, seated=seated)
    others = [vote for user_id, vote in votes.items() if user_id not in tied]
    assert sorted(tally.votes) == sorted(others)
    assert tally.seats == max(1, 9 - len(tied))
    assert 2 * tally.quorum > tally.seats or tally.quorum == 5
    assert tally.quorum <= tally.seats


def test_a_row_without_a_majority_of_the_untied_is_named() -> None:
    lost = Tally((F, A), 3, 2)
    kept = Tally((F, F), 3, 2)
    assert [v.code for v in rules.rows_not_carried({"暖巷敲门": lost, "江岸拾光": kept})] == ["not_carried"]
    assert list(rules.rows_not_carried({})) == []

"""Sums, caps and shares: exact, each cause named once and at its line."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.money import Money, total
from grants.proposals import budget
from grants.proposals.budget import Cap, Limits, Line

LIMITS = Limits(
    floor=Money.yuan("10000"),
    ceiling=Money.yuan("50000"),
    cofunding_percent=Decimal(20),
    caps=(
        Cap("personnel", percent_of_grant=Decimal(20)),
        Cap("admin", percent_of_grant=Decimal(0)),
        Cap("meals", unit_price=Money.yuan("30")),
        Cap("equipment", percent_of_grant=Decimal(10), unit_price=Money.yuan("2000")),
        Cap("insurance", required_if="volunteers>0"),
    ),
)


def row(category: str, price: str, quantity: Any = 1, source: str = "foundation") -> dict[str, Any]:
    return {"category": category, "item": "x", "unit_price": price, "quantity": quantity, "source": source}


def found(rows: list[dict[str, Any]], *, complete: bool = True) -> list[tuple[str, str | None]]:
    findings = budget.check(budget.lines(rows), LIMITS, complete=complete)
    return [(violation.code, violation.field) for violation in findings.violations]


REFERENCE = [
    row("insurance", "30.00", 60),
    row("transport", "10.00", 720),
    row("meals", "35.00", 720),
    row("training", "600.00", 4),
    row("publicity", "2100.00"),
    row("personnel", "1500.00", 4),
    row("evaluation", "1200.00"),
    row("admin_", "1700.00"),
    row("materials", "8800.00"),
    row("venue", "8000.00", 1, "partner"),
    row("materials", "6000.00", 1, "own"),
]


def test_the_sums_of_the_design_reference() -> None:
    sums = budget.totals(budget.lines(REFERENCE))
    assert sums.all == Money.yuan("70400")
    assert sums.by_source == {
        "foundation": Money.yuan("56400"),
        "partner": Money.yuan("8000"),
        "own": Money.yuan("6000"),
    }
    assert sums.by_category["materials"] == Money.yuan("14800")
    assert sums.granted["materials"] == Money.yuan("8800")
    assert budget.cost_per(sums.all, 120) == Money.yuan("586.67")


def test_one_cause_is_named_once_and_what_follows_from_it_beside_it() -> None:
    rows = [*REFERENCE[:8], row("materials", "4000.00"), *REFERENCE[9:]]
    findings = budget.check(budget.lines(rows), LIMITS, complete=True)
    assert [(v.code, v.field) for v in findings.violations] == [("unit_price", "answers.budget.2.unit_price")]
    assert len(findings.follows) == 1
    assert "¥51,600.00" in str(findings.follows[0])


def test_a_sum_that_stays_wrong_at_the_caps_is_a_cause_of_its_own() -> None:
    assert found(REFERENCE) == [
        ("unit_price", "answers.budget.2.unit_price"),
        ("ceiling", "answers.budget"),
    ]


def test_the_least_and_the_most_of_a_grant_are_still_in() -> None:
    own = row("materials", "20000", 1, "own")
    assert found([row("materials", "50000"), own]) == []
    assert found([row("materials", "50000.01"), own]) == [("ceiling", "answers.budget")]
    assert found([row("materials", "10000"), own]) == []
    assert found([row("materials", "9999.99"), own]) == [("floor", "answers.budget")]
    assert found([row("materials", "9999.99"), own], complete=False) == []


def test_the_share_of_others_is_exact_and_never_shown_as_if_reached() -> None:
    enough = [row("materials", "40000"), row("venue", "10000", 1, "partner")]
    assert found(enough) == []
    short = [row("materials", "40000.01"), row("venue", "10000", 1, "partner")]
    (violation,) = budget.check(budget.lines(short), LIMITS, complete=True).violations
    assert (violation.code, violation.field) == ("cofunding", "answers.budget")
    assert "19.9%" in str(violation.message)


def test_a_category_over_its_share_points_at_its_costliest_line() -> None:
    rows = [
        row("materials", "31999.99"),
        row("personnel", "3000"),
        row("personnel", "5000.01"),
        row("personnel", "90000", 1, "own"),
    ]
    assert found(rows) == [("cap_personnel", "answers.budget.2.unit_price")]
    assert found([row("materials", "32000"), row("personnel", "8000"), row("venue", "10000", 1, "own")]) == []


def test_a_share_of_nothing_allows_nothing() -> None:
    rows = [row("materials", "20000"), row("admin", "0.01"), row("venue", "10000", 1, "own")]
    assert found(rows) == [("cap_admin", "answers.budget.1.unit_price")]


def test_prices_others_pay_are_not_capped() -> None:
    rows = [row("materials", "20000"), row("meals", "99", 100, "own")]
    assert found(rows) == []


def test_volunteers_come_insured_or_with_a_reason() -> None:
    bare = budget.lines([row("materials", "20000")])
    assert budget.is_uninsured(bare, LIMITS, volunteers=3)
    assert not budget.is_uninsured(bare, LIMITS, volunteers=0)
    own = budget.lines([row("insurance", "30", 3, "own")])
    assert not budget.is_uninsured(own, LIMITS, volunteers=3)
    assert budget.is_uninsured(budget.lines([row("insurance", "0", 3)]), LIMITS, volunteers=3)
    assert not budget.is_uninsured(bare, Limits(Money(0), Money(0), Decimal(0)), volunteers=3)


def test_an_empty_budget_breaks_nothing_and_costs_nothing_per_head() -> None:
    assert found([]) == []
    assert budget.cost_per(Money.yuan("10"), 0) is None
    assert budget.totals(()).cofunding_share == 0


@pytest.mark.parametrize(
    "rows",
    [
        {"unread": "x"},
        None,
        "text",
        [{"unit_price": {"unread": "很多"}, "quantity": "2.5", "category": {"unread": "x"}}],
        [row("materials", "9999999999999.99", 10**6)],
    ],
)
def test_what_cannot_be_counted_counts_as_nothing(rows: Any) -> None:
    assert budget.totals(budget.lines(rows)).all == Money(0)


LINES = st.lists(
    st.builds(
        Line,
        place=st.integers(0, 60),
        category=st.sampled_from(["personnel", "admin", "meals", "equipment", "materials", ""]),
        source=st.sampled_from(["foundation", "own", "partner", ""]),
        unit_price=st.integers(0, 10**7).map(Money),
        quantity=st.integers(0, 10**5).map(lambda hundredths: Fraction(hundredths, 100)),
    ),
    max_size=12,
)


@given(lines=LINES)
def test_every_way_of_summing_gives_the_whole(lines: list[Line]) -> None:
    sums = budget.totals(lines)
    whole = total(line.amount for line in lines)
    assert sums.all == whole == total(sums.by_source.values()) == total(sums.by_category.values())
    assert total(sums.granted.values()) == sums.grant
    assert 0 <= sums.cofunding_share <= 100


@given(lines=LINES)
def test_causes_and_consequences_never_overlap_and_none_is_lost(lines: list[Line]) -> None:
    findings = budget.check(lines, LIMITS, complete=True)
    codes = [violation.code for violation in findings.violations if violation.code != "unit_price"]
    assert len(codes) == len(set(codes))
    if not findings.violations:
        assert findings.follows == ()
        assert budget.totals(lines).grant <= LIMITS.ceiling or not budget.totals(lines).all


@given(lines=LINES, percent=st.decimals(0, 100, places=2))
def test_a_meter_is_over_exactly_when_the_share_is(lines: list[Line], percent: Decimal) -> None:
    limits = Limits(Money(0), Money(10**12), Decimal(0), (Cap("personnel", percent_of_grant=percent),))
    for meter in budget.meters(lines, limits):
        grant = budget.totals(lines).grant
        assert meter.over == (meter.used.fen * 100 > Fraction(percent) * grant.fen)

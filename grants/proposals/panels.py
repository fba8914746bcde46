"""Where a proposal's money comes from, how far its caps are, what one person helped costs: as pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from grants.core.i18n import words
from grants.core.money import Money
from grants.proposals import budget, rules
from grants.proposals.budget import GRANT
from grants.proposals.rules import Paper
from grants.questionnaires.definition import Question


class Source(Struct, frozen=True):
    """What one source pays; `over` when it is more than the call gives."""

    key: str
    label: str
    amount: Money
    fill: str


class CapShown(Struct, frozen=True):
    """A share cap with its category's name."""

    category: str
    label: str
    used: Money
    limit: Money
    percent: str
    over: bool


class MoneyPanel(Struct, frozen=True):
    """Where the money comes from, how far the caps are, and what one person and one hour cost."""

    grant: Money
    ceiling: Money
    whole: Money
    sources: tuple[Source, ...]
    caps: tuple[CapShown, ...]
    share: str
    share_least: str
    per_person: Money | None
    per_hour: Money | None
    hours: int
    price_caps: Mapping[str, Money]
    follows: tuple[Any, ...] = ()

    @property
    def over(self) -> Money | None:
        return self.grant - self.ceiling if self.grant > self.ceiling else None


def money_panel(paper: Paper, *, follows: tuple[Any, ...] = ()) -> MoneyPanel | None:
    """Nothing where the form has no budget."""
    found = paper.definition.filled_by("budget")
    if found is None:
        return None
    columns = {column.key: column for column in found[1].columns}
    sums, costs = budget.totals(paper.budget), rules.costs(paper)
    return MoneyPanel(
        grant=sums.grant,
        ceiling=paper.limits.ceiling,
        whole=sums.all,
        sources=tuple(_sources(columns["source"], sums)),
        caps=tuple(_cap(columns["category"], meter) for meter in _meters(paper)),
        share=budget.percent_text(sums.cofunding_share),
        share_least=budget.percent_text(paper.limits.cofunding_percent),
        per_person=costs["person"],
        per_hour=costs["hour"],
        hours=paper.hours,
        price_caps={cap.category: cap.unit_price for cap in paper.limits.caps if cap.unit_price},
        follows=follows,
    )


def _meters(paper: Paper) -> tuple[budget.Meter, ...]:
    return budget.meters(paper.budget, paper.limits)


def _sources(question: Question, sums: budget.Totals) -> list[Source]:
    fills = {GRANT: "leaf", "partner": "sky", "own": "sun"}
    return [
        Source(choice.key, words(choice.label), amount, fills.get(choice.key, "plum"))
        for choice in question.choices
        if (amount := sums.by_source.get(choice.key, Money(0))) or choice.key in fills
    ]


def _cap(question: Question, meter: budget.Meter) -> CapShown:
    choice = question.choice(meter.category)
    return CapShown(
        category=meter.category,
        label=words(choice.label) if choice else meter.category,
        used=meter.used,
        limit=meter.limit,
        percent=budget.percent_text(meter.percent),
        over=meter.over,
    )

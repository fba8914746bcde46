"""The arithmetic of a proposal's budget: sums, caps, shares and what each hour costs. Exact to the fen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grants.core.errors import Violation
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import LIMIT_FEN, Money, total

GRANT = "foundation"
INSURANCE = "insurance"
WITH_VOLUNTEERS = "volunteers>0"
FIELD = "answers.budget"


class Line(Struct, frozen=True):
    """One cost. `place` is its row in the form; what could not be read counts as nothing."""

    place: int
    category: str
    source: str
    unit_price: Money
    quantity: Fraction

    @property
    def amount(self) -> Money:
        """Rounded half-up to the fen; beyond what money can hold, nothing (the form says why)."""
        exact = self.unit_price.times(self.quantity)
        return exact if abs(exact.fen) <= LIMIT_FEN else Money(0)


class Cap(Struct, frozen=True):
    """What a call allows in one category; shares are of the money asked from the foundation."""

    category: str
    percent_of_grant: Decimal | None = None
    unit_price: Money | None = None
    required_if: str = ""


class Limits(Struct, frozen=True):
    """What a call allows in all."""

    floor: Money
    ceiling: Money
    cofunding_percent: Decimal
    caps: tuple[Cap, ...] = ()

    def cap(self, category: str) -> Cap | None:
        return next((cap for cap in self.caps if cap.category == category), None)


class Totals(Struct, frozen=True):
    """Sums by source and by category; `granted` is what of each category the foundation would pay."""

    all: Money
    by_source: Mapping[str, Money]
    by_category: Mapping[str, Money]
    granted: Mapping[str, Money]

    @property
    def grant(self) -> Money:
        return self.by_source.get(GRANT, Money(0))

    @property
    def cofunding_share(self) -> Fraction:
        """Per cent of everything that is not asked from the foundation; nothing costs nothing."""
        return 100 * ((self.all - self.grant) / self.all) if self.all else Fraction()


class Meter(Struct, frozen=True):
    """How much of a cap is used."""

    category: str
    used: Money
    limit: Money
    percent: Decimal

    @property
    def over(self) -> bool:
        return self.used > self.limit


class Findings(Struct, frozen=True):
    """What is wrong, each cause once; `follows` names what mends itself when the causes are mended."""

    violations: tuple[Violation, ...]
    follows: tuple[Sentence, ...] = ()


def lines(rows: Any) -> tuple[Line, ...]:
    """The lines of a budget answer, whatever state it is in."""
    given = rows if isinstance(rows, list) else []
    return tuple(_line(place, row) for place, row in enumerate(given) if isinstance(row, Mapping))


def totals(budget: Iterable[Line]) -> Totals:
    everything = list(budget)
    return Totals(
        all=total(line.amount for line in everything),
        by_source=_sums((line.source, line.amount) for line in everything),
        by_category=_sums((line.category, line.amount) for line in everything),
        granted=_sums((line.category, line.amount) for line in everything if line.source == GRANT),
    )


def meters(budget: Sequence[Line], limits: Limits) -> tuple[Meter, ...]:
    """Every share cap that touches a category in use, or that is not nothing."""
    sums = totals(budget)
    return tuple(
        Meter(
            category=cap.category,
            used=sums.granted.get(cap.category, Money(0)),
            limit=share_of(sums.grant, cap.percent_of_grant),
            percent=cap.percent_of_grant,
        )
        for cap in limits.caps
        if cap.percent_of_grant is not None
        and (cap.percent_of_grant or sums.granted.get(cap.category, Money(0)))
    )


def share_of(grant: Money, percent: Decimal) -> Money:
    """The most a category may take: whole fen, cut, never rounded up."""
    return Money(int(Fraction(percent) * grant.fen / 100))


def is_uninsured(budget: Iterable[Line], limits: Limits, *, volunteers: int) -> bool:
    """Volunteers are coming, the call wants them insured, and no line pays for it."""
    cap = limits.cap(INSURANCE)
    wanted = cap is not None and cap.required_if == WITH_VOLUNTEERS and volunteers > 0
    return wanted and not any(line.category == INSURANCE and line.amount for line in budget)


def cost_per(amount: Money, count: int | Fraction) -> Money | None:
    """What one costs, rounded half-up; nothing to say where there are none."""
    return amount.times(1 / Fraction(count)) if count > 0 else None


def check(budget: Sequence[Line], limits: Limits, *, complete: bool) -> Findings:
    """What breaks the limits of the call. The floor counts only for a complete budget.

    Prices above a cap are causes at their line. A sum that would be right with those prices at their
    caps is not another fault: it is named once, as what follows.
    """
    prices = tuple(_prices(budget, limits))
    sums = tuple(_sums_wrong(budget, limits, complete=complete))
    if not prices:
        return Findings(sums)
    eased = _at_their_caps(budget, limits)
    left = {violation.code for violation in _sums_wrong(eased, limits, complete=complete)}
    causes = tuple(violation for violation in sums if violation.code in left)
    follows = tuple(violation.message for violation in sums if violation.code not in left)
    return Findings((*prices, *causes), follows)


def _line(place: int, row: Mapping[str, Any]) -> Line:
    price, quantity = row.get("unit_price"), row.get("quantity")
    return Line(
        place=place,
        category=_word(row.get("category")),
        source=_word(row.get("source")),
        unit_price=Money.yuan(price) if isinstance(price, str) else Money(0),
        quantity=Fraction(quantity) if isinstance(quantity, int | str) else Fraction(0),
    )


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _sums(pairs: Iterable[tuple[str, Money]]) -> dict[str, Money]:
    found: dict[str, Money] = {}
    for key, amount in pairs:
        found[key] = found.get(key, Money(0)) + amount
    return found


def _above_cap(line: Line, limits: Limits) -> Money | None:
    """The highest unit price the foundation pays, when this line is above it."""
    cap = limits.cap(line.category)
    top = cap.unit_price if cap and line.source == GRANT else None
    return top if top is not None and line.unit_price > top else None


def _prices(budget: Iterable[Line], limits: Limits) -> Iterator[Violation]:
    for line in budget:
        top = _above_cap(line, limits)
        if top is not None:
            message = _l("The unit price is at most %(most)s.", most=top.formatted())
            yield Violation("unit_price", message, f"{FIELD}.{line.place}.unit_price")


def _at_their_caps(budget: Iterable[Line], limits: Limits) -> list[Line]:
    return [replace(line, unit_price=_above_cap(line, limits) or line.unit_price) for line in budget]


def _sums_wrong(budget: Sequence[Line], limits: Limits, *, complete: bool) -> Iterator[Violation]:
    sums = totals(budget)
    if not sums.all:
        return
    yield from _range(sums, limits, complete=complete)
    if sums.cofunding_share < Fraction(limits.cofunding_percent):
        yield Violation(
            "cofunding",
            _l(
                "Money from others is %(share)s%% of the whole; at least %(least)s%% is needed.",
                share=percent_text(sums.cofunding_share),
                least=percent_text(limits.cofunding_percent),
            ),
            FIELD,
        )
    for meter in meters(budget, limits):
        if meter.over:
            yield _over(meter, budget)


def _range(sums: Totals, limits: Limits, *, complete: bool) -> Iterator[Violation]:
    asked = sums.grant.formatted()
    if sums.grant > limits.ceiling:
        most = limits.ceiling.formatted()
        message = _l("You ask for %(asked)s; at most %(most)s a project.", asked=asked, most=most)
        yield Violation("ceiling", message, FIELD)
    if complete and sums.grant < limits.floor:
        least = limits.floor.formatted()
        message = _l("You ask for %(asked)s; at least %(least)s a project.", asked=asked, least=least)
        yield Violation("floor", message, FIELD)


def _over(meter: Meter, budget: Iterable[Line]) -> Violation:
    """Points at the costliest line of the category."""
    there = [line for line in budget if line.category == meter.category and line.source == GRANT]
    worst = max(there, key=lambda line: (line.amount, -line.place))
    message = _l(
        "This category comes to %(used)s; at most %(limit)s, which is %(percent)s%% of what you ask for.",
        used=meter.used.formatted(),
        limit=meter.limit.formatted(),
        percent=percent_text(meter.percent),
    )
    return Violation(f"cap_{meter.category}", message, f"{FIELD}.{worst.place}.unit_price")


def percent_text(share: Fraction | Decimal) -> str:
    """One decimal, cut: a share just below its least never reads as if it were reached."""
    tenths = int(share * 10)
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)

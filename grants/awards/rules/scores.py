"""The final score: the jury's mark and the hours, each with its weight, both explained (S002-18)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self

from msgspec import Struct

from grants.awards import fields
from grants.core.errors import Violation
from grants.core.i18n import gettext as _
from grants.reviews.scoring import rounded

WHOLE = Decimal(100)


def _short(value: object) -> Decimal:
    """60, not 60.00: people read it on the page of the year."""
    number = Decimal(str(value))
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


class Weights(Struct, frozen=True):
    """Percent for the deed and for the hours; `full_hours` earn the whole hours part."""

    deed: Decimal
    hours: Decimal
    full_hours: Decimal

    def plain(self) -> dict[str, Any]:
        return {"deed": str(self.deed), "hours": str(self.hours), "full_hours": str(self.full_hours)}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            _short(values.get("deed", 100)),
            _short(values.get("hours", 0)),
            _short(values.get("full_hours", 50)),
        )


class Parts(Struct, frozen=True):
    """Where a final score comes from. Without a jury's mark there is none."""

    weights: Weights
    deed: Fraction | None
    minutes: int

    @property
    def hours_mark(self) -> Fraction:
        """0 to 100: in proportion up to the full hours, never beyond."""
        return min(Fraction(100), Fraction(self.minutes, 60) * 100 / Fraction(self.weights.full_hours))

    @property
    def deed_points(self) -> Fraction | None:
        return None if self.deed is None else self.deed * Fraction(self.weights.deed) / 100

    @property
    def hours_points(self) -> Fraction:
        return self.hours_mark * Fraction(self.weights.hours) / 100

    @property
    def final(self) -> Fraction | None:
        return None if self.deed_points is None else self.deed_points + self.hours_points

    @property
    def kept(self) -> Decimal | None:
        """The final score as it is stored and ordered: at four places."""
        return None if self.final is None else rounded(self.final)


def weight_faults(weights: Weights) -> Iterator[Violation]:
    """Weights sum to 100 (hard rule 1), and the deed always counts: hours alone never win."""
    numbers = (weights.deed, weights.hours, weights.full_hours)
    if not all(number.is_finite() and number >= 0 for number in numbers):
        yield Violation("weights", _("Weights and hours are numbers from 0."), "weight_deed")
        return
    if weights.deed + weights.hours != WHOLE:
        text = _(
            "The weights sum to %(total)s; they must sum to 100.",
            total=f"{(weights.deed + weights.hours).normalize():f}",
        )
        yield Violation("weights", text, "weight_deed")
    if weights.deed <= 0:
        yield Violation("weights", _("The deed must count: hours alone do not win."), "weight_deed")
    if weights.hours > 0 and not 0 < weights.full_hours <= fields.MOST_HOURS:
        yield Violation("full_hours", _("Say how many hours earn the full mark."), "full_hours")

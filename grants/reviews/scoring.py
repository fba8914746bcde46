"""The arithmetic of judgement: one review's score, an entry's aggregate, the order of entries.

Everything is exact (Fraction) until it is shown; scores run from 0 to 100, higher is better.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct, field

from grants.reviews.fields import Better, Method, Missing, Struck

Number = int | Decimal | Fraction
Marks = Mapping[str, Number | None]
ORDER_PLACES = 4
TRIM_FROM = 5
_SD_PLACES = Decimal("1E-12")


class Stage(StrEnum):
    """How far a review has come, as scoring sees it."""

    PENDING = "pending"
    SUBMITTED = "submitted"
    ABSTAINED = "abstained"


class Criterion(Struct, frozen=True):
    """One line of a rubric. Any positive weight; `floor` is on the scale of the marks."""

    id: str
    weight: Number
    minimum: Number
    maximum: Number
    better: Better = Better.HIGH
    required: bool = True
    floor: Number | None = None
    counts: bool = True

    def __post_init__(self) -> None:
        if self.weight <= 0 or self.minimum >= self.maximum:
            raise ValueError(f"Criterion {self.id} needs a positive weight and a scale that rises.")

    def merit(self, mark: Number) -> Fraction:
        """The mark on 0 … 1, 1 best. Raises ValueError outside the scale."""
        if not self.minimum <= mark <= self.maximum:
            raise ValueError(f"{mark} is outside {self.minimum} to {self.maximum} of criterion {self.id}.")
        low, high = Fraction(self.minimum), Fraction(self.maximum)
        merit = (Fraction(mark) - low) / (high - low)
        return merit if self.better is Better.HIGH else 1 - merit

    def misses_floor(self, mark: Number) -> bool:
        if self.floor is None:
            return False
        return mark < self.floor if self.better is Better.HIGH else mark > self.floor


class ReviewScore(Struct, frozen=True):
    """`value` is null when nothing was answered, or when the rule keeps the review out."""

    value: Fraction | None
    unanswered: tuple[str, ...] = ()
    below_floor: tuple[str, ...] = ()


def score_of_review(
    criteria: Sequence[Criterion],
    marks: Marks,
    *,
    missing: Missing = Missing.RENORMALISE,
    not_applicable: frozenset[str] = frozenset(),
) -> ReviewScore:
    """The score 100 · Σ w·u / Σ w over the counting criteria (engine 2.2), exact.

    `renormalise` takes both sums over the answered ones, `zero` the lower sum over all; `incomplete`
    gives null when a required one is unanswered and renormalises else. All unanswered is null, never 0.
    A criterion declared not applicable leaves every sum. Floors are told and change nothing.
    Raises ValueError for a mark outside its scale.
    """
    asked = [criterion for criterion in criteria if criterion.id not in not_applicable]
    answers = [(criterion, mark) for criterion in asked if (mark := marks.get(criterion.id)) is not None]
    counted = [(criterion, criterion.merit(mark)) for criterion, mark in answers]
    counted = [(criterion, merit) for criterion, merit in counted if criterion.counts]
    unanswered = [criterion for criterion in asked if marks.get(criterion.id) is None]
    kept_out = missing is Missing.INCOMPLETE and any(criterion.required for criterion in unanswered)
    whole = [criterion for criterion in asked if criterion.counts]
    below = whole if missing is Missing.ZERO else [criterion for criterion, _ in counted]
    value = None
    if counted and not kept_out:
        top = sum((Fraction(criterion.weight) * merit for criterion, merit in counted), Fraction())
        value = 100 * top / sum((Fraction(criterion.weight) for criterion in below), Fraction())
    return ReviewScore(
        value,
        tuple(criterion.id for criterion in unanswered),
        tuple(criterion.id for criterion, mark in answers if criterion.misses_floor(mark)),
    )


class Opinion(Struct, frozen=True):
    """One review of one entry as the aggregate sees it; `weight` is the reviewer's or the confidence's."""

    reviewer: str
    score: Fraction | None
    stage: Stage = Stage.SUBMITTED
    struck: Struck | None = None
    weight: Number = 1
    marks: Marks = field(default_factory=dict)

    @property
    def stands(self) -> bool:
        """Submitted, scored and not struck out: only such opinions count."""
        return self.stage is Stage.SUBMITTED and self.struck is None and self.score is not None


class BelowFloor(Struct, frozen=True):
    """The aggregate of a criterion on its own scale that does not reach the floor: merit 3.0 < 4."""

    criterion: str
    value: Fraction
    floor: Number


class Aggregate(Struct, frozen=True):
    """What is shown of an entry: never the score alone. `sd` is the sample sd, null when n < 2.

    `top` is the mean merit (0 … 100) in the heaviest counting criterion, for breaking ties.
    """

    score: Fraction | None
    n: int
    counted: tuple[str, ...]
    sd: Decimal | None
    lowest: Fraction | None
    highest: Fraction | None
    top: Fraction | None
    pending: int
    abstained: int
    incomplete: int
    struck: tuple[tuple[str, Struck], ...]
    below_floor: tuple[BelowFloor, ...]
    provisional: bool

    @property
    def range(self) -> Fraction | None:
        return None if self.highest is None or self.lowest is None else self.highest - self.lowest

    @property
    def unscored(self) -> bool:
        return self.score is None


def aggregate(
    opinions: Iterable[Opinion],
    *,
    criteria: Sequence[Criterion] = (),
    method: Method = Method.MEAN,
    min_reviews: int = 1,
) -> Aggregate:
    """The score of an entry from the opinions that stand (engine 2.3), in whatever order they come.

    Raises ValueError for a weight that is not positive.
    """
    known = sorted(opinions, key=lambda opinion: opinion.reviewer)
    standing = [opinion for opinion in known if opinion.stands]
    scores = [(opinion.score, opinion.weight) for opinion in standing if opinion.score is not None]
    values = [score for score, _ in scores]
    live = [opinion for opinion in known if opinion.struck is None]
    return Aggregate(
        score=combine(scores, method=method),
        n=len(standing),
        counted=tuple(opinion.reviewer for opinion in standing),
        sd=sample_sd(values),
        lowest=min(values, default=None),
        highest=max(values, default=None),
        top=_top(criteria, standing),
        pending=sum(opinion.stage is Stage.PENDING for opinion in live),
        abstained=sum(opinion.stage is Stage.ABSTAINED for opinion in live),
        incomplete=sum(opinion.stage is Stage.SUBMITTED and opinion.score is None for opinion in live),
        struck=tuple((opinion.reviewer, opinion.struck) for opinion in known if opinion.struck is not None),
        below_floor=_below_floor(criteria, standing, method),
        provisional=len(standing) < min_reviews,
    )


def combine(scores: Sequence[tuple[Fraction, Number]], *, method: Method) -> Fraction | None:
    """One value from (score, weight) pairs; null from none.

    The trimmed mean drops the highest and the lowest from five scores on, and is the plain mean below.
    """
    if any(weight <= 0 for _, weight in scores):
        raise ValueError("The weight of a review must be positive.")
    if not scores:
        return None
    values = sorted(score for score, _ in scores)
    match method:
        case Method.MEAN:
            weighted = sum((score * Fraction(weight) for score, weight in scores), Fraction())
            return weighted / sum((Fraction(weight) for _, weight in scores), Fraction())
        case Method.MEDIAN:
            return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
        case Method.TRIMMED_MEAN:
            return _mean(values[1:-1] if len(values) >= TRIM_FROM else values)
        case Method.MINIMUM:
            return values[0]


def sample_sd(values: Sequence[Fraction]) -> Decimal | None:
    """√(Σ(x - mean)² / (n - 1)) to twelve places, half-even; null when n < 2."""
    if len(values) < 2:  # noqa: PLR2004
        return None
    mean = _mean(values)
    variance = sum(((value - mean) ** 2 for value in values), Fraction()) / (len(values) - 1)
    with localcontext(prec=40):
        root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
        return root.quantize(_SD_PLACES, ROUND_HALF_EVEN)


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction()) / len(values)


def _top(criteria: Sequence[Criterion], standing: Sequence[Opinion]) -> Fraction | None:
    """Of equally heavy criteria, the first of the rubric speaks."""
    counting = [criterion for criterion in criteria if criterion.counts]
    if not counting:
        return None
    heaviest = max(counting, key=lambda criterion: Fraction(criterion.weight))
    given = [mark for opinion in standing if (mark := opinion.marks.get(heaviest.id)) is not None]
    return 100 * _mean([heaviest.merit(mark) for mark in given]) if given else None


def _below_floor(
    criteria: Sequence[Criterion], standing: Sequence[Opinion], method: Method
) -> tuple[BelowFloor, ...]:
    found = []
    for criterion in criteria:
        given = [
            (Fraction(mark), opinion.weight)
            for opinion in standing
            if (mark := opinion.marks.get(criterion.id)) is not None
        ]
        value = _on_scale(criterion, given, method)
        if value is not None and criterion.floor is not None and criterion.misses_floor(value):
            found.append(BelowFloor(criterion.id, value, criterion.floor))
    return tuple(found)


def _on_scale(
    criterion: Criterion, given: Sequence[tuple[Fraction, Number]], method: Method
) -> Fraction | None:
    """The same method on raw marks; where low is better, the minimum speaks for the worst mark."""
    if method is Method.MINIMUM and criterion.better is Better.LOW:
        return max((mark for mark, _ in given), default=None)
    return combine(given, method=method)


class Standing(Struct, frozen=True):
    """What the order of entries looks at, and nothing else: no row order, no clock, no key of the database."""

    entry_id: str
    score: Fraction | None
    top: Fraction | None = None
    sd: Decimal | None = None
    n: int = 0


class Placed(Struct, frozen=True):
    """One line of a ranking; `rank` is null for an unscored entry and shared by equal scores (1, 2, 2, 4)."""

    entry_id: str
    rank: int | None


def ranking(standings: Iterable[Standing], *, call_id: str) -> tuple[Placed, ...]:
    """The entries in order (engine 2.3), unscored ones last.

    Score at four places, then the heaviest criterion, the smaller sd, more reviews, the ticket; a value
    that is null comes after every value. The printed rank is the competition rank on the score alone.
    """
    rows = sorted(standings, key=lambda row: _order(row, call_id))
    scores = [_order_score(row) for row in rows]
    return tuple(
        Placed(row.entry_id, None if score is None else 1 + scores.index(score))
        for row, score in zip(rows, scores, strict=True)
    )


def ticket(call_id: str, entry_id: str) -> str:
    """The last tie-breaker, SHA-256 of `tie|call|entry` in hex: anyone can recompute it."""
    return hashlib.sha256(f"tie|{call_id}|{entry_id}".encode()).hexdigest()


def rounded(value: Fraction, places: int = ORDER_PLACES) -> Decimal:
    """Half-even, for showing (and at four places for ordering); never for further arithmetic."""
    return Decimal(round(value * 10**places)).scaleb(-places)


def _order_score(row: Standing) -> Decimal | None:
    return None if row.score is None else rounded(row.score)


def _order(row: Standing, call_id: str) -> tuple[object, ...]:
    score = _order_score(row)
    return (
        score is None,
        -(score or 0),
        row.top is None,
        -(row.top or 0),
        row.sd is None,
        row.sd or 0,
        -row.n,
        ticket(call_id, row.entry_id),
    )

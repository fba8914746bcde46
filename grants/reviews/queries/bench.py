"""The reviewer's bench: one entry, its rubric with the marks given, and the reviewer's other marks beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from grants.core import clock
from grants.core.i18n import gettext as _
from grants.core.i18n import ngettext, words
from grants.core.policy import Actor
from grants.reviews import scoring
from grants.reviews.fields import ReviewState
from grants.reviews.models import Assignment, Criterion, Review, ReviewStage
from grants.reviews.queries import loading
from grants.reviews.queries import pile as piles
from grants.reviews.rules import outside_window

NOT_APPLICABLE = "na"
MOST_BUTTONS = 11
_TALLEST, _LOWEST, _STEP = 16, 2, 13


class Bar(Struct, frozen=True):
    """One bar of the quiet histogram: how often a mark was given elsewhere."""

    x: int
    y: int
    height: int
    is_mine: bool


class Line(Struct, frozen=True):
    """One criterion on the bench. `marks` is empty where the scale is too fine for buttons."""

    key: str
    name: Mapping[str, str]
    percent: str
    marks: tuple[str, ...]
    low: str
    high: str
    step: str
    value: str
    may_skip: bool
    anchors: tuple[tuple[str, Mapping[str, str]], ...]
    bars: tuple[Bar, ...]
    elsewhere: tuple[tuple[str, int], ...]

    @property
    def field(self) -> str:
        return f"mark-{self.key}"

    @property
    def is_marked(self) -> bool:
        return self.value != ""

    @property
    def width(self) -> int:
        return _STEP * max(1, len(self.bars)) - 3


class Bench(Struct, frozen=True):
    """Everything the bench shows. `version` is 0 before the first save."""

    assignment: Assignment
    lines: tuple[Line, ...]
    version: int
    place: int
    pile: tuple[piles.PileItem, ...]
    next_one: piles.PileItem | None
    score: str
    left: str
    can_write: bool
    is_submitted: bool
    others: int

    @property
    def saved_time(self) -> str:
        saved = self.review.saved_at if self.review else None
        return f"{clock.local(saved):%H:%M}" if saved else ""

    @property
    def review(self) -> Review | None:
        return self.assignment.review


def bench(
    assignment: Assignment, *, seen_by: Actor, at: datetime, given: Mapping[str, str] | None = None
) -> Bench:
    """The bench as saved; with `given`, as the form just sent has it."""
    visible = loading.visible_to(seen_by)
    everything = piles.pile(visible, at=at)
    stage, review = assignment.entry.stage, assignment.review
    around = everything.within(stage.public_id)
    elsewhere = piles.own_marks(assignment, visible=visible)
    values = {**values_of(stage, review), **(given or {})}
    submitted = review is not None and review.state is ReviewState.SUBMITTED
    return Bench(
        assignment=assignment,
        lines=tuple(
            _line(c, stage, values[f"mark-{c.key}"], elsewhere.get(c.key, Counter())) for c in stage.criteria
        ),
        version=review.version if review else 0,
        place=[item.public_id for item in around].index(assignment.public_id) + 1,
        pile=tuple(around),
        next_one=everything.after(assignment.public_id),
        score=running_score(stage, review),
        left=left_text(stage, review),
        can_write=not submitted
        and not any(outside_window(stage.opens_at, stage.closes_at, at))
        and (review is None or review.struck_at is None),
        is_submitted=submitted,
        others=max((sum(counts.values()) for counts in elsewhere.values()), default=0),
    )


def values_of(stage: ReviewStage, review: Review | None) -> dict[str, str]:
    """What stands in each field of the form, as the form would send it."""
    given = {score.criterion.key: score for score in review.scores} if review else {}
    values = {f"mark-{criterion.key}": "" for criterion in stage.criteria}
    for key, score in given.items():
        mark = NOT_APPLICABLE if score.not_applicable else _text(score.mark)
        values[f"mark-{key}"] = mark
    values["comment"] = review.comment if review else ""
    values["recommended"] = {True: "yes", False: "no"}.get(review.recommended, "") if review else ""  # type: ignore[arg-type]
    return values


def left_text(stage: ReviewStage, review: Review | None) -> str:
    """How many marks are still to be given, in words."""
    values = values_of(stage, review)
    left = sum(criterion.required and not values[f"mark-{criterion.key}"] for criterion in stage.criteria)
    return ngettext("%(num)s mark to go", "%(num)s marks to go", left) if left else _("all marks given")


def running_score(stage: ReviewStage, review: Review | None) -> str:
    """The score of the marks given so far, of 100, as it stands if nothing were added; empty before the first."""
    if review is None:
        return ""
    rubric = [loading.criterion_for_scoring(criterion) for criterion in stage.criteria]
    marks = {score.criterion.key: score.mark for score in review.scores}
    value = scoring.score_of_review(rubric, marks).value
    return "" if value is None else str(scoring.rounded(value, 1))


def _line(criterion: Criterion, stage: ReviewStage, value: str, elsewhere: Counter[Decimal]) -> Line:
    marks = _marks(criterion)
    total = sum(other.weight for other in stage.criteria)
    counts = [elsewhere[Decimal(mark)] for mark in marks]
    return Line(
        key=criterion.key,
        name=criterion.name,
        percent=_text((criterion.weight * 100 / total).quantize(Decimal("0.1"))),
        marks=marks,
        low=_text(criterion.minimum),
        high=_text(criterion.maximum),
        step=_text(criterion.step),
        value=value,
        may_skip=not criterion.required,
        anchors=_anchors(criterion),
        bars=_bars(marks, counts, value),
        elsewhere=tuple((mark, count) for mark, count in zip(marks, counts, strict=True) if count),
    )


def _marks(criterion: Criterion) -> tuple[str, ...]:
    many = int((criterion.maximum - criterion.minimum) / criterion.step) + 1
    if many > MOST_BUTTONS:
        return ()
    return tuple(_text(criterion.minimum + criterion.step * number) for number in range(many))


def _anchors(criterion: Criterion) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """What the marks look like, lowest first; `anchors` is kept by mark."""
    said = [(mark, text) for mark, text in criterion.anchors.items() if words(text)]
    return tuple(sorted(said, key=lambda pair: Decimal(pair[0])))


def _bars(marks: tuple[str, ...], counts: list[int], value: str) -> tuple[Bar, ...]:
    most = max(counts, default=0)
    found = []
    for number, (mark, count) in enumerate(zip(marks, counts, strict=True)):
        height = max(_LOWEST, _TALLEST * count // most) if most else _LOWEST
        found.append(Bar(_STEP * number, 18 - height, height, mark == value))
    return tuple(found)


def _text(number: Decimal | None) -> str:
    """A mark as people write it: 4, not 4E+0 or 4.0."""
    return "" if number is None else f"{number.normalize():f}"

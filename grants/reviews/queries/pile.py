"""What a reviewer has on the desk, and the quiet bars of their own marks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from grants.core.db import db
from grants.reviews.models import (
    Assignment,
    AssignmentState,
    Criterion,
    Entry,
    EntryOrganisation,
    Review,
    ReviewStage,
    ReviewState,
    Score,
)


class PileItem(Struct, frozen=True):
    """One entry on a reviewer's pile."""

    public_id: str
    title: str
    by: Mapping[str, str]
    stage_public_id: str
    stage_title: Mapping[str, str]
    closes_at: datetime | None
    state: AssignmentState
    is_submitted: bool
    marked: int
    of: int
    is_over: bool
    is_nomination: bool

    @property
    def waits_for_answer(self) -> bool:
        return self.state is AssignmentState.INVITED and not self.is_over

    @property
    def is_open(self) -> bool:
        return self.state is AssignmentState.ACCEPTED and not self.is_submitted and not self.is_over


class Pile(Struct, frozen=True):
    """Everything a reviewer was asked to do, what is due first on top."""

    items: Sequence[PileItem]

    @property
    def to_answer(self) -> list[PileItem]:
        return [item for item in self.items if item.waits_for_answer]

    @property
    def to_do(self) -> list[PileItem]:
        return [item for item in self.items if item.is_open]

    @property
    def done(self) -> list[PileItem]:
        return [item for item in self.items if item.is_submitted]

    @property
    def missed(self) -> list[PileItem]:
        return [item for item in self.items if item.is_over and not item.is_submitted]

    @property
    def next_up(self) -> PileItem | None:
        """What to open now: a begun review, else a fresh one, else a question to answer."""
        begun = [item for item in self.to_do if item.marked]
        return next(iter([*begun, *self.to_do, *self.to_answer]), None)

    def after(self, public_id: str) -> PileItem | None:
        """The next one still to be done, going round from where the reviewer is."""
        open_ones = [item for item in self.items if item.is_open or item.waits_for_answer]
        keys = [item.public_id for item in self.items]
        here = keys.index(public_id) if public_id in keys else -1
        later = [item for item in open_ones if keys.index(item.public_id) > here]
        return next((item for item in [*later, *open_ones] if item.public_id != public_id), None)

    def within(self, stage_public_id: str) -> list[PileItem]:
        """The pile of one stage, to count places in."""
        return [item for item in self.items if item.stage_public_id == stage_public_id]


def pile(visible: Select[Assignment], *, at: datetime) -> Pile:
    """What is in `loading.visible_to(actor)`: running stages first, soonest closing on top, what belongs to one stage together; six queries."""
    found = db.session.scalars(
        visible.options(
            joinedload(Assignment.entry).joinedload(Entry.stage),
            joinedload(Assignment.entry)
            .selectinload(Entry.organisations)
            .joinedload(EntryOrganisation.organisation),
            joinedload(Assignment.review).selectinload(Review.scores),
        )
        .join(Entry.stage)
        .order_by(ReviewStage.closes_at.asc().nulls_first(), ReviewStage.id, Entry.title, Assignment.id)
    ).all()
    totals = _criteria_per_stage({assignment.entry.stage_id for assignment in found})
    items = [_item(assignment, totals, at) for assignment in found]
    return Pile([*(i for i in items if not i.is_over), *(i for i in reversed(items) if i.is_over)])


def _item(assignment: Assignment, totals: Counter[int], at: datetime) -> PileItem:
    entry, review = assignment.entry, assignment.review
    closes_at = entry.stage.closes_at
    return PileItem(
        public_id=assignment.public_id,
        title=entry.title,
        by=entry.by,
        stage_public_id=entry.stage.public_id,
        stage_title=entry.stage.title,
        closes_at=closes_at,
        state=assignment.state,
        is_submitted=review is not None and review.state is ReviewState.SUBMITTED,
        marked=0 if review is None else sum(_is_answered(score) for score in review.scores),
        of=totals[entry.stage_id],
        is_over=closes_at is not None and at > closes_at,
        is_nomination=entry.stage.is_jury,
    )


def _is_answered(score: Score) -> bool:
    return score.mark is not None or score.not_applicable


def _criteria_per_stage(stage_ids: Iterable[int]) -> Counter[int]:
    statement = (
        select(Criterion.stage_id, func.count())
        .where(Criterion.stage_id.in_(list(stage_ids)))
        .group_by(Criterion.stage_id)
    )
    return Counter(dict(db.session.execute(statement).all()))


def own_marks(assignment: Assignment, *, visible: Select[Assignment]) -> dict[str, Counter[Decimal]]:
    """How often this reviewer gave each mark per criterion elsewhere in the stage: the quiet bars.

    Only of what they may still see: a mark given before a tie came to light is not counted back to them.
    """
    shown = visible.with_only_columns(Assignment.id)
    statement = (
        select(Criterion.key, Score.mark, func.count())
        .join(Score.criterion)
        .join(Score.review)
        .where(
            Criterion.stage_id == assignment.entry.stage_id,
            Review.assignment_id.in_(shown),
            Review.assignment_id != assignment.id,
            Score.mark.is_not(None),
        )
        .group_by(Criterion.key, Score.mark)
    )
    bars: dict[str, Counter[Decimal]] = defaultdict(Counter)
    for key, mark, times in db.session.execute(statement):
        if mark is not None:
            bars[key][mark.normalize()] = times
    return bars

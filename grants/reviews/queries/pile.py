"""What a reviewer has on the desk, and the quiet bars of their own marks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

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


@dataclass(frozen=True)
class PileItem:
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


def pile(visible: Select[tuple[Assignment]]) -> list[PileItem]:
    """What is in `loading.visible_to(actor)`, latest closing first, in a fixed number of queries."""
    found = db.session.scalars(
        visible.options(
            joinedload(Assignment.entry).joinedload(Entry.stage),
            joinedload(Assignment.entry)
            .selectinload(Entry.organisations)
            .joinedload(EntryOrganisation.organisation),
            joinedload(Assignment.review).selectinload(Review.scores),
        )
        .join(Entry.stage)
        .order_by(ReviewStage.closes_at.desc().nulls_last(), Entry.title, Assignment.id)
    ).all()
    totals = _criteria_per_stage({assignment.entry.stage_id for assignment in found})
    return [
        PileItem(
            public_id=a.public_id,
            title=a.entry.title,
            by=a.entry.by,
            stage_public_id=a.entry.stage.public_id,
            stage_title=a.entry.stage.title,
            closes_at=a.entry.stage.closes_at,
            state=a.state,
            is_submitted=a.review is not None and a.review.state is ReviewState.SUBMITTED,
            marked=0 if a.review is None else sum(_is_answered(score) for score in a.review.scores),
            of=totals[a.entry.stage_id],
        )
        for a in found
    ]


def _is_answered(score: Score) -> bool:
    return score.mark is not None or score.not_applicable


def _criteria_per_stage(stage_ids: Iterable[int]) -> Counter[int]:
    statement = (
        select(Criterion.stage_id, func.count())
        .where(Criterion.stage_id.in_(list(stage_ids)))
        .group_by(Criterion.stage_id)
    )
    return Counter(dict(db.session.execute(statement).tuples().all()))


def own_marks(assignment: Assignment) -> dict[str, Counter[Decimal]]:
    """How often this reviewer gave each mark per criterion elsewhere in the stage: the quiet bars."""
    statement = (
        select(Criterion.key, Score.mark, func.count())
        .join(Score.criterion)
        .join(Score.review)
        .join(Review.assignment)
        .where(
            Criterion.stage_id == assignment.entry.stage_id,
            Assignment.reviewer_id == assignment.reviewer_id,
            Assignment.id != assignment.id,
            Score.mark.is_not(None),
        )
        .group_by(Criterion.key, Score.mark)
    )
    bars: dict[str, Counter[Decimal]] = defaultdict(Counter)
    for key, mark, times in db.session.execute(statement).tuples():
        bars[key][Decimal(mark).normalize()] = times
    return bars

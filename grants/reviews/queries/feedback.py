"""What a group hears of its reviews once it may: the score, the mean mark of each criterion, the words without names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from grants.core.db import db
from grants.reviews import scoring
from grants.reviews.models import Assignment, Criterion, Entry, Review, ReviewStage
from grants.reviews.queries.loading import criterion_for_scoring
from grants.reviews.queries.ranking import opinions_on


class MeanMark(Struct, frozen=True):
    """One criterion: its mean over the reviews that count, and how far up its scale that is, of 100."""

    name: Mapping[str, str]
    mark: str
    part: int


class Feedback(Struct, frozen=True):
    """The same figures that were ranked; reviews that were left out count here no more than there."""

    score: str
    reviews: int
    marks: tuple[MeanMark, ...]
    comments: tuple[str, ...]


def feedback_on(subject_kind: str, subject_id: int) -> Feedback | None:
    """Nothing where nobody reviewed. Comments stand in the order of their words, so that no order tells a name."""
    entry = db.session.scalar(
        select(Entry)
        .where(
            Entry.subject_kind == subject_kind,
            Entry.subject_id == subject_id,
            Entry.withdrawn_at.is_(None),
        )
        .options(joinedload(Entry.stage).selectinload(ReviewStage.criteria))
        .order_by(Entry.id.desc())
        .limit(1)
    )
    if entry is None:
        return None
    rubric = [criterion_for_scoring(criterion) for criterion in entry.stage.criteria]
    opinions = opinions_on(entry.stage, rubric, entry_id=entry.id)[entry.id]
    whole = scoring.aggregate(opinions, criteria=rubric, method=entry.stage.aggregate)
    if whole.score is None:
        return None
    standing = [opinion for opinion in opinions if opinion.stands]
    return Feedback(
        score=str(scoring.rounded(whole.score, 2)),
        reviews=whole.n,
        marks=tuple(_mean(criterion, standing) for criterion in entry.stage.criteria),
        comments=_comments(whole.counted),
    )


def _mean(criterion: Criterion, standing: Sequence[scoring.Opinion]) -> MeanMark:
    given = [Fraction(mark) for opinion in standing if (mark := opinion.marks.get(criterion.key)) is not None]
    if not given:
        return MeanMark(criterion.name, "–", 0)
    mean = sum(given, Fraction()) / len(given)
    low, high = Fraction(criterion.minimum), Fraction(criterion.maximum)
    shown: Decimal = scoring.rounded(mean, 1)
    return MeanMark(criterion.name, str(shown), round((mean - low) / (high - low) * 100))


def _comments(counted: Sequence[str]) -> tuple[str, ...]:
    found = db.session.scalars(
        select(Review.comment)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(Assignment.public_id.in_(counted), Review.comment != "")
    )
    return tuple(sorted(found))

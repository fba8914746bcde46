"""The order of entries, computed from the marks that stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from grants.core.db import db
from grants.core.policy import Actor
from grants.organisations import walls
from grants.reviews import scoring
from grants.reviews.models import (
    Assignment,
    AssignmentState,
    Entry,
    EntryOrganisation,
    Review,
    ReviewStage,
    ReviewState,
    Score,
)
from grants.reviews.policies import beyond_the_wall
from grants.reviews.queries.loading import criterion_for_scoring


class RankedEntry(Struct, frozen=True):
    """A line of the ranking: the entry and everything shown beside its score."""

    rank: int | None
    entry_id: int
    public_id: str
    subject_id: int
    title: str
    by: Mapping[str, str]
    aggregate: scoring.Aggregate
    passes: bool | None

    @property
    def score(self) -> str:
        """For reading: two places. The order is made at four."""
        return _shown(self.aggregate.score)

    @property
    def sd(self) -> str:
        value = self.aggregate.sd
        return "" if value is None else str(value.quantize(Decimal("0.1"), ROUND_HALF_EVEN))

    @property
    def span(self) -> str:
        """Lowest and highest score, when there is more than one."""
        if self.aggregate.n < 2 or self.aggregate.range is None:  # noqa: PLR2004 - a range needs two ends
            return ""
        return f"{_shown(self.aggregate.lowest, 1)}–{_shown(self.aggregate.highest, 1)}"


def _shown(value: Fraction | None, places: int = 2) -> str:
    return "–" if value is None else str(scoring.rounded(value, places))


def ranking(stage: ReviewStage, *, seen_by: Actor) -> list[RankedEntry]:
    """Best first with ties as engine 2.3 orders them; entries behind the reader's wall are left out.

    Five queries however many entries there are. Reviews by people with a standing tie count nowhere.
    """
    entries = db.session.scalars(
        select(Entry)
        .where(Entry.stage_id == stage.id, Entry.withdrawn_at.is_(None), beyond_the_wall(seen_by))
        .options(selectinload(Entry.organisations).joinedload(EntryOrganisation.organisation))
        .order_by(Entry.id)
    ).all()
    rubric = [criterion_for_scoring(criterion) for criterion in stage.criteria]
    opinions = opinions_on(stage, rubric)
    sums = {
        entry.public_id: scoring.aggregate(
            opinions[entry.id], criteria=rubric, method=stage.aggregate, min_reviews=stage.reviews_per_entry
        )
        for entry in entries
    }
    placed = scoring.ranking(
        (scoring.Standing(key, a.score, a.top, a.sd, a.n) for key, a in sums.items()), call_id=stage.public_id
    )
    by_key = {entry.public_id: entry for entry in entries}
    return [
        RankedEntry(
            rank=place.rank,
            entry_id=by_key[place.entry_id].id,
            public_id=place.entry_id,
            subject_id=by_key[place.entry_id].subject_id,
            title=by_key[place.entry_id].title,
            by=by_key[place.entry_id].by,
            aggregate=sums[place.entry_id],
            passes=_passes(stage, sums[place.entry_id].score),
        )
        for place in placed
    ]


def _passes(stage: ReviewStage, score: Fraction | None) -> bool | None:
    if stage.pass_score is None or score is None:
        return None
    return score >= Fraction(stage.pass_score)


def opinions_on(
    stage: ReviewStage, rubric: Sequence[scoring.Criterion], *, entry_id: int | None = None
) -> dict[int, list[scoring.Opinion]]:
    """By entry, what everybody asked has said, and who counts; of the whole round, or of one entry."""
    wanted = Entry.stage_id == stage.id if entry_id is None else Entry.id == entry_id
    assignments = db.session.scalars(
        select(Assignment)
        .join(Assignment.entry)
        .where(wanted, Assignment.state.not_in((AssignmentState.PROPOSED,)))
        .options(
            joinedload(Assignment.reviewer),
            joinedload(Assignment.review).selectinload(Review.scores).joinedload(Score.criterion),
        )
        .order_by(Assignment.id)
    ).all()
    tied = _standing_ties(stage)
    found: dict[int, list[scoring.Opinion]] = defaultdict(list)
    for assignment in assignments:
        is_tied = (assignment.entry_id, assignment.reviewer.user_id) in tied
        found[assignment.entry_id].append(_opinion(assignment, rubric, stage, is_tied=is_tied))
    return found


def _standing_ties(stage: ReviewStage) -> set[tuple[int, int]]:
    ties = walls.standing_ties().subquery()
    statement = (
        select(EntryOrganisation.entry_id, ties.c.user_id)
        .join(ties, ties.c.organisation_id == EntryOrganisation.organisation_id)
        .join(Entry, Entry.id == EntryOrganisation.entry_id)
        .where(Entry.stage_id == stage.id)
    )
    return set(db.session.execute(statement))


_AWAY = {
    AssignmentState.RECUSED: scoring.Struck.RECUSED,
    AssignmentState.DECLINED: scoring.Struck.WITHDRAWN,
    AssignmentState.WITHDRAWN: scoring.Struck.WITHDRAWN,
}


def _opinion(
    assignment: Assignment, rubric: Sequence[scoring.Criterion], stage: ReviewStage, *, is_tied: bool
) -> scoring.Opinion:
    review = assignment.review
    struck = scoring.Struck.CONFLICT if is_tied else _AWAY.get(assignment.state)
    marks = {} if review is None else {score.criterion.key: score.mark for score in review.scores}
    skipped = frozenset(s.criterion.key for s in review.scores if s.not_applicable) if review else frozenset()
    sent_in = review is not None and review.state is ReviewState.SUBMITTED
    scored = scoring.score_of_review(rubric, marks, missing=stage.missing_rule, not_applicable=skipped)
    return scoring.Opinion(
        reviewer=assignment.public_id,
        score=scored.value if sent_in else None,
        stage=scoring.Stage.SUBMITTED if sent_in else scoring.Stage.PENDING,
        struck=struck or (review.struck_reason if review else None),
        marks=marks,
    )

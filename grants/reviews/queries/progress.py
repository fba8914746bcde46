"""How far a stage is: per entry who was asked and who has finished, per reviewer what is still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from grants.core.db import db
from grants.core.policy import Actor
from grants.reviews.fields import AssignmentState, ReviewState
from grants.reviews.lifecycle import LIVE
from grants.reviews.models import (
    AWARDS,
    Assignment,
    Entry,
    EntryOrganisation,
    Review,
    Reviewer,
    ReviewStage,
)
from grants.reviews.policies import beyond_the_wall


class Asked(Struct, frozen=True):
    """One reviewer beside one entry. `step`: chosen, asked, at_work, done, late, declined, recused, withdrawn, struck."""

    public_id: str
    reviewer_id: int
    name: str
    is_external: bool
    step: str
    reason: str
    submitted_at: datetime | None

    @property
    def is_live(self) -> bool:
        return self.step in {"chosen", "asked", "at_work", "late", "done"}


class EntryProgress(Struct, frozen=True):
    """One entry of the stage and everybody who was chosen for it."""

    public_id: str
    title: str
    by: Mapping[str, str]
    topics: tuple[str, ...]
    asked: tuple[Asked, ...]
    needed: int

    @property
    def live(self) -> tuple[Asked, ...]:
        return tuple(one for one in self.asked if one.is_live)

    @property
    def done(self) -> int:
        return sum(one.step == "done" for one in self.asked)

    @property
    def lacks(self) -> int:
        return max(0, self.needed - len(self.live))

    @property
    def is_late(self) -> bool:
        return any(one.step == "late" for one in self.asked)


class ReviewerProgress(Struct, frozen=True):
    """One reviewer over the whole stage."""

    name: str
    is_external: bool
    given: int
    unanswered: int
    done: int
    late: int


class StageProgress(Struct, frozen=True):
    """What the officer looks at. Entries behind the reader's wall are in no row and no count."""

    entries: Sequence[EntryProgress]
    reviewers: Sequence[ReviewerProgress]

    @property
    def to_invite(self) -> int:
        return self._count("chosen")

    @property
    def unanswered(self) -> int:
        return self._count("asked")

    @property
    def given(self) -> int:
        return sum(len(entry.live) for entry in self.entries)

    @property
    def done(self) -> int:
        return sum(entry.done for entry in self.entries)

    @property
    def late(self) -> int:
        return self._count("late")

    @property
    def lacking(self) -> int:
        return sum(entry.lacks > 0 for entry in self.entries)

    def _count(self, step: str) -> int:
        return sum(one.step == step for entry in self.entries for one in entry.asked)


class StageRow(Struct, frozen=True):
    """One stage in the list of stages."""

    public_id: str
    title: Mapping[str, str]
    opens_at: datetime | None
    closes_at: datetime | None
    is_jury: bool
    entries: int
    given: int
    done: int


def progress(stage: ReviewStage, *, seen_by: Actor, at: datetime) -> StageProgress:
    """Four queries however many entries there are."""
    entries = db.session.scalars(
        select(Entry)
        .where(Entry.stage_id == stage.id, Entry.withdrawn_at.is_(None), beyond_the_wall(seen_by))
        .options(
            selectinload(Entry.organisations).joinedload(EntryOrganisation.organisation),
            selectinload(Entry.assignments).options(
                joinedload(Assignment.reviewer).joinedload(Reviewer.user), joinedload(Assignment.review)
            ),
        )
        .order_by(Entry.title, Entry.id)
    ).all()
    rows = [_entry(entry, stage, at) for entry in entries]
    return StageProgress(rows, _by_reviewer(rows))


def _entry(entry: Entry, stage: ReviewStage, at: datetime) -> EntryProgress:
    asked = [
        _asked(assignment, stage, at) for assignment in sorted(entry.assignments, key=lambda row: row.id)
    ]
    return EntryProgress(
        public_id=entry.public_id,
        title=entry.title,
        by=entry.by,
        topics=tuple(entry.topics),
        asked=tuple(asked),
        needed=stage.reviews_per_entry,
    )


def _asked(assignment: Assignment, stage: ReviewStage, at: datetime) -> Asked:
    review = assignment.review
    return Asked(
        public_id=assignment.public_id,
        reviewer_id=assignment.reviewer_id,
        name=assignment.reviewer.user.name,
        is_external=assignment.reviewer.is_external,
        step=step_of(assignment, review, stage, at),
        reason=assignment.reason,
        submitted_at=review.submitted_at if review else None,
    )


def step_of(assignment: Assignment, review: Review | None, stage: ReviewStage, at: datetime) -> str:
    """Where one reviewer stands with one entry, in one word."""
    if assignment.state not in LIVE:
        return assignment.state.value
    if review is not None and review.struck_at is not None:
        return "struck"
    if review is not None and review.state is ReviewState.SUBMITTED:
        return "done"
    if assignment.state is AssignmentState.PROPOSED:
        return "chosen"
    if stage.closes_at is not None and at > stage.closes_at:
        return "late"
    return "asked" if assignment.state is AssignmentState.INVITED else "at_work"


def _by_reviewer(rows: Iterable[EntryProgress]) -> list[ReviewerProgress]:
    given: dict[tuple[str, int], list[Asked]] = defaultdict(list)
    for row in rows:
        for one in row.live:
            given[one.name, one.reviewer_id].append(one)
    return [
        ReviewerProgress(
            name=name,
            is_external=work[0].is_external,
            given=len(work),
            unanswered=sum(one.step == "asked" for one in work),
            done=sum(one.step == "done" for one in work),
            late=sum(one.step == "late" for one in work),
        )
        for (name, _), work in sorted(given.items())
    ]


def stages(visible: Select[ReviewStage], *, seen_by: Actor) -> list[StageRow]:
    """The stages somebody may look into, the one that closes last on top, with their counts in one query."""
    submitted = (Review.state == ReviewState.SUBMITTED) & Review.struck_at.is_(None)
    statement = (
        visible.outerjoin(
            Entry,
            (Entry.stage_id == ReviewStage.id) & Entry.withdrawn_at.is_(None) & beyond_the_wall(seen_by),
        )
        .outerjoin(Assignment, (Assignment.entry_id == Entry.id) & Assignment.state.in_(LIVE))
        .outerjoin(Review, (Review.assignment_id == Assignment.id) & submitted)
        .with_only_columns(
            ReviewStage.public_id,
            ReviewStage.title,
            ReviewStage.opens_at,
            ReviewStage.closes_at,
            ReviewStage.holder_kind == AWARDS,
            func.count(Entry.id.distinct()),
            func.count(Assignment.id),
            func.count(Review.id),
        )
        .group_by(ReviewStage.id)
        .order_by(ReviewStage.closes_at.desc().nulls_last(), ReviewStage.id.desc())
    )
    rows: Any = db.session.execute(statement)  # more columns than the library's types can count
    return [StageRow(*row) for row in rows]

"""Single things by their public id, and what an actor may see of them."""

from __future__ import annotations

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from grants.accounts.models import User
from grants.core.db import db
from grants.core.errors import existing
from grants.core.holding import anew, hold
from grants.core.policy import Actor
from grants.organisations import walls
from grants.organisations.models import Organisation
from grants.reviews import scoring
from grants.reviews.fields import AssignmentState
from grants.reviews.models import (
    AWARDS,
    Assignment,
    Criterion,
    Entry,
    EntryOrganisation,
    Review,
    Reviewer,
    ReviewStage,
    Score,
)
from grants.reviews.policies import SHOWN, beyond_the_wall
from grants.reviews.rules import Line


def stage_by_public_id(public_id: str) -> ReviewStage:
    statement = (
        select(ReviewStage)
        .where(ReviewStage.public_id == public_id)
        .options(selectinload(ReviewStage.criteria))
    )
    return existing(db.session.scalar(statement))


def stage_of(holder_kind: str, holder_id: int) -> ReviewStage | None:
    statement = (
        select(ReviewStage)
        .where(ReviewStage.holder_kind == holder_kind, ReviewStage.holder_id == holder_id)
        .order_by(ReviewStage.id)
        .options(selectinload(ReviewStage.criteria))
    )
    return db.session.scalars(statement).first()


def entry_by_public_id(public_id: str) -> Entry:
    return existing(db.session.scalar(_whole_entry().where(Entry.public_id == public_id)))


def entry_for_writing(public_id: str) -> Entry:
    """The same, held: two officers choose one after the other."""
    hold(Entry, db.session.scalars(select(Entry.id).where(Entry.public_id == public_id)))
    return entry_by_public_id(public_id)


def entry_of(subject_kind: str, subject_id: int) -> Entry | None:
    """The newest entry made of a subject."""
    statement = _whole_entry().where(Entry.subject_kind == subject_kind, Entry.subject_id == subject_id)
    return db.session.scalars(statement.order_by(Entry.id.desc())).first()


def _whole_entry() -> Select[Entry]:
    return select(Entry).options(
        joinedload(Entry.stage).selectinload(ReviewStage.criteria),
        selectinload(Entry.organisations).joinedload(EntryOrganisation.organisation),
    )


def assignment_for_writing(public_id: str) -> Assignment:
    """The same, its reviewer held: what somebody has to judge changes one after another."""
    whose = select(Reviewer.user_id).join(Assignment).where(Assignment.public_id == public_id)
    hold(User, db.session.scalars(whose))
    return assignment_by_public_id(public_id)


def as_it_stands(assignment: Assignment) -> Assignment:
    """The same for one that was loaded already; read anew unless its reviewer was held before."""
    whose = select(Reviewer.user_id).where(Reviewer.id == assignment.reviewer_id)
    if hold(User, db.session.scalars(whose)):
        assignment = anew(assignment, *_whole_assignment())
    return assignment


def assignment_by_public_id(public_id: str) -> Assignment:
    statement = select(Assignment).where(Assignment.public_id == public_id).options(*_whole_assignment())
    return existing(db.session.scalar(statement))


def _whole_assignment() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(Assignment.entry).joinedload(Entry.stage).selectinload(ReviewStage.criteria),
        joinedload(Assignment.entry)
        .selectinload(Entry.organisations)
        .joinedload(EntryOrganisation.organisation)
        .joinedload(Organisation.host),
        joinedload(Assignment.reviewer).joinedload(Reviewer.user),
        joinedload(Assignment.review).selectinload(Review.scores).joinedload(Score.criterion),
    )


def lines_of(stage: ReviewStage) -> tuple[Line, ...]:
    """The rubric as the rules read it."""
    return tuple(Line(c.key, c.name, c.minimum, c.maximum, c.step, c.required) for c in stage.criteria)


def criterion_for_scoring(row: Criterion) -> scoring.Criterion:
    """A line of the rubric as the arithmetic reads it."""
    return scoring.Criterion(
        id=row.key,
        weight=row.weight,
        minimum=row.minimum,
        maximum=row.maximum,
        better=row.better,
        required=row.required,
        floor=row.floor,
    )


def visible_to(actor: Actor) -> Select[Assignment]:
    """Every assignment the actor may open: the SQL twin of the policy `assignment.view`."""
    return (
        select(Assignment)
        .join(Assignment.entry)
        .join(Assignment.reviewer)
        .where(
            Reviewer.user_id == actor.user_id,
            Assignment.state.in_(SHOWN),
            Entry.withdrawn_at.is_(None),
            beyond_the_wall(actor),
        )
    )


def visible_entries(actor: Actor) -> Select[Entry]:
    """Every entry the actor may read as a reviewer: theirs, taken, and not behind their wall."""
    mine = visible_to(actor).where(Assignment.state == AssignmentState.ACCEPTED)
    return select(Entry).where(Entry.id.in_(mine.with_only_columns(Assignment.entry_id)))


def readers_of(subject_kind: str, subject_id: int) -> frozenset[int]:
    """The users who may read a subject and its files because they judge it now (the same wall, for file doors)."""
    ties = walls.standing_ties().subquery()
    tied = (
        select(ties.c.user_id)
        .join(EntryOrganisation, EntryOrganisation.organisation_id == ties.c.organisation_id)
        .where(EntryOrganisation.entry_id == Entry.id, ties.c.user_id == Reviewer.user_id)
    )
    statement = (
        select(Reviewer.user_id)
        .join(Assignment, Assignment.reviewer_id == Reviewer.id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .where(
            Entry.subject_kind == subject_kind,
            Entry.subject_id == subject_id,
            Entry.withdrawn_at.is_(None),
            Assignment.state == AssignmentState.ACCEPTED,
            ~tied.exists(),
        )
    )
    return frozenset(db.session.scalars(statement))


def stages_visible_to(actor: Actor) -> Select[ReviewStage]:
    """Every stage the actor may look into: the SQL twin of `review_stage.view`."""
    statement = select(ReviewStage)
    if actor.holds("auditor") or actor.holds_everywhere("director"):
        return statement
    calls = ReviewStage.holder_kind != AWARDS
    reach = [
        ReviewStage.holder_kind == AWARDS if actor.holds_everywhere("awards") else false(),
        calls if actor.holds_everywhere("officer") else false(),
        (ReviewStage.holder_kind == "call")
        & ReviewStage.holder_id.in_(actor.ids("call", "director", "officer")),
    ]
    return statement.where(or_(*reach))

"""Single things by their public id, and what an actor may see of them."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.policy import Actor
from grants.reviews.models import Assignment, Entry, Review, Reviewer, ReviewStage, Score
from grants.reviews.policies import SHOWN, beyond_the_wall
from grants.reviews.rules import Line

Found = TypeVar("Found")


def stage_by_public_id(public_id: str) -> ReviewStage:
    statement = (
        select(ReviewStage)
        .where(ReviewStage.public_id == public_id)
        .options(selectinload(ReviewStage.criteria))
    )
    return _one(db.session.scalar(statement))


def stage_of(holder_kind: str, holder_id: int) -> ReviewStage | None:
    statement = (
        select(ReviewStage)
        .where(ReviewStage.holder_kind == holder_kind, ReviewStage.holder_id == holder_id)
        .order_by(ReviewStage.id)
        .options(selectinload(ReviewStage.criteria))
    )
    return db.session.scalars(statement).first()


def entry_by_public_id(public_id: str) -> Entry:
    return _one(db.session.scalar(_whole_entry().where(Entry.public_id == public_id)))


def entry_of(subject_kind: str, subject_id: int) -> Entry | None:
    """The newest entry made of a subject."""
    statement = _whole_entry().where(Entry.subject_kind == subject_kind, Entry.subject_id == subject_id)
    return db.session.scalars(statement.order_by(Entry.id.desc())).first()


def _whole_entry() -> Select[tuple[Entry]]:
    return select(Entry).options(
        joinedload(Entry.stage).selectinload(ReviewStage.criteria), selectinload(Entry.organisations)
    )


def assignment_by_public_id(public_id: str) -> Assignment:
    statement = (
        select(Assignment)
        .where(Assignment.public_id == public_id)
        .options(
            joinedload(Assignment.entry).joinedload(Entry.stage).selectinload(ReviewStage.criteria),
            joinedload(Assignment.entry).selectinload(Entry.organisations),
            joinedload(Assignment.reviewer).joinedload(Reviewer.user),
            joinedload(Assignment.review).selectinload(Review.scores).joinedload(Score.criterion),
        )
    )
    return _one(db.session.scalar(statement))


def _one(found: Found | None) -> Found:
    if found is None:
        raise NotFound
    return found


def lines_of(stage: ReviewStage) -> tuple[Line, ...]:
    """The rubric as the rules read it."""
    return tuple(Line(c.key, c.name, c.minimum, c.maximum, c.step, c.required) for c in stage.criteria)


def visible_to(actor: Actor) -> Select[tuple[Assignment]]:
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

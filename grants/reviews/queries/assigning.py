"""Who could be asked, and who was."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from grants.accounts.models import User
from grants.core.db import db
from grants.organisations.models import Conflict
from grants.reviews.lifecycle import LIVE
from grants.reviews.models import Assignment, Entry, Reviewer, ReviewStage
from grants.reviews.rules import STANDING_TIES, Candidate


def candidates(entry: Entry, *, on: date) -> list[Candidate]:
    """The pool beside one entry: who is tied to it, who is still in term."""
    behind = [organisation.organisation_id for organisation in entry.organisations]
    tied = set(
        db.session.scalars(
            select(Conflict.user_id).where(
                Conflict.organisation_id.in_(behind), Conflict.state.in_(STANDING_TIES)
            )
        )
    )
    pool = db.session.execute(
        select(Reviewer, User.name).join(User, User.id == Reviewer.user_id).order_by(User.name, Reviewer.id)
    ).tuples()
    return [
        Candidate(
            reviewer_id=reviewer.id,
            name=name,
            is_external=reviewer.is_external,
            is_conflicted=reviewer.user_id in tied,
            in_term=reviewer.term_until is None or reviewer.term_until >= on,
        )
        for reviewer, name in pool
    ]


def live_assignments(stage: ReviewStage) -> list[Assignment]:
    statement = (
        select(Assignment)
        .join(Assignment.entry)
        .where(Entry.stage_id == stage.id, Assignment.state.in_(LIVE))
        .options(
            joinedload(Assignment.reviewer).joinedload(Reviewer.user),
            joinedload(Assignment.review),
            joinedload(Assignment.entry).joinedload(Entry.stage),
            joinedload(Assignment.entry).selectinload(Entry.organisations),
        )
        .order_by(Assignment.entry_id, Assignment.id)
    )
    return list(db.session.scalars(statement))


def assignments_of(entry: Entry) -> list[Assignment]:
    """Everybody who was ever chosen for an entry."""
    statement = (
        select(Assignment)
        .where(Assignment.entry_id == entry.id)
        .options(
            joinedload(Assignment.reviewer).joinedload(Reviewer.user),
            joinedload(Assignment.review),
            joinedload(Assignment.entry).joinedload(Entry.stage),
            joinedload(Assignment.entry).selectinload(Entry.organisations),
        )
        .order_by(Assignment.id)
    )
    return list(db.session.scalars(statement))

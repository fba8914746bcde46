"""Who could be asked, and who was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from grants.accounts import queries as people
from grants.accounts.models import User
from grants.core.db import db
from grants.core.holding import forget, hold
from grants.organisations import walls
from grants.organisations.walls import HANDLERS
from grants.reviews.lifecycle import LIVE
from grants.reviews.models import Assignment, Entry, EntryOrganisation, Review, Reviewer, ReviewStage
from grants.reviews.rules import Candidate


def candidates(entry: Entry, *, on: date) -> list[Candidate]:
    """The pool beside one entry, those one would ask first on top; four queries."""
    behind = [organisation.organisation_id for organisation in entry.organisations]
    tied = frozenset[int]().union(*walls.tied_people(behind).values())
    known = {assignment.reviewer_id: assignment for assignment in assignments_of(entry)}
    loads = _loads(entry)
    pool = db.session.execute(
        select(Reviewer, User.name).join(User, User.id == Reviewer.user_id).order_by(User.name, Reviewer.id)
    )
    found = [
        _candidate(reviewer, name, entry, on, reviewer.user_id in tied, loads, known.get(reviewer.id))
        for reviewer, name in pool
    ]
    return sorted(found, key=lambda c: (not c.may_be_asked, -len(c.matching), c.load, c.name, c.reviewer_id))


def _candidate(
    reviewer: Reviewer,
    name: str,
    entry: Entry,
    on: date,
    is_tied: bool,
    loads: Counter[int],
    known: Assignment | None,
) -> Candidate:
    return Candidate(
        reviewer_id=reviewer.id,
        name=name,
        is_external=reviewer.is_external,
        is_conflicted=is_tied,
        in_term=reviewer.term_until is None or reviewer.term_until >= on,
        term_until=reviewer.term_until,
        affiliation=reviewer.affiliation,
        expertise=tuple(reviewer.expertise),
        matching=tuple(topic for topic in entry.topics if topic in reviewer.expertise),
        load=loads[reviewer.id],
        known=known.state if known else None,
        is_struck=known is not None and known.review is not None and known.review.struck_at is not None,
    )


def _loads(entry: Entry) -> Counter[int]:
    """How many other entries of its stage lie on each desk."""
    statement = (
        select(Assignment.reviewer_id, func.count())
        .join(Assignment.entry)
        .where(
            Entry.stage_id == entry.stage_id,
            Entry.withdrawn_at.is_(None),
            Entry.id != entry.id,
            Assignment.state.in_(LIVE),
        )
        .group_by(Assignment.reviewer_id)
    )
    return Counter(dict(db.session.execute(statement).all()))


def live_assignments(stage: ReviewStage) -> list[Assignment]:
    """Everybody chosen, asked or at work in a stage, whoever may see it."""
    statement = (
        _with_people()
        .join(Assignment.entry)
        .where(Entry.stage_id == stage.id, Entry.withdrawn_at.is_(None), Assignment.state.in_(LIVE))
    )
    return list(db.session.scalars(statement.order_by(Assignment.entry_id, Assignment.id)))


def assignments_of(entry: Entry) -> list[Assignment]:
    """Everybody who was ever chosen for an entry."""
    statement = _with_people().where(Assignment.entry_id == entry.id)
    return list(db.session.scalars(statement.order_by(Assignment.id)))


def _with_people() -> Select[Assignment]:
    return select(Assignment).options(
        joinedload(Assignment.reviewer).joinedload(Reviewer.user),
        joinedload(Assignment.review).selectinload(Review.scores),
        joinedload(Assignment.entry).joinedload(Entry.stage),
        joinedload(Assignment.entry).selectinload(Entry.organisations),
    )


def hold_work(found: Sequence[Assignment]) -> None:
    """These people answer, write and send in nothing until we have ended; the next query reads how it stands now."""
    if hold(User, {assignment.reviewer.user_id for assignment in found}):
        forget([assignment.review for assignment in found if assignment.review is not None])
        forget(found, "review")


def everybody_concerned(entry: Entry, reviewer_ids: Collection[int]) -> list[int]:
    """Who was asked about an entry and who is to be: their user ids."""
    asked = select(Assignment.reviewer_id).where(Assignment.entry_id == entry.id)
    return user_ids([*reviewer_ids, *db.session.scalars(asked)])


def given_to(user_ids: Collection[int], organisation_id: int) -> list[Assignment]:
    """What these people were ever given to judge of an organisation, or of a group it hosts, in every stage."""
    behind = select(EntryOrganisation.entry_id).where(
        EntryOrganisation.organisation_id.in_(walls.hosted_by(organisation_id))
    )
    statement = (
        _with_people()
        .join(Assignment.reviewer)
        .where(Reviewer.user_id.in_(user_ids), Assignment.entry_id.in_(behind))
    )
    return list(db.session.scalars(statement.order_by(Assignment.id)))


def user_ids(reviewer_ids: Collection[int] | None = None) -> list[int]:
    """The people of the pool, or these of it."""
    statement = select(Reviewer.user_id).order_by(Reviewer.user_id)
    if reviewer_ids is not None:
        statement = statement.where(Reviewer.id.in_(list(reviewer_ids)))
    return list(db.session.scalars(statement))


def who_handles() -> list[int]:
    """Everybody who judges, decides on or handles what groups ask for: the pool, the staff, the board, the districts."""
    return sorted({*user_ids(), *people.holders_of(*HANDLERS)})


def organisations_in_judging() -> list[int]:
    """Everybody who stands behind an entry that was not taken out."""
    statement = (
        select(EntryOrganisation.organisation_id)
        .join(EntryOrganisation.entry)
        .where(Entry.withdrawn_at.is_(None))
        .distinct()
    )
    return sorted(db.session.scalars(statement))


def reviewer_of(user_id: int) -> Reviewer | None:
    return db.session.scalar(select(Reviewer).where(Reviewer.user_id == user_id))


def is_in_pool(user_id: int) -> bool:
    return reviewer_of(user_id) is not None


def handles(user_id: int) -> bool:
    return is_in_pool(user_id) or user_id in people.holders_of(*HANDLERS)

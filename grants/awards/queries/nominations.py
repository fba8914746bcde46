"""Nominations: one with its page, mine, a category's with the jury's marks, those of a cycle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from grants.awards.fields import NominationState
from grants.awards.models import AwardCategory, AwardCycle, Nomination
from grants.awards.policies import MEMBERS, READERS
from grants.awards.rules.scores import Parts, Weights
from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.holding import anew, hold
from grants.core.policy import Actor
from grants.documents import queries as documents
from grants.documents.models import Document
from grants.reviews import scoring
from grants.reviews.models import ReviewStage
from grants.reviews.queries import ranking as judged

GUARDIAN = "consent"


class Standing(Struct, frozen=True):
    """One nomination in its category: the place, and both parts of the score."""

    nomination: Nomination
    place: int | None = None
    parts: Parts | None = None
    reviews: int = 0
    pending: int = 0


def beyond_the_wall(actor: Actor) -> ColumnElement[bool]:
    walls = actor.ids("organisation", "conflicted")
    if not walls:
        return true()
    other_nominator = or_(
        Nomination.by_organisation_id.is_(None), Nomination.by_organisation_id.not_in(walls)
    )
    return Nomination.nominee_organisation_id.not_in(walls) & other_nominator


def visible_to(actor: Actor) -> Select[Nomination]:
    """The SQL twin of `nomination.view`."""
    own = actor.ids("organisation", *MEMBERS)
    of_its_group = Nomination.by_organisation_id.in_(own) if own else false()
    of_staff = beyond_the_wall(actor) if actor.holds_everywhere(*READERS) else false()
    return select(Nomination).where(or_(of_its_group, of_staff))


def _with_its_page(query: Select[Nomination]) -> Select[Nomination]:
    return query.options(*_its_page())


def _its_page() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(Nomination.category).joinedload(AwardCategory.cycle).joinedload(AwardCycle.fund),
        joinedload(Nomination.category).joinedload(AwardCategory.stage).selectinload(ReviewStage.criteria),
        joinedload(Nomination.by_organisation),
        joinedload(Nomination.nominee_organisation),
        joinedload(Nomination.certificate),
    )


def by_public_id(public_id: str) -> Nomination:
    return _found(_with_its_page(select(Nomination).where(Nomination.public_id == public_id)))


def by_id(number: int) -> Nomination:
    return _found(_with_its_page(select(Nomination).where(Nomination.id == number)))


def for_writing(nomination: Nomination) -> Nomination:
    """The nomination as it stands now: those of one year change one after another."""
    of_category = AwardCategory.id == nomination.category_id
    hold(AwardCycle, db.session.scalars(select(AwardCategory.cycle_id).where(of_category)))
    return anew(nomination, *_its_page())


def _found(query: Select[Nomination]) -> Nomination:
    row = db.session.scalar(query)
    if row is None:
        raise NotFound
    return row


def mine(actor: Actor) -> Sequence[Nomination]:
    """What the groups of this person nominated, the newest first."""
    own = actor.ids("organisation", *MEMBERS)
    if not own:
        return ()
    query = select(Nomination).where(Nomination.by_organisation_id.in_(own))
    return db.session.scalars(_with_its_page(query).order_by(Nomination.id.desc()).limit(200)).all()


def already(category_id: int, kind: str, number: int) -> Nomination | None:
    return db.session.scalar(
        select(Nomination).where(
            Nomination.category_id == category_id,
            Nomination.nominee_kind == kind,
            Nomination.nominee_id == number,
        )
    )


def of_cycle(cycle_id: int, *states: NominationState) -> Sequence[Nomination]:
    """In the order of the categories, then of the scores."""
    query = (
        select(Nomination)
        .join(Nomination.category)
        .where(AwardCategory.cycle_id == cycle_id, Nomination.state.in_(states))
        .order_by(AwardCategory.position, AwardCategory.id, Nomination.score.desc(), Nomination.id)
    )
    return db.session.scalars(_with_its_page(query)).all()


def guardian_files(nomination: Nomination) -> Sequence[Document]:
    return documents.documents_of(nomination, purpose=GUARDIAN)


def chosen_count(category_id: int) -> int:
    states = (NominationState.SHORTLISTED, NominationState.WON)
    found = select(Nomination.id).where(Nomination.category_id == category_id, Nomination.state.in_(states))
    return len(db.session.scalars(found).all())


def standings(category: AwardCategory, *, seen_by: Actor) -> list[Standing]:
    """Best first, ties as the review engine orders them; those not before the jury come after, by name."""
    query = (visible_to(seen_by) if not seen_by.is_system else select(Nomination)).where(
        Nomination.category_id == category.id
    )
    rows = {row.id: row for row in db.session.scalars(_with_its_page(query).order_by(Nomination.id))}
    ranked = _ranked(category, rows, seen_by)
    placed = {standing.nomination.id for standing in ranked}
    return ranked + [Standing(row) for row in rows.values() if row.id not in placed]


def _ranked(category: AwardCategory, rows: Mapping[int, Nomination], seen_by: Actor) -> list[Standing]:
    if category.stage is None:
        return []
    weights = Weights.of(category.weights)
    entries = {
        row.public_id: row
        for row in judged.ranking(category.stage, seen_by=seen_by)
        if row.subject_id in rows and rows[row.subject_id].state is not NominationState.WITHDRAWN
    }
    parts = {
        key: Parts(weights, row.aggregate.score, int(rows[row.subject_id].facts.get("minutes", 0)))
        for key, row in entries.items()
    }
    order = scoring.ranking(
        (
            scoring.Standing(key, parts[key].final, row.aggregate.top, row.aggregate.sd, row.aggregate.n)
            for key, row in entries.items()
        ),
        call_id=category.stage.public_id,
    )
    return [
        Standing(
            rows[entries[place.entry_id].subject_id],
            place.rank,
            parts[place.entry_id],
            entries[place.entry_id].aggregate.n,
            entries[place.entry_id].aggregate.pending,
        )
        for place in order
    ]

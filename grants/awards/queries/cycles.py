"""Cycles and categories, loaded with what their pages show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from grants.awards.fields import CycleState, NominationState
from grants.awards.models import AwardCategory, AwardCycle, Nomination
from grants.awards.policies import READERS
from grants.awards.rules.cycles import Cost, Window, window_from
from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.holding import forget, hold
from grants.core.policy import Actor
from grants.notices.models import Notice
from grants.reviews.models import ReviewStage

HOLDER = "award_cycle"
_SENT_IN = (
    NominationState.SUBMITTED,
    NominationState.SHORTLISTED,
    NominationState.DROPPED,
    NominationState.WON,
)


class Counts(Struct, frozen=True):
    """How many nominations of a category there are, and how far."""

    drafts: int = 0
    sent_in: int = 0
    chosen: int = 0


def visible_to(actor: Actor) -> Select[AwardCycle]:
    """The SQL twin of `award_cycle.view`."""
    is_open = AwardCycle.state != CycleState.DRAFT
    everything = actor.holds_everywhere(*READERS)
    shown = true() if everything else is_open
    return select(AwardCycle).where(shown if actor.is_authenticated else AwardCycle.id < 0)


def cycles(actor: Actor) -> Sequence[AwardCycle]:
    """The newest first, with their categories."""
    return db.session.scalars(
        visible_to(actor)
        .options(selectinload(AwardCycle.categories))
        .order_by(AwardCycle.period_to.desc(), AwardCycle.id.desc())
        .limit(50)
    ).all()


def by_public_id(public_id: str) -> AwardCycle:
    found = db.session.scalar(select(AwardCycle).where(AwardCycle.public_id == public_id).options(*_whole()))
    if found is None:
        raise NotFound
    return found


def _whole() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(AwardCycle.fund),
        selectinload(AwardCycle.categories)
        .joinedload(AwardCategory.stage)
        .selectinload(ReviewStage.criteria),
    )


def for_writing(cycle: AwardCycle) -> AwardCycle:
    """The cycle as it stands now: nominations, choices and awards of a year change one after another."""
    hold(AwardCycle, [cycle.id])
    address = cycle.public_id
    _forget(cycle)
    return by_public_id(address)


def _forget(cycle: AwardCycle) -> None:
    forget(db.session.scalars(select(AwardCategory).where(AwardCategory.cycle_id == cycle.id)).all())
    forget([cycle], "categories")


def category_by_public_id(public_id: str) -> AwardCategory:
    found = db.session.scalar(
        select(AwardCategory).where(AwardCategory.public_id == public_id).options(*_whole_category())
    )
    if found is None:
        raise NotFound
    return found


def _whole_category() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(AwardCategory.cycle).selectinload(AwardCycle.categories),
        joinedload(AwardCategory.cycle).joinedload(AwardCycle.fund),
        joinedload(AwardCategory.stage).selectinload(ReviewStage.criteria),
    )


def category_for_writing(category: AwardCategory) -> AwardCategory:
    hold(AwardCycle, [category.cycle_id])
    address = category.public_id
    _forget(category.cycle)
    return category_by_public_id(address)


def hold_all() -> None:
    """Whoever changes windows waits for the others: two categories saved at once cannot both fit."""
    hold(AwardCycle, db.session.scalars(select(AwardCycle.id)))


def windows(*, key: str, but: int | None) -> list[Window]:
    """The windows of all other categories with this key, whatever their cycle."""
    rows = db.session.scalars(
        select(AwardCategory)
        .where(AwardCategory.key == key, AwardCategory.id != (but or 0))
        .options(joinedload(AwardCategory.cycle))
    )
    return [window_of(row, row.cycle) for row in rows]


def window_of(category: AwardCategory, cycle: AwardCycle) -> Window:
    begins = window_from(cycle.period_from, cycle.period_to, category.period_years)
    return Window(category.key, category.period_years, begins, cycle.period_to, cycle.number)


def costs(categories: Sequence[AwardCategory], *, but: int | None = None) -> list[Cost]:
    return [Cost(row.prize, row.quota) for row in categories if row.id != but]


def numbers_taken(year: int) -> int:
    """How many cycles of a year there are: the next takes a number after them."""
    return (
        db.session.scalar(
            select(func.count()).select_from(AwardCycle).where(AwardCycle.number.startswith(f"AW{year}"))
        )
        or 0
    )


def counts(cycle: AwardCycle) -> Mapping[int, Counts]:
    """By category, in one query."""
    rows = db.session.execute(
        select(Nomination.category_id, Nomination.state, func.count())
        .join(Nomination.category)
        .where(AwardCategory.cycle_id == cycle.id)
        .group_by(Nomination.category_id, Nomination.state)
    ).all()
    found: dict[int, dict[NominationState, int]] = {}
    for category_id, state, number in rows:
        found.setdefault(category_id, {})[state] = number
    return {key: _counted(states) for key, states in found.items()}


def _counted(states: Mapping[NominationState, int]) -> Counts:
    return Counts(
        states.get(NominationState.DRAFT, 0),
        sum(states.get(state, 0) for state in _SENT_IN),
        states.get(NominationState.SHORTLISTED, 0) + states.get(NominationState.WON, 0),
    )


def notice_of(cycle: AwardCycle) -> Notice | None:
    """The list of this cycle that was shown last."""
    return db.session.scalar(
        select(Notice)
        .where(Notice.holder_kind == HOLDER, Notice.holder_id == cycle.id, Notice.published_at.isnot(None))
        .order_by(Notice.published_at.desc(), Notice.id.desc())
        .limit(1)
    )

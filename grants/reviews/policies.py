"""Who may see, assign and judge. The conflict wall is taken off every door (hard rule 3)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, predicate, the_system
from grants.reviews.models import Assignment, AssignmentState, Entry, EntryOrganisation, ReviewStage

SHOWN = frozenset({AssignmentState.INVITED, AssignmentState.ACCEPTED})


def stage_roles(stage: ReviewStage) -> tuple[str, ...]:
    """Who runs a stage: the officers of a call, the awards desk of a category."""
    return ("director", "awards") if stage.is_jury else ("director", "officer")


@predicate(_l("the officer in charge"))
def the_officer_in_charge(actor: Actor, stage: ReviewStage) -> bool:
    call_id = stage.holder_id if stage.holder_kind == "call" else None
    return actor.holds_within(*stage_roles(stage), call_id=call_id)


@predicate(_l("the auditor"))
def the_auditor(actor: Actor, subject: object) -> bool:
    return actor.holds("auditor")


def tied(actor: Actor, entry: Entry) -> bool:
    """Whether the actor is behind the conflict wall of one of the organisations behind the entry."""
    walls = actor.ids("organisation", "conflicted")
    return bool(walls) and any(behind.organisation_id in walls for behind in entry.organisations)


def beyond_the_wall(actor: Actor) -> ColumnElement[bool]:
    """The same wall in SQL: true for entries the actor has no tie to. Stands here so that the two never part."""
    walls = actor.ids("organisation", "conflicted")
    tied = select(EntryOrganisation.entry_id).where(EntryOrganisation.organisation_id.in_(walls))
    return Entry.id.not_in(tied)


@predicate(_l("the officer in charge"))
def runs_the_stage_of(actor: Actor, entry: Entry) -> bool:
    return the_officer_in_charge(actor, entry.stage) and not tied(actor, entry)


@predicate(_l("the auditor"))
def audits_the_entry(actor: Actor, entry: Entry) -> bool:
    return the_auditor(actor, entry) and not tied(actor, entry)


@predicate(_l("the officer in charge"))
def runs_the_stage_of_the_assignment(actor: Actor, assignment: Assignment) -> bool:
    return runs_the_stage_of(actor, assignment.entry)


@predicate(_l("those who run reviews, and the auditor"))
def looks_into_stages(actor: Actor, subject: object) -> bool:
    return actor.holds("director", "officer", "awards", "auditor")


@predicate(_l("the reviewer who was asked"))
def the_reviewer_asked(actor: Actor, assignment: Assignment) -> bool:
    return (
        actor.user_id is not None
        and assignment.reviewer.user_id == actor.user_id
        and assignment.state in SHOWN
        and assignment.entry.withdrawn_at is None
        and not tied(actor, assignment.entry)
    )


@predicate(_l("a reviewer of the pool"))
def a_reviewer(actor: Actor, subject: object) -> bool:
    return actor.holds("reviewer")


@predicate(_l("the officers of the foundation"))
def keeps_the_pool(actor: Actor, subject: object) -> bool:
    return actor.holds_everywhere("director", "officer", "awards", "admin")


PERMISSIONS = {
    "pool.edit": keeps_the_pool | the_system,
    "review_stage.list": looks_into_stages,
    "review_stage.view": the_officer_in_charge | the_auditor,
    "review_stage.assign": the_officer_in_charge,
    "entry.view": runs_the_stage_of | audits_the_entry,
    "entry.assign": runs_the_stage_of,
    "assignment.view": the_reviewer_asked,
    "review.write": the_reviewer_asked,
    "review.strike": runs_the_stage_of_the_assignment,
    "review.pile": a_reviewer,
}

"""Asking people to judge, and their answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from grants.accounts.models import User
from grants.core import audit, clock
from grants.core.db import db
from grants.core.errors import RulesBroken, Violation
from grants.core.events import publish
from grants.core.holding import forget, hold
from grants.core.i18n import gettext as _
from grants.core.policy import SYSTEM, Actor, authorise, permits
from grants.obligations import actions as obligations
from grants.obligations import fields as owners
from grants.organisations.actions import conflicts
from grants.organisations.fields import ConflictKind
from grants.reviews.events import ReviewerAsked, ReviewerSteppedBack
from grants.reviews.fields import AssignmentState
from grants.reviews.lifecycle import ASSIGNMENT
from grants.reviews.models import Assignment, Entry, Reviewer, ReviewStage
from grants.reviews.queries import assigning, loading
from grants.reviews.rules import Candidate, not_to_be_asked, too_few


def join_pool(
    user: User,
    *,
    expertise: list[str],
    affiliation: Mapping[str, str],
    is_external: bool,
    term_until: date | None,
    by: Actor,
    at: datetime,
) -> Reviewer:
    """Put a person into the pool of reviewers, or say anew what is known of one who is in it."""
    authorise(by, "pool.edit")
    reviewer = assigning.reviewer_of(user.id)
    if reviewer is None:
        reviewer = Reviewer(user_id=user.id)
        db.session.add(reviewer)
    reviewer.expertise, reviewer.affiliation = list(expertise), dict(affiliation)
    reviewer.is_external, reviewer.term_until = is_external, term_until
    audit.record("join pool", reviewer, by=by, at=at)
    conflicts.detect_conflicts([user.id], assigning.organisations_in_judging(), by=by, at=at)
    return reviewer


def set_term(reviewer: Reviewer, until: date | None, *, by: Actor, at: datetime) -> None:
    """Until when somebody of the pool may be asked; None while it is open."""
    authorise(by, "pool.edit")
    reviewer.term_until = until
    audit.record("set term", reviewer, by=by, at=at)


def choose(entry: Entry, reviewer_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Make these people the reviewers of an entry; nobody is told yet.

    Who took the work already stays. Others left out are withdrawn. Raises RulesBroken for a tie, an
    ended term, or too few people or outsiders: nothing is kept then.
    """
    authorise(by, "entry.assign", entry)
    hold(Entry, [entry.id])
    hold(User, assigning.everybody_concerned(entry, reviewer_ids))
    forget(assigning.assignments_of(entry), "review")
    behind = [organisation.organisation_id for organisation in entry.organisations]
    conflicts.detect_conflicts(assigning.user_ids(reviewer_ids), behind, by=by, at=at)
    wanted = set(reviewer_ids)
    pool = assigning.candidates(entry, on=clock.day_of(at))
    chosen = [candidate for candidate in pool if candidate.reviewer_id in wanted or candidate.has_begun]
    _check(entry, chosen)
    known = {a.reviewer_id: a for a in assigning.assignments_of(entry)}
    for candidate in chosen:
        _propose(entry, candidate, known.get(candidate.reviewer_id), by=by, at=at)
    keep = {candidate.reviewer_id for candidate in chosen}
    for number, assignment in known.items():
        if number not in keep and assignment.state in {AssignmentState.PROPOSED, AssignmentState.INVITED}:
            withdraw(assignment, reason=_("Another reviewer was chosen."), by=by, at=at)


def _check(entry: Entry, chosen: list[Candidate]) -> None:
    stage = entry.stage
    new = [candidate for candidate in chosen if not candidate.has_begun]
    broken = [violation for candidate in new for violation in not_to_be_asked(candidate)]
    broken += too_few(chosen, needed=stage.reviews_per_entry, external_needed=stage.external_minimum)
    if broken:
        raise RulesBroken(broken)


def _propose(
    entry: Entry, candidate: Candidate, known: Assignment | None, *, by: Actor, at: datetime
) -> None:
    if known is None:
        assignment = Assignment(entry=entry, reviewer_id=candidate.reviewer_id, assigned_at=at)
        db.session.add(assignment)
        audit.record("propose", assignment, by=by, at=at)
    elif known.state in {AssignmentState.WITHDRAWN, AssignmentState.DECLINED}:
        ASSIGNMENT.fire("propose", known, by=by, at=at)


def invite(stage: ReviewStage, *, by: Actor, at: datetime) -> int:
    """Ask everybody who was chosen and not asked yet; returns how many were asked."""
    authorise(by, "review_stage.assign", stage)
    assigning.hold_work(assigning.live_assignments(stage))
    chosen = [
        assignment
        for assignment in assigning.live_assignments(stage)
        if assignment.state is AssignmentState.PROPOSED and permits(by, "entry.assign", assignment.entry)
    ]
    for assignment in chosen:
        _compare(assignment, at=at)
    waiting = [assignment for assignment in chosen if assignment.state is AssignmentState.PROPOSED]
    for assignment in waiting:
        _refuse_unfit(assignment, at)
        ASSIGNMENT.fire("invite", assignment, by=by, at=at)
        _owe(assignment, stage, at=at)
        publish(
            ReviewerAsked(
                occurred_at=at,
                actor_id=by.user_id,
                case=assignment.entry.case,
                assignment_id=assignment.id,
                assignment=assignment.public_id,
                reviewer_user_id=assignment.reviewer.user_id,
                reviewer=assignment.reviewer.user.name,
                title=assignment.entry.title,
            )
        )
    return len(waiting)


def _compare(assignment: Assignment, *, at: datetime) -> None:
    """A tie may have come about since the person was chosen; one that is found ends the assignment."""
    behind = [organisation.organisation_id for organisation in assignment.entry.organisations]
    conflicts.detect_conflicts([assignment.reviewer.user_id], behind, by=SYSTEM, at=at)


def _refuse_unfit(assignment: Assignment, at: datetime) -> None:
    """A term may have ended between choosing and asking, or a tie have come to light."""
    pool = assigning.candidates(assignment.entry, on=clock.day_of(at))
    broken = [
        violation
        for candidate in pool
        if candidate.reviewer_id == assignment.reviewer_id
        for violation in not_to_be_asked(candidate)
    ]
    if broken:
        raise RulesBroken(broken)


def _owe(assignment: Assignment, stage: ReviewStage, *, at: datetime) -> None:
    obligations.open_duty(
        "review",
        subject=("assignment", assignment.id),
        owner=owners.user(assignment.reviewer.user_id),
        due_at=stage.closes_at,
        case=assignment.entry.case,
        values={"title": assignment.entry.title, "assignment": assignment.public_id},
        at=at,
    )


def accept(assignment: Assignment, *, by: Actor, at: datetime) -> bool:
    """The reviewer says there is no tie, and takes the work; only now the content opens.

    Returns whether it does: what is on file may say otherwise, and then the entry is off their pile.
    """
    authorise(by, "assignment.view", assignment)
    assignment = loading.as_it_stands(assignment)
    was = assignment.state
    _compare(assignment, at=at)
    if assignment.state is not was:
        return False
    ASSIGNMENT.fire("accept", assignment, by=by, at=at)
    assignment.answered_at = at
    return True


def decline(assignment: Assignment, *, reason: str, by: Actor, at: datetime) -> None:
    """The reviewer cannot do it, for a reason that is no tie."""
    authorise(by, "assignment.view", assignment)
    assignment = loading.as_it_stands(assignment)
    if not reason.strip():
        raise RulesBroken(
            [Violation("reason_missing", _("Say why, so that we can find another reader."), "reason")]
        )
    ASSIGNMENT.fire("decline", assignment, by=by, at=at, note=reason)
    _stepped_back(assignment, reason, conflicted=False, by=by, at=at)


def recuse(assignment: Assignment, *, kind: ConflictKind, evidence: str, by: Actor, at: datetime) -> None:
    """The reviewer names a tie: it is noted for every organisation behind the entry, and the wall goes up."""
    authorise(by, "assignment.view", assignment)
    assignment = loading.as_it_stands(assignment)
    step_aside(assignment, note=evidence, by=by, at=at)
    for behind in assignment.entry.organisations:
        conflicts.declare_conflict(behind.organisation_id, kind=kind, evidence=evidence, by=by, at=at)


def step_aside(assignment: Assignment, *, note: str, by: Actor, at: datetime) -> None:
    """A tie came to light: a live assignment ends at once. Whoever calls has authorised its own deed."""
    ASSIGNMENT.fire("recuse", assignment, by=by, at=at, note=note)
    _stepped_back(assignment, _("a tie to the people behind it"), conflicted=True, by=by, at=at)


def withdraw(assignment: Assignment, *, reason: str, by: Actor, at: datetime) -> None:
    """Staff take the work back; what was written stays stored and counts no longer."""
    authorise(by, "entry.assign", assignment.entry)
    assignment = loading.as_it_stands(assignment)
    ASSIGNMENT.fire("withdraw", assignment, by=by, at=at, note=reason)
    assignment.reason = reason
    obligations.meet("review", subject=("assignment", assignment.id), by=by, at=at)


def _stepped_back(assignment: Assignment, reason: str, *, conflicted: bool, by: Actor, at: datetime) -> None:
    assignment.reason, assignment.answered_at = reason, at
    obligations.meet("review", subject=("assignment", assignment.id), by=by, at=at)
    entry, stage = assignment.entry, assignment.entry.stage
    values: dict[str, Any] = {
        "assignment_id": assignment.id,
        "entry": entry.public_id,
        "title": entry.title,
        "holder_kind": stage.holder_kind,
        "holder_id": stage.holder_id,
        "reason": reason,
        "conflicted": conflicted,
    }
    publish(
        ReviewerSteppedBack(
            occurred_at=at,
            actor_id=by.user_id,
            case=assignment.entry.case,
            reviewer=assignment.reviewer.user.name,
            **values,
        )
    )

"""The end of a project: asked for, accounted for, evaluated, settled, shut."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from grants.agreements.actions import promises
from grants.agreements.fields import GrantState
from grants.agreements.models import Grant
from grants.closeouts import events, fields, queries, rules
from grants.closeouts.fields import Dimension, Source
from grants.closeouts.lifecycle import CLOSEOUT
from grants.closeouts.models import Closeout, MoneyReturn
from grants.closeouts.rules import Mark
from grants.core import audit, clock, jobs
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, Violation
from grants.core.events import publish
from grants.core.holding import hold
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money, total
from grants.core.policy import SYSTEM, Actor, authorise
from grants.core.text import clean
from grants.funds import actions as funds
from grants.obligations import actions as obligations
from grants.obligations import fields as owners
from grants.organisations.actions import standing
from grants.organisations.fields import StandingKind
from grants.payments.actions import tranches as payments
from grants.payments.fields import TrancheState
from grants.projects.actions import planning as projects
from grants.projects.fields import ProjectState
from grants.projects.models import Project

ACCOUNT, EVALUATE, RETURN, CLOSE = (
    "closeout_account",
    "closeout_evaluate",
    "closeout_return",
    "closeout_close",
)
ARCHIVE = "closeout_archive"
CANNOT_OPEN = _l("its condition was not met before the project was closed")


def open_closeout(project: Project, *, by: Actor, at: datetime) -> Closeout:
    """Ask the group for its final account. Again: the one there is."""
    authorise(by, "closeout.open", project)
    hold(Grant, [project.grant_id])
    project = queries.project_by_id(project.id)
    there = queries.of_project(project.id)
    if there is not None:
        return there
    today = clock.day_of(at)
    if not rules.may_begin(project, today):
        raise IllegalTransition(_l("The close-out begins in the last month of the project, not before."))
    closeout = Closeout(
        project=project,
        opened_at=at,
        due_on=max(today, project.ends_on) + timedelta(days=fields.DAYS_FOR_THE_ACCOUNT),
        after_termination=project.state is ProjectState.TERMINATED,
    )
    if closeout.after_termination:
        closeout.due_on = today + timedelta(days=fields.DAYS_FOR_THE_ACCOUNT)
    db.session.add(closeout)
    audit.record("open", closeout, by=by, at=at, before={}, after={"project": project.id})
    _turn_to(ACCOUNT, closeout, by, at)
    publish(events.CloseoutOpened(**_said(closeout, by, at)))
    return closeout


def submit_account(
    closeout: Closeout, *, account: Mapping[str, Money], words: str, by: Actor, at: datetime
) -> None:
    """The group says what it spent of the grant, by category; what has to come back follows."""
    authorise(by, "closeout.submit", closeout)
    closeout = queries.for_writing(closeout)
    tranches = queries.tranches_of(closeout.project.grant_id)
    categories = [row.category for row in queries.budget_of(closeout)]
    if CLOSEOUT.can_fire("submit", closeout):
        broken = list(rules.account_faults(account, categories, rules.expected(tranches)))
        if broken:
            raise RulesBroken(broken)
    CLOSEOUT.fire("submit", closeout, by=by, at=at)
    closeout.account = {key: str(amount) for key, amount in account.items()}
    closeout.account_words = clean(words).strip()
    closeout.spent = total(account.values())
    closeout.to_return = rules.owed(closeout.spent, tranches)
    closeout.submitted_at, closeout.submitted_by_id = at, by.user_id
    audit.record("account", closeout, by=by, at=at)
    _turn_to(CLOSE if closeout.after_termination else EVALUATE, closeout, by, at)
    _rest_is_owed(closeout, at)
    publish(
        events.FinalAccountSubmitted(
            spent=closeout.spent, to_return=closeout.to_return, **_said(closeout, by, at)
        )
    )


def send_back(closeout: Closeout, *, reason: str, by: Actor, at: datetime) -> None:
    """The account needs mending: back to the group, with a reason. Not once money came back."""
    authorise(by, "closeout.return", closeout)
    closeout = queries.for_writing(closeout)
    CLOSEOUT.demand("return", closeout)
    words = clean(reason).strip()
    if not words:
        raise RulesBroken([Violation("required", _l("Give a reason."), "reason")])
    if closeout.returned:
        sentence = _l("Money has come back on the strength of this account already.")
        raise RulesBroken([Violation("money_came", sentence)])
    CLOSEOUT.fire("return", closeout, by=by, at=at, note=words)
    closeout.words, closeout.to_return = words, Money(0)
    audit.record("return", closeout, by=by, at=at, note=words)
    _turn_to(ACCOUNT, closeout, by, at)
    publish(events.FinalAccountReturned(reason=words, **_said(closeout, by, at)))


def grade(closeout: Closeout, marks: Mapping[Source, Mark], *, words: str, by: Actor, at: datetime) -> None:
    """Put the marks of all sources together; the call's bands say the grade (S003-10)."""
    authorise(by, "closeout.grade", closeout)
    closeout = queries.for_writing(closeout)
    CLOSEOUT.demand("grade", closeout)
    call = closeout.project.grant.call
    score = rules.weighted(
        {source: mark.score for source, mark in marks.items()}, rules.source_weights(call.settings)
    )
    band = rules.grade_of(score, call.grades) if score is not None else None
    broken = list(rules.mark_faults(marks))
    if not broken and (band is None or score is None):
        broken.append(Violation("no_band", _l("The call has no grade for this score.")))
    if broken:
        raise RulesBroken(broken)
    CLOSEOUT.fire("grade", closeout, by=by, at=at)
    closeout.sources, closeout.words = rules.kept(marks), clean(words).strip()
    closeout.score, closeout.grade = score, band.key if band is not None else ""
    closeout.graded_at, closeout.graded_by_id = at, by.user_id
    audit.record("evaluate", closeout, by=by, at=at)
    _turn_to(CLOSE, closeout, by, at)
    _rest_is_owed(closeout, at)
    publish(events.ProjectGraded(score=str(score), grade=closeout.grade, **_said(closeout, by, at)))


def staff_mark(marks: Mapping[Dimension, Any], settings: Mapping[str, Any], note: str) -> Mark | None:
    """Staff's mark from their four points; None while one is missing."""
    weights = rules.dimension_weights(settings)
    if any(marks.get(each) is None for each in weights):
        return None
    score = rules.weighted(marks, weights)
    given = {each.value: marks[each] for each in weights}
    return Mark(score, clean(note).strip(), given) if score is not None else None


def record_return(
    closeout: Closeout, *, amount: Money, received_on: date, reference: str, by: Actor, at: datetime
) -> MoneyReturn:
    """Unspent money arrived: free in the fund again (the ledger), and that much less is owed."""
    authorise(by, "closeout.take_back", closeout)
    closeout = queries.for_writing(closeout)
    left = closeout.to_return - closeout.returned
    broken = list(rules.return_faults(amount, left, received_on, clock.day_of(at)))
    if broken:
        raise RulesBroken(broken)
    closeout.returned = closeout.returned + amount
    audit.record("take_back", closeout, by=by, at=at)
    db.session.flush()
    grant = closeout.project.grant
    moved = funds.take_back(
        grant.fund, year=grant.year, amount=amount, case=grant.case, by=by, at=at, note=clean(reference)[:60]
    )
    row = MoneyReturn(
        closeout_id=closeout.id,
        amount=amount,
        received_on=received_on,
        reference=clean(reference)[: fields.REFERENCE],
        ledger_number=moved.number,
        recorded_by_id=by.user_id,
        recorded_at=at,
    )
    db.session.add(row)
    _rest_is_owed(closeout, at)
    publish(events.MoneyReturned(amount=amount, **_said(closeout, by, at)))
    return row


def close(closeout: Closeout, *, by: Actor, at: datetime) -> None:
    """Shut the file with nothing owed: the grade goes on the group's record, project and grant are closed."""
    authorise(by, "closeout.close", closeout)
    closeout = queries.for_writing(closeout)
    lines = rules.checklist(closeout, queries.tranches_of(closeout.project.grant_id))
    broken = list(rules.missing_before_closing(lines))
    if broken and CLOSEOUT.can_fire("close", closeout):
        raise RulesBroken(broken)
    CLOSEOUT.fire("close", closeout, by=by, at=at)
    closeout.closed_at, closeout.closed_by_id = at, by.user_id
    closeout.checklist = {line.key: {"done": line.done, "of": line.of} for line in lines}
    _release_what_never_opened(closeout, at)
    _shut_below(closeout, by=by, at=at)
    for kind in (ACCOUNT, EVALUATE, RETURN, CLOSE):
        obligations.meet(kind, subject=("closeout", closeout.id), by=by, at=at)
    publish(events.CloseoutClosed(grade=closeout.grade, **_said(closeout, by, at)))
    ask_for_archive(closeout, at=at)


def _release_what_never_opened(closeout: Closeout, at: datetime) -> None:
    for tranche in queries.tranches_of(closeout.project.grant_id):
        if tranche.state is TrancheState.LOCKED:
            payments.cancel(tranche, reason=str(CANNOT_OPEN), by=SYSTEM, at=at)


def _shut_below(closeout: Closeout, *, by: Actor, at: datetime) -> None:
    """Grade on the record (S003-36), project and grant closed; after a termination both have ended already."""
    project = closeout.project
    if closeout.grade:
        standing.note_standing(
            project.organisation_id,
            StandingKind.GRADE,
            closeout.grade,
            source="closeout",
            from_on=clock.day_of(at),
            case=project.case,
            by=by,
            at=at,
        )
    if project.state is ProjectState.ACTIVE:
        projects.finish(project, by=by, at=at)
    if project.state is ProjectState.CLOSING:
        projects.close(project, by=by, at=at)
    if project.grant.state is GrantState.ACTIVE:
        promises.close(project.grant, by=SYSTEM, at=at)


def ask_for_archive(closeout: Closeout, *, at: datetime) -> None:
    """Have the archive packed, after the commit, by a job."""
    closeout.archive_asked_at, closeout.archive_done, closeout.archive_total = at, 0, 0
    db.session.flush()
    jobs.enqueue(ARCHIVE, {"closeout_id": closeout.id, "at": at.isoformat()})


def pack_again(closeout: Closeout, *, by: Actor, at: datetime) -> None:
    """Pack the archive once more, with what was added since."""
    authorise(by, "closeout.close", closeout)
    closeout = queries.for_writing(closeout)
    audit.record("pack", closeout, by=by, at=at, before={}, after={})
    ask_for_archive(closeout, at=at)


def settle_anew(closeout: Closeout, *, at: datetime) -> None:
    """The money of the grant changed: what has to come back follows, unless more came back already."""
    if closeout.state not in {fields.CloseoutState.SUBMITTED, fields.CloseoutState.GRADED}:
        return
    owed = rules.owed(closeout.spent, queries.tranches_of(closeout.project.grant_id))
    if owed < closeout.returned:
        sentence = _l("The group returned more than it would then owe. Settle that first.")
        raise RulesBroken([Violation("returned_more", sentence)])
    if owed != closeout.to_return:
        closeout.to_return = owed
        audit.record("settle", closeout, by=SYSTEM, at=at)
        _rest_is_owed(closeout, at)


def _turn_to(kind: str, closeout: Closeout, by: Actor, at: datetime) -> None:
    """Whose turn it is now."""
    db.session.flush()
    about = ("closeout", closeout.id)
    for other in (ACCOUNT, EVALUATE, CLOSE):
        obligations.meet(other, subject=about, by=by, at=at)
    project = closeout.project
    officer = (
        owners.user(project.officer_id)
        if project.officer_id is not None
        else owners.role_within_call("officer", project.grant.call_id)
    )
    is_groups = kind == ACCOUNT
    obligations.open_duty(
        kind,
        subject=about,
        owner=owners.organisation(project.organisation_id) if is_groups else officer,
        due_at=clock.end_of(closeout.due_on) if is_groups and closeout.due_on is not None else None,
        case=project.case,
        values={"closeout": closeout.public_id, "title": project.title},
        at=at,
    )


def _rest_is_owed(closeout: Closeout, at: datetime) -> None:
    """The group owes what it did not spend, until it has come back."""
    about, left = ("closeout", closeout.id), closeout.to_return - closeout.returned
    if not left:
        obligations.meet(RETURN, subject=about, by=SYSTEM, at=at)
        return
    project = closeout.project
    obligations.open_duty(
        RETURN,
        subject=about,
        owner=owners.organisation(project.organisation_id),
        due_at=clock.end_of(clock.day_of(at) + timedelta(days=fields.DAYS_FOR_THE_ACCOUNT)),
        case=project.case,
        values={"closeout": closeout.public_id, "title": project.title, "amount": left},
        at=at,
    )


def _said(closeout: Closeout, by: Actor, at: datetime) -> dict[str, Any]:
    project = closeout.project
    return {
        "occurred_at": at,
        "actor_id": by.user_id,
        "case": project.case,
        "closeout_id": closeout.id,
        "closeout": closeout.public_id,
        "project_id": project.id,
        "organisation_id": project.organisation_id,
        "title": project.title,
    }

"""Findings: opened with owner and day, answered by the group, closed by a second person, opened again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from grants.core import audit, clock
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.documents import actions as documents
from grants.documents.actions import Spooled
from grants.obligations import actions as obligations
from grants.obligations.fields import organisation as owed_by
from grants.obligations.fields import role_within_call
from grants.projects import duties, rules
from grants.projects.events import FindingAnswered, FindingClosed, FindingOpened, FindingReopened
from grants.projects.fields import ProjectState, Severity
from grants.projects.lifecycle import FINDING
from grants.projects.models import Finding, Project
from grants.projects.queries import projects as queries
from grants.projects.rules import FindingTerms

PROOF = "proof"
OVER = frozenset({ProjectState.CLOSED, ProjectState.TERMINATED})


def open_finding(project: Project, terms: FindingTerms, *, by: Actor, at: datetime) -> Finding:
    """Put down what is wrong. A serious one stops every payment of the grant (S003-3)."""
    authorise(by, "finding.open", project)
    project = queries.for_writing(project)
    if project.state in OVER:
        raise IllegalTransition(_l("The project is over."))
    broken = list(_faults(terms))
    if broken:
        raise RulesBroken(broken)
    finding = Finding(
        project_id=project.id,
        severity=terms.severity,
        title=terms.title.strip(),
        action=terms.action.strip(),
        source=terms.source,
        owner_name=terms.owner_name.strip(),
        found_on=terms.found_on,
        due_on=terms.due_on,
        holds_payment=terms.holds_payment or terms.severity is Severity.SERIOUS,
        opened_by_id=by.user_id,
    )
    finding.project = project
    db.session.add(finding)
    audit.record("open", finding, by=by, at=at, after={"title": finding.title, "severity": finding.severity})
    _owe(duties.FINDING, finding, at=at)
    publish(
        FindingOpened(
            **_about(finding, by=by, at=at),
            grant_id=project.grant_id,
            severity=finding.severity.value,
            holds_payment=finding.holds_payment,
        )
    )
    return finding


def _faults(terms: FindingTerms) -> Iterator[Violation]:
    for field in ("title", "action", "owner_name"):
        if not getattr(terms, field).strip():
            yield Violation("missing", _l("This is needed."), field)
    if terms.due_on < terms.found_on:
        yield Violation("in_order", _l("The due day is before the day it was found."), "due_on")


def answer(finding: Finding, text: str, proof: Sequence[Spooled] = (), *, by: Actor, at: datetime) -> None:
    """The group says what it did, with proof where there is any."""
    authorise(by, "finding.answer", finding)
    finding = queries.below_for_writing(finding)
    if not text.strip():
        raise RulesBroken([Violation("missing", _l("Say what you did."), "answer")])
    FINDING.fire("answer", finding, by=by, at=at)
    finding.answer = text.strip()
    for each in proof:
        documents.keep(each, holder=finding, purpose=PROOF, by=by, at=at)
    obligations.meet(duties.FINDING, subject=("finding", finding.id), by=by, at=at)
    _owe(duties.CLOSE_FINDING, finding, at=at)
    publish(FindingAnswered(**_about(finding, by=by, at=at)))


def close(finding: Finding, *, by: Actor, at: datetime) -> None:
    """A second person sees that it is mended: never the one who opened it."""
    authorise(by, "finding.close", finding)
    finding = queries.below_for_writing(finding)
    if by.user_id is None or by.user_id == finding.opened_by_id:
        raise RulesBroken(
            [Violation("second_person", _l("You opened this finding; somebody else has to close it."))]
        )
    finding.closed_by_id, finding.closed_at = by.user_id, at
    FINDING.fire("close", finding, by=by, at=at)
    for kind in (duties.FINDING, duties.CLOSE_FINDING):
        obligations.meet(kind, subject=("finding", finding.id), by=by, at=at)
    db.session.flush()
    publish(
        FindingClosed(
            **_about(finding, by=by, at=at),
            grant_id=finding.project.grant_id,
            holds_payment=finding.holds_payment,
        )
    )


def reopen(finding: Finding, reason: str, *, by: Actor, at: datetime) -> None:
    """What was thought mended is not."""
    authorise(by, "finding.close", finding)
    finding = queries.below_for_writing(finding)
    broken = list(rules.missing(reason, "reason"))
    if broken:
        raise RulesBroken(broken)
    FINDING.fire("reopen", finding, by=by, at=at, note=reason)
    finding.closed_by_id = finding.closed_at = None
    db.session.flush()
    _owe(duties.FINDING, finding, at=at)
    publish(
        FindingReopened(
            **_about(finding, by=by, at=at),
            grant_id=finding.project.grant_id,
            reason=reason,
            holds_payment=finding.holds_payment,
        )
    )


def _owe(kind: str, finding: Finding, *, at: datetime) -> None:
    project = finding.project
    to_close = kind == duties.CLOSE_FINDING
    obligations.open_duty(
        kind,
        subject=("finding", finding.id),
        owner=role_within_call("officer", project.grant.call_id)
        if to_close
        else owed_by(project.organisation_id),
        due_at=None if to_close else clock.end_of(finding.due_on),
        case=project.case,
        values={"project": project.public_id, "finding": finding.public_id, "name": finding.title},
        at=at,
    )


def _about(finding: Finding, *, by: Actor, at: datetime) -> dict[str, Any]:
    about = rules.about(finding.project, by=by, at=at)
    return {**about, "finding_id": finding.id, "name": finding.title}

"""Reports: written by sections, handed in, read with a result, or returned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from grants.core import clock
from grants.core.errors import IllegalTransition, RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.obligations import actions as obligations
from grants.obligations.fields import organisation as owed_by
from grants.obligations.fields import role_within_call
from grants.organisations.actions import standing
from grants.organisations.fields import StandingKind
from grants.projects import duties, rules
from grants.projects.events import ReportAccepted, ReportReturned, ReportSubmitted
from grants.projects.fields import READ_DAYS, ReportKind, ReportResult, ReportState
from grants.projects.lifecycle import REPORT
from grants.projects.models import Report
from grants.projects.queries import projects as queries
from grants.questionnaires import actions as forms
from grants.questionnaires import queries as form_queries
from grants.questionnaires import rules as form_rules
from grants.questionnaires.answers import is_unread
from grants.questionnaires.definition import Section
from grants.questionnaires.models import SectionAnswers


def save_section(
    report: Report, section: Section, given: Mapping[str, Any], *, version: int, by: Actor, at: datetime
) -> SectionAnswers:
    """Keep what was written so far. Raises StaleSection, and IllegalTransition once it was handed in."""
    authorise(by, "report.write", report)
    report = queries.below_for_writing(report)
    if report.state is not ReportState.DUE:
        raise IllegalTransition(_l("This report was handed in and can no longer be changed."))
    return forms.save_section(_sheet_id(report), section, given, version=version, by=by, at=at)


def submit(report: Report, *, by: Actor, at: datetime) -> None:
    """Hand a report in, late or not; everything missing is said at once."""
    authorise(by, "report.write", report)
    report = queries.below_for_writing(report)
    sheet = form_queries.sheet(_sheet_id(report))
    asked = form_queries.what_is_asked(sheet.asks)
    filled = form_rules.Filled(form_queries.answers_of(sheet))
    if report.state is ReportState.DUE:
        broken = [
            Violation(found.code, found.message, f"{section.key}:{found.field}")
            for section in asked.sections
            for found in form_rules.check(section, filled, complete=True)
        ]
        if broken:
            raise RulesBroken(broken)
    REPORT.fire("submit", report, by=by, at=at)
    report.submitted_at = at
    report.content_hash = form_rules.hash_of(form_rules.frozen(asked, filled, version=sheet.asks.number))
    _note_reached(report, asked, filled)
    obligations.meet(duties.REPORT, subject=("report", report.id), by=by, at=at)
    if report.kind is ReportKind.FINAL:
        _nothing_open(report, by=by, at=at)
    _owe(duties.READ_REPORT, report, at=at)
    late = rules.days_late(report.due_on, clock.day_of(at))
    publish(ReportSubmitted(**_about(report, by=by, at=at), late_days=late))


def _note_reached(report: Report, asked: Any, filled: form_rules.Filled) -> None:
    """The targets that the report has figures for stand on the project as it tells them."""
    reached = {}
    for section, question in asked.questions():
        value = filled.of(section.key).get(question.key)
        if question.fills and value is not None and not is_unread(value):
            reached[question.fills] = int(Decimal(str(value)))
    project = report.project
    project.targets = [{**row, "reached": reached.get(row["key"], row["reached"])} for row in project.targets]


def _nothing_open(report: Report, *, by: Actor, at: datetime) -> None:
    """The group's open duty ends with its final report."""
    standing.end_standing(
        report.project.organisation_id,
        StandingKind.OPEN_DUTY,
        source=f"project/{report.project_id}",
        on=clock.day_of(at),
        by=by,
        at=at,
    )


def accept(
    report: Report, result: ReportResult, score: Decimal | None, answer: str, *, by: Actor, at: datetime
) -> None:
    """Say what was found. A gate opens on a pass; what must be rectified is opened as a finding beside it."""
    authorise(by, "report.read", report)
    report = queries.below_for_writing(report)
    broken = []
    if score is not None and not 0 <= score <= 100:  # noqa: PLR2004 - marks are of a hundred
        broken.append(Violation("range", _l("Between 0 and 100."), "score"))
    if result is not ReportResult.PASS and not answer.strip():
        broken.append(Violation("missing", _l("Say why it did not pass."), "answer"))
    if broken:
        raise RulesBroken(broken)
    report.result, report.score, report.answer, report.read_by_id = result, score, answer.strip(), by.user_id
    REPORT.fire("accept", report, by=by, at=at, note=result.value)
    obligations.meet(duties.READ_REPORT, subject=("report", report.id), by=by, at=at)
    publish(
        ReportAccepted(
            **_about(report, by=by, at=at),
            grant_id=report.project.grant_id,
            result=result.value,
            score="" if score is None else f"{score.normalize():f}",
        )
    )


def send_back(report: Report, reason: str, *, by: Actor, at: datetime) -> None:
    """Ask the group to mend it; what is written stays."""
    authorise(by, "report.read", report)
    report = queries.below_for_writing(report)
    broken = list(rules.missing(reason, "reason"))
    if broken:
        raise RulesBroken(broken)
    REPORT.fire("return", report, by=by, at=at, note=reason)
    report.answer = reason
    obligations.meet(duties.READ_REPORT, subject=("report", report.id), by=by, at=at)
    _owe(duties.REPORT, report, at=at)
    publish(ReportReturned(**_about(report, by=by, at=at), reason=reason))


def _owe(kind: str, report: Report, *, at: datetime) -> None:
    """The group owes it by its day; whoever reads it, a fortnight after it came in."""
    project = report.project
    to_read = kind == duties.READ_REPORT
    owner = (
        role_within_call("officer", project.grant.call_id) if to_read else owed_by(project.organisation_id)
    )
    due_at = at + timedelta(days=READ_DAYS) if to_read else clock.end_of(report.due_on)
    obligations.open_duty(
        kind,
        subject=("report", report.id),
        owner=owner,
        due_at=due_at,
        case=project.case,
        values=duties.of_report(project.public_id, report.public_id, project.title, report.kind),
        at=at,
    )


def _sheet_id(report: Report) -> int:
    if report.sheet_id is None:
        raise IllegalTransition(_l("This report has no form."))
    return report.sheet_id


def _about(report: Report, *, by: Actor, at: datetime) -> dict[str, Any]:
    about = rules.about(report.project, by=by, at=at)
    return {**about, "report_id": report.id, "kind": report.kind.value}

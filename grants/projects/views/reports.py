"""Reports: written section by section, handed in, read by the officer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct, field

from grants.core import clock
from grants.core.error_pages import wants_json
from grants.core.errors import NotFound, RulesBroken, Violation
from grants.core.i18n import gettext as _
from grants.core.policy import permits
from grants.core.unit_of_work import abandon
from grants.core.web import current_actor, opens
from grants.projects import fields, forms, rules
from grants.projects.actions import reports
from grants.projects.fields import ReportResult, ReportState
from grants.projects.lifecycle import REPORT
from grants.projects.models import Report
from grants.projects.queries import hours
from grants.projects.queries import projects as queries
from grants.questionnaires import queries as form_queries
from grants.questionnaires import rules as form_rules
from grants.questionnaires.actions import StaleSection
from grants.questionnaires.definition import Section
from grants.questionnaires.forms import (
    STALE,
    SectionForm,
    by_field,
    fields_shown,
    flat,
    problems_in,
    sent,
    taken_out,
)
from grants.questionnaires.models import SectionAnswers
from grants.questionnaires.reading import SectionShown, sections_shown

blueprint = Blueprint("reports", __name__, url_prefix="/projects/<public_id>/reports")


def _here() -> ResponseReturnValue:
    """Back to the report. What reacts to a report reads it anew, so the address is that of the request."""
    args = request.view_args or {}
    address = url_for("reports.show", public_id=args["public_id"], key=args["key"])
    return redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.get("/<key>")
@opens("project.view", queries.report)
def show(report: Report) -> ResponseReturnValue:
    return _page(report, forms.Read.from_request())


class Refused(Struct, frozen=True):
    """What was not taken: one section with what was typed there, or the whole report when it was handed in."""

    violations: Sequence[Violation]
    section: str = ""
    typed: Mapping[str, Any] = field(default_factory=dict)


def _page(
    report: Report,
    read: forms.Read,
    back: forms.Reason | None = None,
    refused: Refused | None = None,
) -> ResponseReturnValue:
    writes = report.state is ReportState.DUE and permits(current_actor(), "report.write", report)
    page = render_template(
        "projects/report.html",
        report=report,
        project=report.project,
        sections=_sections(report, refused) if writes else (),
        reading=() if writes else _reading(report),
        writes=writes,
        read=read,
        back=back or forms.Reason.from_request(formdata=None),
        progress=hours.progress_of(report.project),
        late=rules.days_late(report.due_on, clock.today()),
        hours_text=rules.hours_text,
        words_of=fields,
    )
    wrong = refused or read.errors or (back and back.errors)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def _sections(report: Report, refused: Refused | None) -> list[dict[str, Any]]:
    """Every section with its fields, its version and what was found in it, to be written."""
    sheet = form_queries.sheet(report.sheet_id or 0)
    rows = {row.section: row for row in sheet.sections}
    filled = form_rules.Filled(form_queries.answers_of(sheet))
    shown: list[dict[str, Any]] = []
    for section in form_queries.what_is_asked(sheet.asks).sections:
        wrong = list(form_rules.check(section, filled, complete=refused is not None and not refused.section))
        written = filled
        if refused and refused.section == section.key:
            wrong += refused.violations
            answers = {**filled.of(section.key), **refused.typed}
            written = form_rules.Filled({**filled.answers, section.key: answers}, filled.facts)
        fields, version = fields_shown(section, written, wrong), rows[section.key].version
        found = problems_in(section, wrong) if refused and refused.section in {"", section.key} else ()
        shown.append({"section": section, "fields": fields, "version": version, "found": found})
    return shown


def _reading(report: Report) -> Sequence[SectionShown]:
    sheet = form_queries.sheet(report.sheet_id or 0)
    asked = form_queries.what_is_asked(sheet.asks)
    return sections_shown(asked, form_rules.Filled(form_queries.answers_of(sheet)))


def _section(report: Report) -> Section:
    """The section that the address names. Raises NotFound."""
    sheet = form_queries.sheet(report.sheet_id or 0)
    found = form_queries.what_is_asked(sheet.asks).section(str((request.view_args or {})["section"]))
    if found is None:
        raise NotFound
    return found


@blueprint.post("/<key>/sections/<section>")
@opens("project.view", queries.report, to="report.write")
def save(report: Report) -> ResponseReturnValue:
    section = _section(report)
    given = taken_out(sent(section), request.form.get("go", ""))
    try:
        saved = _saved(report, section, given)
    except StaleSection as stale:
        if not wants_json():
            raise
        return jsonify(
            {"version": stale.version, "values": flat(section, stale.answers)}
        ), HTTPStatus.CONFLICT
    except RulesBroken as broken:
        if wants_json():
            raise
        abandon()
        refused = Refused(broken.violations, section.key, given)
        return _page(report, forms.Read.from_request(formdata=None), refused=refused)
    return jsonify(_told(section, saved)) if wants_json() else _here()


def _saved(report: Report, section: Section, given: Mapping[str, Any]) -> SectionAnswers:
    form = SectionForm.from_request()
    if not form.accepted():
        raise RulesBroken([STALE])
    version, by, at = int(form.version.data or 0), current_actor(), clock.now()
    return reports.save_section(report, section, given, version=version, by=by, at=at)


def _told(section: Section, saved: Any) -> Mapping[str, Any]:
    """What the page needs to know after a save without a reload."""
    found = form_rules.check(section, form_rules.Filled({section.key: saved.answers}), complete=False)
    errors = by_field(found)
    return {
        "version": saved.version,
        "saved_at": f"{clock.local(saved.updated_at or clock.now()):%H:%M}",
        "errors": {name: [str(sentence) for sentence in sentences] for name, sentences in errors.items()},
        "totals": {},
    }


@blueprint.post("/<key>/submit")
@opens("project.view", queries.report)
def submit(report: Report) -> ResponseReturnValue:
    try:
        reports.submit(report, by=current_actor(), at=clock.now())
    except RulesBroken as broken:
        abandon()
        return _page(report, forms.Read.from_request(formdata=None), refused=Refused(broken.violations))
    flash(_("Handed in, thank you. We confirm that we have received it."))
    return _here()


@blueprint.post("/<key>/accept")
@opens("project.view", queries.report, to="report.read")
def accept(report: Report) -> ResponseReturnValue:
    REPORT.demand("accept", report)
    read = forms.Read.from_request()
    if read.accepted():
        found = (ReportResult(read.result.data), read.score.data, read.answer.data or "")
        with read.attempting():
            reports.accept(report, *found, by=current_actor(), at=clock.now())
            flash(_("Read. The group is told."))
            return _here()
    return _page(report, read)


@blueprint.post("/<key>/return")
@opens("project.view", queries.report, to="report.read")
def send_back(report: Report) -> ResponseReturnValue:
    REPORT.demand("return", report)
    reason = forms.Reason.from_request()
    if reason.accepted():
        with reason.attempting():
            reports.send_back(report, reason.reason.data or "", by=current_actor(), at=clock.now())
            flash(_("Returned to the group."))
            return _here()
    return _page(report, forms.Read.from_request(formdata=None), back=reason)

"""Reports: written section by section, handed in, read by the officer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

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
from grants.questionnaires.forms import SectionForm, by_field, fields_shown, flat, sent, taken_out
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


def _page(
    report: Report,
    read: forms.Read,
    back: forms.Reason | None = None,
    problems: RulesBroken | None = None,
) -> ResponseReturnValue:
    writes = report.state is ReportState.DUE and permits(current_actor(), "report.write", report)
    page = render_template(
        "projects/report.html",
        report=report,
        project=report.project,
        sections=_sections(report, complete=problems is not None) if writes else (),
        reading=() if writes else _reading(report),
        writes=writes,
        read=read,
        back=back or forms.Reason.from_request(formdata=None),
        problems=problems.violations if problems else (),
        progress=hours.progress_of(report.project),
        late=rules.days_late(report.due_on, clock.today()),
        hours_text=rules.hours_text,
        words_of=fields,
    )
    wrong = problems or read.errors or (back and back.errors)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def _sections(report: Report, *, complete: bool) -> list[dict[str, Any]]:
    """Every section with its fields and its version, to be written."""
    sheet = form_queries.sheet(report.sheet_id or 0)
    asked = form_queries.what_is_asked(sheet.asks)
    filled = form_rules.Filled(form_queries.answers_of(sheet))
    rows = {row.section: row for row in sheet.sections}
    return [
        {
            "section": section,
            "fields": fields_shown(section, filled, form_rules.check(section, filled, complete=complete)),
            "version": rows[section.key].version,
        }
        for section in asked.sections
    ]


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
    section, form = _section(report), SectionForm.from_request()
    if not form.accepted():
        raise RulesBroken([Violation("version", _("The page is not the newest. Load it again."))])
    given = taken_out(sent(section), request.form.get("go", ""))
    version = int(form.version.data or 0)
    try:
        saved = reports.save_section(
            report, section, given, version=version, by=current_actor(), at=clock.now()
        )
    except StaleSection as stale:
        if not wants_json():
            raise
        return jsonify(
            {"version": stale.version, "values": flat(section, stale.answers)}
        ), HTTPStatus.CONFLICT
    return jsonify(_told(section, saved)) if wants_json() else _here()


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
        return _page(report, forms.Read.from_request(formdata=None), problems=broken)
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

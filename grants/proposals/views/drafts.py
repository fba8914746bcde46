"""Writing a proposal: begin it, its sections, files, and who else is there."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from grants.core import clock
from grants.core.error_pages import wants_json
from grants.core.errors import RulesBroken, Violation
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import permits
from grants.core.unit_of_work import abandon
from grants.core.web import current_actor, opens, prepared, prepares, signed_in
from grants.documents import actions as documents
from grants.documents.actions import Spooled, Upload
from grants.proposals import queries
from grants.proposals.actions import drafting
from grants.proposals.forms import inputs, pages
from grants.proposals.lifecycle import EDITABLE
from grants.proposals.models import Proposal
from grants.questionnaires import actions as forms
from grants.questionnaires import queries as form_queries
from grants.questionnaires.actions import StaleSection
from grants.questionnaires.definition import Section
from grants.questionnaires.forms import STALE, SectionForm, by_field, flat, sent, taken_out
from grants.questionnaires.rules import asked

blueprint = Blueprint("proposal_drafts", __name__)
MOST_JSON = 2 * 1024 * 1024


@blueprint.route("/open-calls/<public_id>/start", methods=["GET", "POST"])
@signed_in
def start(public_id: str) -> ResponseReturnValue:
    page = pages.start_page(
        queries.open_call(public_id), current_actor(), request.values.get("group", ""), clock.now()
    )
    form = inputs.Confirm.from_request()
    if page.group is None and form.is_submitted():
        form.absorb([Violation("group", _("For which group?"))])
    elif page.group is not None and form.accepted():
        with form.attempting():
            words = inputs.declared(page.keys)
            draft = drafting.start(page.call, page.group, words, by=current_actor(), at=clock.now())
            flash(_("Your draft is here. Whatever you write is saved as you go."))
            return redirect(url_for("proposals.show", public_id=draft.public_id), HTTPStatus.SEE_OTHER)
    answer = render_template(
        "proposals/start.html", page=page, form=form, declared=inputs.declared(page.keys)
    )
    return answer, HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


@blueprint.get("/proposals/<public_id>/sections/<key>")
@opens("proposal.view", queries.by_public_id)
def section(proposal: Proposal) -> ResponseReturnValue:
    if proposal.state not in EDITABLE or not permits(current_actor(), "proposal.edit", proposal):
        address = url_for("proposals.show", public_id=proposal.public_id, _anchor=_key())
        return redirect(address, HTTPStatus.SEE_OTHER)
    chosen = _section(proposal)
    forms.note_presence(proposal.sheet_id, chosen.key, by=current_actor())
    return _page(proposal, chosen, HTTPStatus.OK)


@blueprint.post("/proposals/<public_id>/sections/<key>")
@opens("proposal.view", queries.by_public_id, to="proposal.edit")
def save(proposal: Proposal) -> ResponseReturnValue:
    chosen = _section(proposal)
    drafting.demand_writing(proposal, chosen)
    form = SectionForm.from_request()
    button = request.form.get("go", "")
    given = taken_out(sent(chosen), button)
    if not form.accepted():
        return _page(proposal, chosen, HTTPStatus.UNPROCESSABLE_ENTITY, typed=given, problems=(STALE,))
    return _keep(proposal, chosen, given, int(form.version.data or 0), button)


@blueprint.patch("/proposals/<public_id>/sections/<key>")
@opens("proposal.view", queries.by_public_id, to="proposal.edit")
def save_json(proposal: Proposal) -> ResponseReturnValue:
    if (request.content_length or 0) > MOST_JSON:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = request.get_json()
    answers = body.get("answers") if isinstance(body, dict) else None
    version = body.get("version") if isinstance(body, dict) else None
    if not isinstance(answers, dict) or not isinstance(version, int):
        abort(HTTPStatus.BAD_REQUEST)
    return _keep(proposal, _section(proposal), answers, version, "")


def _keep(
    proposal: Proposal, chosen: Section, given: Mapping[str, Any], version: int, button: str
) -> ResponseReturnValue:
    """Save, and say so in the way that was asked for; what cannot be saved is shown beside what stands there."""
    actor, now = current_actor(), clock.now()
    try:
        saved = drafting.save_section(proposal, chosen, given, version=version, by=actor, at=now)
    except StaleSection as stale:
        return _stale(proposal, chosen, given, stale)
    except RulesBroken as broken:
        if wants_json():
            raise
        abandon()
        problems = broken.violations
        return _page(proposal, chosen, HTTPStatus.UNPROCESSABLE_ENTITY, typed=given, problems=problems)
    forms.note_presence(proposal.sheet_id, chosen.key, by=actor)
    if wants_json() or request.is_json:
        return jsonify(_told(chosen, saved))
    return redirect(_next(proposal, chosen, button, saved), HTTPStatus.SEE_OTHER)


def _stale(
    proposal: Proposal, chosen: Section, given: Mapping[str, Any], stale: StaleSection
) -> ResponseReturnValue:
    if wants_json() or request.is_json:
        saved_at = f"{clock.local(stale.saved_at or clock.now()):%H:%M}"
        body = {"version": stale.version, "saved_at": saved_at, "values": flat(chosen, stale.answers)}
        return jsonify({**body, "answers": stale.answers, "detail": str(stale)}), HTTPStatus.CONFLICT
    return _page(proposal, chosen, HTTPStatus.CONFLICT, typed=given, theirs=True)


def _told(chosen: Section, saved: drafting.Saved) -> dict[str, Any]:
    """What the page needs to know after a save without a reload."""
    found = by_field(saved.findings.violations)
    when = saved.row.updated_at or clock.now()
    return {
        "version": saved.row.version,
        "saved_at": f"{clock.local(when):%H:%M}",
        "errors": {name: [str(sentence) for sentence in sentences] for name, sentences in found.items()},
        "totals": pages.totals_told(saved.paper),
        "asked": [f"answers.{question.key}" for question in asked(chosen, saved.paper.filled)],
    }


def _next(proposal: Proposal, chosen: Section, button: str, saved: drafting.Saved) -> str:
    """Where a pressed button leads; answers that cannot be read are shown again first."""
    verb, _colon, rest = button.partition(":")
    here: dict[str, Any] = {"public_id": proposal.public_id, "key": chosen.key, "saved": chosen.key}
    if verb == "add":
        return url_for(".section", **here, add=rest, _anchor=f"a-{rest}")
    if verb == "remove":
        return url_for(".section", **here, _anchor=f"a-{rest.partition(':')[0]}")
    if any(violation.code in pages.STAY for violation in saved.findings.violations) or not verb:
        return url_for(".section", **here, _anchor="found")
    if verb == "check":
        return url_for("proposals.check", public_id=proposal.public_id, saved=chosen.key)
    known = {row.section for row in proposal.sheet.sections}
    return url_for(".section", **(here | {"key": verb if verb in known else chosen.key}))


def _page(proposal: Proposal, chosen: Section, status: HTTPStatus, **shown: Any) -> ResponseReturnValue:
    actor = current_actor()
    more = {request.args.get("add", ""): 1}
    asked_for = pages.Asked(more=more, acknowledged=_acknowledged(proposal), **shown)
    page = pages.section_page(
        proposal,
        chosen,
        asked_for,
        may_edit=permits(actor, "proposal.edit", proposal),
        companions=form_queries.companions(proposal.sheet_id, beside=actor.user_id),
    )
    form = SectionForm(formdata=None, version=page.row.version)
    return render_template("proposals/section.html", page=page, form=form, proposal=proposal), status


def _acknowledged(proposal: Proposal) -> str:
    """The address of the section that the last page saved, so that the browser drops what it kept of it."""
    key = request.args.get("saved", "")
    known = any(row.section == key for row in proposal.sheet.sections)
    return url_for(".save", public_id=proposal.public_id, key=key) if known else ""


def _key() -> str:
    return str((request.view_args or {}).get("key", ""))


def _section(proposal: Proposal) -> Section:
    """The section of this form that the address names. 404 where there is none."""
    found = form_queries.what_is_asked(proposal.sheet.asks).section(_key())
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _receive(question: str, **_url: str) -> Spooled | RulesBroken:
    """Slow work before any transaction: check and store what was sent."""
    field, upload = f"answers.{question}", next(iter(request.files.values()), None)
    if not isinstance(upload, FileStorage) or not upload.filename:
        return RulesBroken([Violation("no_file", _l("Choose a file first."), field)])
    try:
        return documents.receive(cast("Upload", upload), field=field)
    except RulesBroken as broken:
        return broken


@blueprint.post("/proposals/<public_id>/sections/<key>/files/<question>")
@prepares(_receive)
@opens("proposal.view", queries.by_public_id, to="proposal.edit")
def attach(proposal: Proposal) -> ResponseReturnValue:
    chosen, question = _section(proposal), str((request.view_args or {})["question"])
    drafting.demand_writing(proposal, chosen)
    received = prepared()
    try:
        if isinstance(received, RulesBroken):
            raise received
        drafting.attach(proposal, chosen, question, received, by=current_actor(), at=clock.now())
    except RulesBroken as broken:
        abandon()
        return _page(proposal, chosen, HTTPStatus.UNPROCESSABLE_ENTITY, problems=broken.violations)
    flash(_("“%(name)s” is attached.", name=received.name))
    address = url_for(".section", public_id=proposal.public_id, key=chosen.key, _anchor=f"a-{question}")
    return redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.post("/proposals/<public_id>/sections/<key>/files/<question>/<document>/remove")
@opens("proposal.view", queries.by_public_id)
def detach(proposal: Proposal) -> ResponseReturnValue:
    chosen, parts = _section(proposal), request.view_args or {}
    drafting.detach(
        proposal, chosen, parts["question"], parts["document"], by=current_actor(), at=clock.now()
    )
    flash(_("The file was taken out."))
    address = url_for(
        ".section", public_id=proposal.public_id, key=chosen.key, _anchor=f"a-{parts['question']}"
    )
    return redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.get("/proposals/<public_id>/presence")
@opens("proposal.edit", queries.by_public_id)
def presence(proposal: Proposal) -> ResponseReturnValue:
    actor, key = current_actor(), request.args.get("section", "")
    if any(row.section == key for row in proposal.sheet.sections):
        forms.note_presence(proposal.sheet_id, key, by=actor)
    others = form_queries.companions(proposal.sheet_id, beside=actor.user_id)
    titles = {row["key"]: row["title"] for row in proposal.sheet.asks.definition["sections"]}
    return render_template("proposals/presence.html", companions=others, titles=titles)

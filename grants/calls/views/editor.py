"""The editor of a call: one thing at a time, the list of parts beside it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.calls.actions import drafting, publishing
from grants.calls.fields import EDIT_STEPS, EditStep
from grants.calls.forms import parts as forms
from grants.calls.forms.rows import Offered
from grants.calls.models import Call
from grants.calls.queries import loading
from grants.calls.queries.parts import parts
from grants.core import clock
from grants.core.errors import NotFound
from grants.core.i18n import gettext as _
from grants.core.i18n import words
from grants.core.web import current_actor, opens
from grants.funds import queries as funds
from grants.reference import queries as reference
from grants.reference.fields import Taxonomy

blueprint = Blueprint("call_editor", __name__, url_prefix="/calls/<public_id>/edit")


def _call(public_id: str, step: str) -> Call:
    if step not in set(EditStep):
        raise NotFound
    return loading.by_public_id(public_id)


def _step() -> EditStep:
    """The part that the address names."""
    assert request.view_args  # noqa: S101 - the address has it
    return EditStep(request.view_args["step"])


@blueprint.get("/<step>")
@opens("call.edit", _call)
def edit_page(call: Call) -> ResponseReturnValue:
    step = _step()
    return _editor(call, step, _filled(call, step))


def _filled(call: Call, step: EditStep) -> forms.PartForm:
    kind = forms.FORMS[step]
    return kind.from_request(version=call.version, **kind.filled(parts(call)[step]))


def _editor(call: Call, step: EditStep, form: forms.PartForm) -> ResponseReturnValue:
    form.add_blank()
    form.offer(_offered())
    shown: dict[str, Any] = {"sections": _sections(call, step), "label": EDIT_STEPS[step], "step": step}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template("calls/edit.html", call=call, form=form, **shown), status


@blueprint.post("/<step>")
@opens("call.view", _call, to="call.edit")
def save(call: Call) -> ResponseReturnValue:
    step = _step()
    form = forms.FORMS[step].from_request()
    form.offer(_offered())
    if form.accepted():
        with form.attempting():
            _put(call, step, form)
    if form.errors:
        return _editor(loading.by_public_id(call.public_id), step, form)
    flash(_("Saved."))
    return redirect(_after(call, step), HTTPStatus.SEE_OTHER)


def _put(call: Call, step: EditStep, form: forms.PartForm) -> None:
    """A draft is edited; what is public is corrected, for everybody to see."""
    who: dict[str, Any] = {"by": current_actor(), "at": clock.now(), "version": form.seen}
    if call.published_at is None:
        drafting.edit(call, step, form.draft(), **who)
    else:
        publishing.correct(call, step, form.draft(), reason=form.reason, **who)


def _offered() -> Offered:
    """What the pickers hold."""
    return Offered(
        funds=[(str(fund.id), words(fund.name)) for fund in funds.all_funds()],
        fields=reference.term_choices(Taxonomy.FIELD),
        categories=reference.term_choices(Taxonomy.BUDGET_CATEGORY),
        forms=[(str(number), words(title)) for number, title in loading.forms()],
    )


def _sections(call: Call, current: EditStep) -> list[Mapping[str, Any]]:
    """The list of parts; a part with something to mend is not done."""
    drafts = parts(call)
    return [
        {
            "label": str(label),
            "href": url_for("call_editor.edit_page", public_id=call.public_id, step=step.value),
            "state": "half" if drafting.faults(step, drafts[step]) else "done",
            "current": step is current,
        }
        for step, label in EDIT_STEPS.items()
    ]


def _after(call: Call, step: EditStep) -> str:
    """The next part of a draft; a corrected call shows what was corrected."""
    steps = list(EditStep)
    place = steps.index(step) + 1
    if call.published_at is not None or place == len(steps):
        return url_for("calls.show", public_id=call.public_id)
    return url_for("call_editor.edit_page", public_id=call.public_id, step=steps[place].value)

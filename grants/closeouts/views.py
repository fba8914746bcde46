"""The end of a project: the list for staff, one close-out for everybody concerned, its archive."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.closeouts import fields, forms, queries
from grants.closeouts.actions import closing
from grants.closeouts.lifecycle import CLOSEOUT
from grants.closeouts.models import Closeout
from grants.closeouts.queries import CLOSEOUTS
from grants.core import clock, lists
from grants.core.errors import IllegalTransition
from grants.core.export import exported
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.core.lifecycle import OUT_OF_TIME
from grants.core.money import Money
from grants.core.web import current_actor, opens
from grants.projects.models import Project

blueprint = Blueprint("closeouts", __name__)

WORDS = {
    "states": fields.STATES,
    "tones": fields.TONES,
    "sources": fields.SOURCES,
    "dimensions": fields.DIMENSIONS,
}


def _to(closeout: Closeout) -> ResponseReturnValue:
    return redirect(url_for("closeouts.show", public_id=closeout.public_id), HTTPStatus.SEE_OTHER)


def _who_and_when() -> dict[str, Any]:
    return {"by": current_actor(), "at": clock.now()}


@blueprint.get("/closeouts")
@opens("closeout.list")
def all_closeouts() -> ResponseReturnValue:
    page = lists.page(CLOSEOUTS, request.args, by=current_actor(), path=url_for("closeouts.all_closeouts"))
    return render_template("closeouts/all.html", page=page)


@blueprint.get("/closeouts.<kind>")
@opens("closeout.list")
def export_closeouts(kind: str) -> ResponseReturnValue:
    return exported(CLOSEOUTS, request.args, by=current_actor(), kind=kind)


@blueprint.post("/projects/<public_id>/closeout")
@opens("closeout.view", queries.project)
def begin(project: Project) -> ResponseReturnValue:
    return _to(closing.open_closeout(project, **_who_and_when()))


@blueprint.get("/closeouts/<public_id>")
@opens("closeout.view", queries.by_public_id)
def show(closeout: Closeout) -> ResponseReturnValue:
    return _page(closeout)


def _page(closeout: Closeout, **given: forms.Form) -> ResponseReturnValue:
    """The page with every form it may need; one that was refused keeps what was typed."""
    file = queries.file_of(closeout)
    shown: dict[str, Any] = {
        "sums": forms.account_form(file.budget, formdata=None, words=closeout.account_words),
        "evaluation": forms.Evaluation(formdata=None),
        "returned": forms.Returned(formdata=None, amount=file.left),
        "reason": forms.Reason(formdata=None, prefix="back-"),
        "plain": forms.Form(formdata=None),
        **given,
    }
    page = render_template("closeouts/show.html", file=file, **shown, **WORDS)
    refused = any(form.errors for form in given.values())
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK


def _step(
    closeout: Closeout, name: str, form: forms.Form, do: Callable[[], object], said: Any
) -> ResponseReturnValue:
    if form.accepted():
        with form.attempting():
            do()
            flash(str(said))
            return _to(closeout)
    return _page(closeout, **{name: form})


@blueprint.post("/closeouts/<public_id>/account")
@opens("closeout.view", queries.by_public_id)
def submit_account(closeout: Closeout) -> ResponseReturnValue:
    form = forms.account_form(queries.budget_of(closeout))

    def do() -> None:
        words = form.words.data or ""
        closing.submit_account(closeout, account=form.account(), words=words, **_who_and_when())

    return _step(closeout, "sums", form, do, _l("Thank you. The foundation looks at your account now."))


@blueprint.post("/closeouts/<public_id>/return")
@opens("closeout.view", queries.by_public_id, to="closeout.return")
def send_back(closeout: Closeout) -> ResponseReturnValue:
    CLOSEOUT.demand("return", closeout)
    form = forms.Reason(prefix="back-")

    def do() -> None:
        closing.send_back(closeout, reason=form.reason.data or "", **_who_and_when())

    return _step(closeout, "reason", form, do, _l("Sent back, with your reason."))


@blueprint.post("/closeouts/<public_id>/evaluation")
@opens("closeout.view", queries.by_public_id)
def evaluate(closeout: Closeout) -> ResponseReturnValue:
    form = forms.Evaluation()

    def do() -> None:
        marks = form.marks(closeout.project.grant.call.settings)
        closing.grade(closeout, marks, words=form.words.data or "", **_who_and_when())

    return _step(closeout, "evaluation", form, do, _l("Evaluated. The group sees grade and words."))


@blueprint.post("/closeouts/<public_id>/returns")
@opens("closeout.view", queries.by_public_id, to="closeout.take_back")
def take_back(closeout: Closeout) -> ResponseReturnValue:
    if closeout.returned >= closeout.to_return:
        raise IllegalTransition(OUT_OF_TIME)
    form = forms.Returned()

    def do() -> None:
        day, amount = form.received_on.data or clock.today(), form.amount.data or Money(0)
        words = form.reference.data or ""
        closing.record_return(closeout, amount=amount, received_on=day, reference=words, **_who_and_when())

    return _step(closeout, "returned", form, do, _l("Recorded. The money is free in the fund again."))


@blueprint.post("/closeouts/<public_id>/close")
@opens("closeout.view", queries.by_public_id)
def close(closeout: Closeout) -> ResponseReturnValue:
    said = _l("Closed. The archive is being packed.")
    return _step(closeout, "plain", forms.Form(), lambda: closing.close(closeout, **_who_and_when()), said)


@blueprint.post("/closeouts/<public_id>/archive")
@opens("closeout.view", queries.by_public_id)
def pack_again(closeout: Closeout) -> ResponseReturnValue:
    closing.pack_again(closeout, **_who_and_when())
    flash(_("The archive is being packed again."))
    return _to(closeout)


@blueprint.get("/closeouts/<public_id>/archive")
@opens("closeout.archive", queries.by_public_id)
def archive(closeout: Closeout) -> ResponseReturnValue:
    """The piece of the page that says how far the packing is; it asks again by itself until it is done."""
    return render_template("closeouts/_archive.html", closeout=closeout)

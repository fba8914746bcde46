"""Pages of conversations. What a reader may not see answers like what is absent."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.accounts.rules import local_address
from grants.core import clock
from grants.core.web import current_actor, signed_in
from grants.threads import actions, forms, queries
from grants.threads.models import Thread

blueprint = Blueprint("threads", __name__, url_prefix="/threads")


def _page(thread: Thread, form: forms.Reply) -> ResponseReturnValue:
    page = render_template(
        "threads/page.html", thread=thread, messages=queries.messages_of(thread), form=form
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _to(thread: Thread, wanted: str) -> ResponseReturnValue:
    here = url_for("threads.show", public_id=thread.public_id, _anchor="last")
    return redirect(local_address(wanted, otherwise=here), HTTPStatus.SEE_OTHER)


@blueprint.get("/<public_id>")
@signed_in
def show(public_id: str) -> ResponseReturnValue:
    thread = queries.thread_for(current_actor(), public_id)
    page = _page(thread, forms.Reply.from_request())
    actions.mark_read(thread, by=current_actor(), at=clock.now())
    return page


@blueprint.post("/<public_id>")
@signed_in
def post(public_id: str) -> ResponseReturnValue:
    thread = queries.thread_for(current_actor(), public_id)
    form = forms.Reply.from_request()
    if form.accepted():
        with form.attempting():
            actions.post(thread, form.body.data or "", by=current_actor(), at=clock.now())
            return _to(thread, form.next.data or "")
    return _page(thread, form)


@blueprint.route("/about/<kind>/<public_id>", methods=["GET", "POST"])
@signed_in
def begin(kind: str, public_id: str) -> ResponseReturnValue:
    about = queries.holder_named(current_actor(), kind, public_id)
    form = forms.Opening.from_request(next=request.args.get("next", ""))
    if form.accepted():
        with form.attempting():
            words = {"title": form.title.data or "", "body": form.body.data or ""}
            thread = actions.open_thread(about, **words, by=current_actor(), at=clock.now())
            return _to(thread, form.next.data or "")
    page = render_template("threads/begin.html", form=form, kind=kind, public_id=public_id)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK

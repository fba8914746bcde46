"""The inbox, and wishes about mail."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core import clock
from grants.core.forms import options
from grants.core.i18n import gettext as _
from grants.core.text import small_whole
from grants.core.web import current_actor, opens, signed_in
from grants.messaging import actions, forms, queries
from grants.messaging.models import Notification

blueprint = Blueprint("messages", __name__, url_prefix="/messages")


@blueprint.get("")
@signed_in
def inbox() -> ResponseReturnValue:
    actor = current_actor()
    number = min(max(request.args.get("page", 1, type=small_whole), 1), 10_000)
    lines, total = queries.inbox(actor, number=number), queries.message_count(actor)
    unread = queries.unread_count(actor)
    more = url_for("messages.inbox", page=number + 1) if number * queries.ON_A_PAGE < total else ""
    return render_template("messaging/inbox.html", lines=lines, unread=unread, more=more, total=total)


@blueprint.get("/<public_id>")
@opens("notification.open", queries.notification)
def open_message(notification: Notification) -> ResponseReturnValue:
    actions.mark_opened(notification, at=clock.now())
    return redirect(queries.address_of(notification), HTTPStatus.SEE_OTHER)


@blueprint.post("/read-all")
@signed_in
def read_all() -> ResponseReturnValue:
    actions.mark_all_read(by=current_actor(), at=clock.now())
    return redirect(url_for("messages.inbox"), HTTPStatus.SEE_OTHER)


@blueprint.route("/settings", methods=["GET", "POST"])
@signed_in
def settings() -> ResponseReturnValue:
    offered = {tell.key: tell.label for tell in queries.tells_by_key().values() if tell.label is not None}
    unwanted = queries.unwanted_by_mail(current_actor().user_id or 0)
    form = forms.Wishes.from_request(kinds=[key for key in offered if key not in unwanted])
    form.kinds.choices = options(offered)
    if form.accepted():
        actions.wish(form.kinds.data or [], by=current_actor())
        flash(_("Saved."))
        return redirect(url_for("messages.settings"), HTTPStatus.SEE_OTHER)
    page = render_template("messaging/settings.html", form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK

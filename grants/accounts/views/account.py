"""One's own account: name, language, password, roles, and the browsers signed in with it."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grants.accounts import forms, queries
from grants.accounts.actions import accounts, sessions
from grants.accounts.models import SignInSession
from grants.accounts.rules import device
from grants.core import clock
from grants.core.i18n import gettext as _
from grants.core.i18n import ngettext
from grants.core.web import current_actor, opens, prepared, prepares, signed_in

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.route("", methods=["GET", "POST"])
@signed_in
def show() -> ResponseReturnValue:
    actor = current_actor()
    user = queries.person_by_id(actor.user_id or 0)
    form = forms.Account.from_request(obj=user)
    if form.accepted():
        words = {"name": form.name.data or "", "language": form.language.data or ""}
        accounts.edit_account(user, **words, by=actor, at=clock.now())
        flash(_("Saved."))
        return redirect(url_for("account.show"), HTTPStatus.SEE_OTHER)
    page = render_template(
        "accounts/account.html", form=form, user=user, consents=queries.consents_of(user.id)
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _check() -> accounts.Change | None:
    actor = current_actor()
    if not actor.is_authenticated:
        return None
    form = forms.ChangePassword()
    words = {"current": form.current.data or "", "new": form.password.data or ""}
    return accounts.check_change(queries.user_by_id(actor.user_id or 0), **words)


@blueprint.route("/password", methods=["GET", "POST"])
@prepares(_check)
@signed_in
def password() -> ResponseReturnValue:
    form = forms.ChangePassword.from_request()
    if form.accepted():
        with form.attempting():
            accounts.change_password(prepared(), by=current_actor(), at=clock.now())
            flash(_("Your new password is kept. All other browsers were signed out."))
            return redirect(url_for("account.show"), HTTPStatus.SEE_OTHER)
    page = render_template("accounts/password.html", form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@blueprint.get("/sessions")
@signed_in
def list_sessions() -> ResponseReturnValue:
    rows = queries.sessions_of(current_actor().user_id or 0)
    return render_template("accounts/sessions.html", rows=rows, device=device)


@blueprint.post("/sessions/<public_id>/revoke")
@opens("session.revoke", queries.session_by_public_id)
def revoke(opened: SignInSession) -> ResponseReturnValue:
    sessions.revoke(opened, by=current_actor(), at=clock.now())
    flash(_("That browser is signed out."))
    return redirect(url_for("account.list_sessions"), HTTPStatus.SEE_OTHER)


@blueprint.post("/sessions/revoke-others")
@signed_in
def revoke_others() -> ResponseReturnValue:
    count = sessions.revoke_others(by=current_actor(), at=clock.now())
    said = ngettext("One other browser was signed out.", "%(num)s other browsers were signed out.", count)
    flash(said if count else _("No other browser was signed in."))
    return redirect(url_for("account.list_sessions"), HTTPStatus.SEE_OTHER)

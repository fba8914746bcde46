"""The people of the house and their roles, for whoever keeps them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.accounts import forms, queries
from grants.accounts.actions import accounts, roles
from grants.accounts.fields import ROLE_WORDS
from grants.accounts.models import User
from grants.core import clock, i18n
from grants.core.i18n import gettext as _
from grants.core.text import small_whole
from grants.core.web import current_actor, opens

blueprint = Blueprint("people", __name__, url_prefix="/people")


def _to(person: User) -> ResponseReturnValue:
    return redirect(url_for("people.show", public_id=person.public_id), HTTPStatus.SEE_OTHER)


@blueprint.get("")
@opens("people.view")
def list_people() -> ResponseReturnValue:
    asked = {"looked_for": request.args.get("q", "")[:100], "role": request.args.get("role", "")}
    number = min(max(request.args.get("page", 1, type=small_whole), 1), 10_000)
    found = queries.people(**asked, number=number)
    shown = {
        "page": _pages(found, asked),
        "role_options": [(kind, word, None) for kind, word in ROLE_WORDS.items()],
    }
    return render_template("accounts/people.html", found=found, **asked, **shown, **_words())


def _words() -> dict[str, Any]:
    return {"role_words": ROLE_WORDS, "where": queries.scope_label, "today": clock.today()}


def _pages(found: queries.People, asked: dict[str, str]) -> dict[str, Any]:
    """The pager of the list of people."""
    last = max(1, -(-found.total // queries.ON_A_PAGE))
    first = (found.number - 1) * queries.ON_A_PAGE + 1
    kept = {"q": asked["looked_for"], "role": asked["role"]}

    def address(number: int) -> str:
        return url_for("people.list_people", page=number, **kept) if 1 <= number <= last else ""

    return {
        "first": first if found.rows else 0,
        "last": first + len(found.rows) - 1 if found.rows else 0,
        "total": found.total,
        "pages": [
            {"label": number, "href": address(number), "current": number == found.number}
            for number in range(max(1, found.number - 3), min(last, found.number + 3) + 1)
        ],
        "previous": address(found.number - 1),
        "next": address(found.number + 1),
    }


@blueprint.route("/invite", methods=["GET", "POST"])
@opens("people.invite")
def invite() -> ResponseReturnValue:
    form = forms.Invite.from_request(language=i18n.language())
    if form.accepted():
        with form.attempting():
            by, at = current_actor(), clock.now()
            who = {
                "name": form.name.data or "",
                "email": form.email.data or "",
                "language": form.language.data,
            }
            person = accounts.invite(**who, by=by, at=at)
            roles.grant_role(person, form.terms(), by=by, at=at)
            flash(_("%(name)s has the role; the mail is on its way.", name=person.name))
            return _to(person)
    page = render_template("accounts/invite.html", form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@blueprint.get("/<public_id>")
@opens("people.view", queries.person)
def show(person: User) -> ResponseReturnValue:
    return _page(person, forms.RoleTerms.from_request())


def _page(person: User, form: forms.RoleTerms) -> ResponseReturnValue:
    page = render_template("accounts/person.html", person=person, form=form, **_words())
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@blueprint.post("/<public_id>/roles")
@opens("people.view", queries.person, to="people.invite")
def grant(person: User) -> ResponseReturnValue:
    form = forms.RoleTerms.from_request()
    if form.accepted():
        with form.attempting():
            roles.grant_role(person, form.terms(), by=current_actor(), at=clock.now())
            flash(_("The role is given."))
            return _to(person)
    return _page(person, form)


@blueprint.post("/roles/<public_id>/end")
@opens("people.view", queries.role_grant)
def end(granted: queries.RoleGrant) -> ResponseReturnValue:
    roles.end_role(granted, by=current_actor(), at=clock.now())
    flash(_("The role has ended."))
    return _to(granted.user)


@blueprint.post("/<public_id>/disable")
@opens("people.view", queries.person)
def disable(person: User) -> ResponseReturnValue:
    roles.disable(person, by=current_actor(), at=clock.now())
    flash(_("The account is closed and signed out everywhere."))
    return _to(person)


@blueprint.post("/<public_id>/enable")
@opens("people.view", queries.person)
def enable(person: User) -> ResponseReturnValue:
    roles.enable(person, by=current_actor(), at=clock.now())
    flash(_("The account is open again."))
    return _to(person)

"""The hall of honour, for everybody; and what the desk may do to a certificate."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.awards import forms
from grants.awards.actions import certificates
from grants.awards.models import Certificate
from grants.awards.queries import honours
from grants.awards.views import WORDS
from grants.core import clock, pagination
from grants.core.i18n import gettext as _
from grants.core.web import current_actor, opens, public

blueprint = Blueprint("honours", __name__)
blueprint.context_processor(lambda: WORDS)
LONGEST = 60


def _asked() -> honours.Asked:
    year, given = request.args.get("year", ""), request.args
    is_year = year.isascii() and year.isdigit() and len(year) <= len("2026")
    return honours.Asked(
        int(year) if is_year else None, given.get("category", "")[:LONGEST], given.get("q", "")[:LONGEST]
    )


@blueprint.get("/honours")
@public
def hall() -> ResponseReturnValue:
    asked = _asked()
    found = honours.hall(asked, page=request.args.get("page", ""))
    kept = {"year": asked.year or None, "category": asked.category or None, "q": asked.name or None}
    links = pagination.links(found.window, lambda n: url_for("honours.hall", page=n, **kept))
    return render_template("awards/hall.html", hall=found, asked=asked, links=links)


@blueprint.get("/honours/<public_id>")
@public
def certificate(public_id: str) -> ResponseReturnValue:
    return _certificate(honours.by_public_id(public_id), forms.ReasonForm(formdata=None))


def _certificate(certificate: Certificate, form: forms.ReasonForm) -> ResponseReturnValue:
    page = render_template("awards/certificate.html", certificate=certificate, form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@blueprint.post("/honours/<public_id>/withdraw")
@opens("certificate.withdraw", honours.by_public_id)
def withdraw(certificate: Certificate) -> ResponseReturnValue:
    form = forms.ReasonForm()
    if form.accepted():
        with form.attempting():
            reason = form.reason.data or ""
            certificates.withdraw(certificate, reason=reason, by=current_actor(), at=clock.now())
            flash(_("The certificate was withdrawn, and its page says so."))
            return redirect(
                url_for("honours.certificate", public_id=certificate.public_id), HTTPStatus.SEE_OTHER
            )
    return _certificate(certificate, form)

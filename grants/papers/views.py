"""The public page on which anybody may check a paper."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from grants.core.forms import Form
from grants.core.i18n import lazy_gettext as _l
from grants.core.web import current_actor, public
from grants.papers.checking import CheckedPaper, numbered_paper, paper_of

blueprint = Blueprint("checking", __name__, url_prefix="/check")
LONGEST = 60


class CheckForm(Form):
    """What stands on the paper."""

    number = StringField(_l("Number"), [InputRequired(), Length(max=LONGEST)])
    code = StringField(_l("Check code"), [InputRequired(), Length(max=LONGEST)])


@blueprint.route("", methods=["GET", "POST"])
@public
def check() -> ResponseReturnValue:
    form = CheckForm.from_request()
    if form.accepted():
        found = numbered_paper(form.number.data or "", form.code.data or "", by=current_actor())
        return _answer(found, form)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template("papers/check.html", form=form, paper=None, asked=False), status


@blueprint.get("/<code>")
@public
def check_code(code: str) -> ResponseReturnValue:
    return _answer(paper_of(code, by=current_actor()), CheckForm(formdata=None))


def _answer(found: CheckedPaper | None, form: CheckForm) -> ResponseReturnValue:
    """The same words and status for whatever is not there."""
    page = render_template("papers/check.html", form=form, paper=found, asked=True)
    return page, HTTPStatus.OK if found else HTTPStatus.NOT_FOUND

"""The forms people fill in about projects, and the files they send with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from flask import request
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    MultipleFileField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from grants.core import text
from grants.core.errors import RulesBroken
from grants.core.forms import ExactField, Form, options
from grants.core.i18n import lazy_gettext as _l
from grants.documents import actions as documents
from grants.documents.actions import Spooled, Upload
from grants.documents.fields import ACCEPT
from grants.organisations.models import Volunteer
from grants.projects import fields
from grants.projects.rules import ONE_HOUR, ActivityTerms, FindingTerms
from grants.reference import queries as reference
from grants.reference.fields import Taxonomy

MOST_FILES = 10
MOST_PEOPLE = 1_000_000


def _tidy(value: Any) -> Any:
    return text.clean_line(value) if isinstance(value, str) else value


def _files(label: Any) -> MultipleFileField:
    return MultipleFileField(label, render_kw={"accept": ACCEPT, "multiple": True})


def received() -> Sequence[Spooled] | RulesBroken:
    """Check and store what was sent as `files`, before any transaction; what cannot be taken says why."""
    uploads = [upload for upload in request.files.getlist("files") if upload.filename]
    try:
        return [documents.receive(cast("Upload", each), field="files") for each in uploads[:MOST_FILES]]
    except RulesBroken as broken:
        return broken


def accepted_files(form: Form, found: Sequence[Spooled] | RulesBroken | None) -> Sequence[Spooled] | None:
    """The files, or None after the form was told what is wrong with them."""
    if isinstance(found, RulesBroken):
        form.absorb(found.violations)
        return None
    return found or ()


class Reason(Form):
    """Something is stopped or goes back: why."""

    reason = TextAreaField(
        _l("Why"), validators=[InputRequired(), Length(max=fields.REASON_CHARACTERS)], render_kw={"rows": 3}
    )


class Terminate(Reason):
    """The end before the end."""

    blocked_until = DateField(_l("Blocked from applying until"), validators=[Optional()])


class MilestoneEvidence(Form):
    """What shows that a milestone is reached."""

    words = TextAreaField(
        _l("In a sentence or two"),
        validators=[Length(max=fields.TEXT_CHARACTERS)],
        render_kw={"rows": 3},
    )
    files = _files(_l("Photos or files"))
    link = StringField(
        _l("A link, if there is one"), filters=[_tidy], validators=[Length(max=fields.LINK_CHARACTERS)]
    )


class Activity(Form):
    """An activity as it is recorded on a phone, evening after evening."""

    title = StringField(
        _l("What was it"),
        filters=[_tidy],
        validators=[InputRequired(), Length(max=fields.TITLE_CHARACTERS)],
    )
    on = DateField(_l("On"), validators=[InputRequired()])
    starts_at = TimeField(_l("From"), validators=[Optional()])
    hours_each = ExactField(_l("Hours for each volunteer"), validators=[InputRequired()])
    place = StringField(_l("Where"), filters=[_tidy], validators=[Length(max=fields.TITLE_CHARACTERS)])
    content = TextAreaField(
        _l("What was done"), validators=[Length(max=fields.TEXT_CHARACTERS)], render_kw={"rows": 3}
    )
    kind = SelectField(_l("Kind of activity"), choices=[], validate_choice=False)
    volunteers_counted = IntegerField(
        _l("Volunteers in all"), validators=[Optional(), NumberRange(0, fields.MOST_VOLUNTEERS)]
    )
    beneficiaries = IntegerField(_l("People helped"), validators=[Optional(), NumberRange(0, MOST_PEOPLE)])
    insured = BooleanField(_l("The volunteers were insured"))
    files = _files(_l("Sign-in sheet or photos"))

    def offer_kinds(self, kept: str = "") -> None:
        """The kinds of activity that the city knows."""
        pairs = reference.term_choices(Taxonomy.ACTIVITY_KIND, kept=[kept] if kept else [])
        self.kind.choices = options([("", ""), *pairs])

    def terms(self, named: int) -> ActivityTerms:
        """What was typed; nobody counted means as many as are named."""
        hours = self.hours_each.data or 0
        return ActivityTerms(
            title=self.title.data or "",
            on=self.on.data or date.min,
            starts_at=self.starts_at.data,
            minutes_each=int(hours * ONE_HOUR),
            kind=(self.kind.data or "")[:40],
            place=self.place.data or "",
            content=self.content.data or "",
            beneficiaries=self.beneficiaries.data or 0,
            volunteers_counted=self.volunteers_counted.data or named,
            insured=bool(self.insured.data),
        )


def named_minutes(ledger: Sequence[Volunteer], minutes_each: int) -> dict[int, int]:
    """Who was ticked, each with the hours typed beside the name, else those of everybody."""
    ticked = set(request.form.getlist("who"))
    return {
        row.id: _own_minutes(request.form.get(f"hours-{row.public_id}", ""), minutes_each)
        for row in ledger
        if row.public_id in ticked
    }


def _own_minutes(typed: str, otherwise: int) -> int:
    """What cannot be read counts as no time at all, which the rules then refuse."""
    try:
        return int(Decimal(typed.strip()) * ONE_HOUR) if typed.strip() else otherwise
    except (ArithmeticError, ValueError):
        return 0


class Read(Form):
    """What was found when a report was read."""

    result = SelectField(_l("Result"), choices=options(fields.RESULTS))
    score = ExactField(_l("Score of 100"), validators=[Optional(), NumberRange(0, 100)])
    answer = TextAreaField(
        _l("Words to the group"), validators=[Length(max=fields.REASON_CHARACTERS)], render_kw={"rows": 4}
    )


class Finding(Form):
    """Something wrong, with its owner and day."""

    severity = SelectField(_l("How bad"), choices=options(fields.SEVERITIES))
    title = StringField(
        _l("What is wrong"),
        filters=[_tidy],
        validators=[InputRequired(), Length(max=fields.TITLE_CHARACTERS)],
    )
    action = TextAreaField(
        _l("What has to be done"),
        validators=[InputRequired(), Length(max=fields.REASON_CHARACTERS)],
        render_kw={"rows": 3},
    )
    owner_name = StringField(
        _l("Who puts it right"), filters=[_tidy], validators=[InputRequired(), Length(max=80)]
    )
    due_on = DateField(_l("Due on"), validators=[InputRequired()])
    holds_payment = BooleanField(_l("Hold payments until it is closed (always, when it is serious)"))

    def terms(self, today: date, source: str) -> FindingTerms:
        return FindingTerms(
            severity=fields.Severity(self.severity.data),
            title=self.title.data or "",
            action=self.action.data or "",
            owner_name=self.owner_name.data or "",
            due_on=self.due_on.data or today,
            found_on=today,
            source=source[:40],
            holds_payment=bool(self.holds_payment.data),
        )


class Answer(Form):
    """What the group did about a finding."""

    answer = TextAreaField(
        _l("What you did"),
        validators=[InputRequired(), Length(max=fields.TEXT_CHARACTERS)],
        render_kw={"rows": 4},
    )
    files = _files(_l("Proof: photos or files"))

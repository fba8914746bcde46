"""What officers type about organisations: their record, ties, blocks, hosts and partners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from grants.core.forms import Form, options
from grants.core.i18n import lazy_gettext as _l
from grants.core.text import clean, clean_line
from grants.organisations import fields
from grants.organisations.fields import LegalStatus
from grants.organisations.rules import Legal


class Record(Form):
    """What the foundation's officers put on record about a group."""

    star_level = IntegerField(_l("Stars"), [Optional(), NumberRange(1, 5)])
    assessment_grade = SelectField(_l("Assessment grade"), [Optional()])
    assessment_until = DateField(_l("The grade counts until"), [Optional()])
    liaison = SelectField(_l("Liaison officer"), [Optional()])


class TieForm(Form):
    """What officers know of a tie between somebody of the house and a group."""

    person = SelectField(_l("Who"), [InputRequired()], coerce=int)
    kind = SelectField(
        _l("Which tie"),
        choices=options(
            (kind, words)
            for kind, words in fields.CONFLICT_KINDS.items()
            if kind not in {fields.ConflictKind.MAIL_DOMAIN, fields.ConflictKind.PHONE}
        ),
    )
    evidence = StringField(
        _l("What it rests on"),
        [Optional(), Length(max=fields.NOTE)],
        description=_l("Read by officers only."),
    )

    @classmethod
    def among(cls, people: Mapping[int, str], **more: Any) -> TieForm:
        form = cls.from_request(**more)
        form.person.choices = options(people)
        return form


class BlockForm(Form):
    """Until when a group may not apply, and why."""

    until_on = DateField(_l("Last day of the block"), [InputRequired()])
    reason = StringField(
        _l("Reason"), [DataRequired(), Length(max=fields.NOTE)], description=_l("The group reads it.")
    )


class EnterBody(Form):
    """A host or a partner, put down by staff."""

    kind = RadioField(
        _l("What it is to us"),
        choices=options((kind, fields.KINDS[kind]) for kind in (fields.Kind.HOST, fields.Kind.PARTNER)),
        default=fields.Kind.HOST.value,
    )
    name_zh = StringField(_l("Name"), [DataRequired(), Length(max=fields.NAME)])
    name_en = StringField(_l("Name in English"), [Optional(), Length(max=fields.NAME)])
    legal_status = SelectField(
        _l("How the law knows it"),
        choices=options(
            (status, words)
            for status, words in fields.LEGAL_STATUSES.items()
            if status in fields.LEGAL_PERSONS
        ),
    )
    credit_code = StringField(_l("Unified social credit code"), [Optional(), Length(max=64)])
    intro_zh = TextAreaField(_l("What it does"), [Optional(), Length(max=fields.INTRO)])

    @property
    def name(self) -> dict[str, str]:
        given = {"zh-Hans": self.name_zh.data, "en": self.name_en.data}
        return {code: clean_line(text) for code, text in given.items() if text and clean_line(text)}

    @property
    def intro(self) -> dict[str, str]:
        said = clean(self.intro_zh.data or "").strip()
        return {"zh-Hans": said} if said else {}

    def legal(self) -> Legal:
        return Legal(LegalStatus(self.legal_status.data), clean_line(self.credit_code.data or ""))


class AnnualCheckForm(Form):
    """The result of one year."""

    year = IntegerField(_l("Year"), [InputRequired(), NumberRange(2000, 2100)])
    result = SelectField(_l("Result"), choices=options(fields.ANNUAL_CHECKS))

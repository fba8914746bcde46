"""What people fill in: a year, a category, a nomination, a reason."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from grants.awards import fields
from grants.awards.actions.categories import CategoryDraft, Line
from grants.awards.actions.nominating import Words
from grants.awards.fields import Check, Publicity, Recipient
from grants.awards.models import AwardCategory, AwardCycle, Nomination
from grants.awards.rules.cycles import CycleDraft
from grants.awards.rules.scores import Weights
from grants.core.forms import Form, options
from grants.core.i18n import gettext as _
from grants.core.i18n import in_all_languages
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money, NotMoney

MOST_LINES = 4
USUAL = (
    ("volunteer", _l("Outstanding volunteer"), Recipient.PERSON),
    ("organisation", _l("Outstanding volunteer organisation"), Recipient.ORGANISATION),
)
_LONG_NUMBER = 12


class _Money(StringField):
    """An amount in yuan; empty is nothing."""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        try:
            self.amount()
        except NotMoney:
            raise ValidationError(_("Write an amount in yuan, such as 1,200.50.")) from None

    def amount(self) -> Money:
        text = (self.data or "").strip()
        return Money.parse(text) if text else Money(0)


def _number(text: str | None, otherwise: Decimal) -> Decimal:
    try:
        number = Decimal((text or "").strip() or str(otherwise))
    except InvalidOperation:
        return Decimal(-1)
    return (
        number.quantize(Decimal("0.01"))
        if number.is_finite() and abs(number) < fields.MOST_HOURS
        else Decimal(-1)
    )


def _date(label: str) -> DateField:
    return DateField(label, validators=[InputRequired(_l("Choose a day."))])


class _Versioned(Form):
    version = HiddenField(default="0")

    def seen_version(self) -> int:
        text = str(self.version.data or "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < _LONG_NUMBER else 0


class CycleForm(_Versioned):
    title_zh = StringField(_l("Title in Chinese"), [InputRequired(), Length(max=fields.NAME)])
    title_en = StringField(_l("Title in English"), [Length(max=fields.NAME)])
    fund = SelectField(_l("Fund the prizes are paid from"), validators=[Optional()])
    amount = _Money(_l("Amount for prizes"))
    period_from = _date(_l("Looks at service from"))
    period_to = _date(_l("to"))
    nominate_from = _date(_l("Nominations from"))
    nominate_to = _date(_l("Nominations until the end of"))
    score_from = _date(_l("Jury from"))
    score_to = _date(_l("Jury until the end of"))
    notice_from = _date(_l("Public notice from"))
    notice_days = IntegerField(
        _l("Working days of notice"), [InputRequired(), NumberRange(1, fields.MOST_DAYS)], default=5
    )
    ceremony_on = _date(_l("Ceremony"))

    def offer(self, funds: list[tuple[str, str]]) -> None:
        self.fund.choices = options([("", _("no prizes in money")), *funds])

    def draft(self) -> CycleDraft:
        plain = {name: self[name].data for name in CycleDraft.__struct_fields__ if name in self._fields}
        return CycleDraft(
            **plain
            | {
                "title": _words(self.title_zh.data, self.title_en.data),
                "fund_id": int(self.fund.data) if self.fund.data else None,
                "amount": self.amount.amount(),
            }
        )

    @classmethod
    def values_of(cls, cycle: AwardCycle) -> dict[str, Any]:
        plain = {name: getattr(cycle, name) for name in CycleDraft.__struct_fields__}
        return plain | {
            "title_zh": cycle.title.get("zh-Hans", ""),
            "title_en": cycle.title.get("en", ""),
            "fund": str(cycle.fund_id or ""),
            "amount": str(cycle.amount),
            "version": str(cycle.version),
        }


class CategoryForm(_Versioned):
    name_zh = StringField(_l("Name in Chinese"), [InputRequired(), Length(max=fields.NAME)])
    name_en = StringField(_l("Name in English"), [Length(max=fields.NAME)])
    key = StringField(_l("Key"), [InputRequired(), Length(max=40)])
    recipient = SelectField(_l("Who is recognised"), choices=options(fields.RECIPIENTS))
    quota = IntegerField(
        _l("Winners at most"), [InputRequired(), NumberRange(1, fields.MOST_WINNERS)], default=1
    )
    prize = _Money(_l("Prize for each"))
    period_years = IntegerField(
        _l("Years it looks back"), [InputRequired(), NumberRange(1, fields.MOST_YEARS)], default=1
    )
    check_hours = StringField(_l("Verified hours in the period, at least"), [Length(max=_LONG_NUMBER)])
    check_stars = SelectField(
        _l("Stars of service, at least"),
        choices=options([("", "–"), *((str(n), "★" * n) for n in range(1, 6))]),
        default="",
    )
    check_grade = SelectField(
        _l("Grade of the last project, at least"),
        choices=options([("", "–"), *fields.GRADES.items()]),
        default="",
    )
    check_annual_check = BooleanField(_l("The last annual check was passed"))
    check_no_open_finding = BooleanField(_l("No major finding is open"))
    check_running = BooleanField(_l("The project is running or closed in good order"))
    weight_deed = StringField(
        _l("Weight of the jury's mark in percent"), [Length(max=_LONG_NUMBER)], default="60"
    )
    weight_hours = StringField(_l("Weight of the hours in percent"), [Length(max=_LONG_NUMBER)], default="40")
    full_hours = StringField(_l("Hours that earn the full mark"), [Length(max=_LONG_NUMBER)], default="50")
    reviews_per_entry = IntegerField(
        _l("People who mark each nomination"),
        [InputRequired(), NumberRange(1, fields.MOST_JURORS)],
        default=2,
    )
    line1 = StringField(_l("What the jury marks"), [InputRequired(), Length(max=fields.NAME)])
    weight1 = StringField(_l("Weight in percent"), [Length(max=_LONG_NUMBER)], default="100")
    line2 = StringField(_l("What the jury marks"), [Length(max=fields.NAME)])
    weight2 = StringField(_l("Weight in percent"), [Length(max=_LONG_NUMBER)])
    line3 = StringField(_l("What the jury marks"), [Length(max=fields.NAME)])
    weight3 = StringField(_l("Weight in percent"), [Length(max=_LONG_NUMBER)])
    line4 = StringField(_l("What the jury marks"), [Length(max=fields.NAME)])
    weight4 = StringField(_l("Weight in percent"), [Length(max=_LONG_NUMBER)])

    @classmethod
    def proposed(cls, cycle: AwardCycle) -> dict[str, Any]:
        """What a year begins with: the volunteer, then the organisation (S004-28); nothing when both are there."""
        there = {category.key for category in cycle.categories}
        for key, name, recipient in USUAL:
            if key not in there:
                said = in_all_languages(name)
                names = {"name_zh": said["zh-Hans"], "name_en": said["en"]}
                return names | {"key": key, "recipient": recipient.value}
        return {}

    def draft(self) -> CategoryDraft:
        return CategoryDraft(
            key=(self.key.data or "").strip(),
            name=_words(self.name_zh.data, self.name_en.data),
            recipient=Recipient(self.recipient.data),
            quota=self.quota.data or 0,
            prize=self.prize.amount(),
            period_years=self.period_years.data or 0,
            conditions=self._conditions(),
            weights=Weights(
                _number(self.weight_deed.data, Decimal(0)),
                _number(self.weight_hours.data, Decimal(0)),
                _number(self.full_hours.data, Decimal(50)),
            ),
            lines=self._lines(),
            reviews_per_entry=self.reviews_per_entry.data or 0,
        )

    def _conditions(self) -> list[dict[str, str]]:
        found = []
        for check in Check:
            field = self._fields.get(f"check_{check.value}")
            if field is None or not field.data:
                continue
            value = "" if isinstance(field, BooleanField) else str(field.data).strip()
            found.append({"check": check.value} | ({"value": value} if value else {}))
        return found

    def _lines(self) -> list[Line]:
        numbers = range(1, MOST_LINES + 1)
        pairs = [(self[f"line{n}"].data, self[f"weight{n}"].data) for n in numbers]
        return [
            Line({"zh-Hans": name.strip()}, _number(weight, Decimal(0)))
            for name, weight in pairs
            if name and name.strip()
        ]

    @classmethod
    def values_of(cls, category: AwardCategory) -> dict[str, Any]:
        weights = Weights.of(category.weights)
        criteria = category.stage.criteria if category.stage else []
        values: dict[str, Any] = {
            "name_zh": category.name.get("zh-Hans", ""),
            "name_en": category.name.get("en", ""),
            "key": category.key,
            "recipient": category.recipient.value,
            "quota": category.quota,
            "prize": str(category.prize),
            "period_years": category.period_years,
            "weight_deed": f"{weights.deed.normalize():f}",
            "weight_hours": f"{weights.hours.normalize():f}",
            "full_hours": f"{weights.full_hours.normalize():f}",
            "reviews_per_entry": category.stage.reviews_per_entry if category.stage else 2,
            "version": str(category.version),
        }
        for condition in category.conditions:
            values[f"check_{condition['check']}"] = condition.get("value", True)
        for place, criterion in enumerate(criteria[:MOST_LINES], start=1):
            values[f"line{place}"] = criterion.name.get("zh-Hans", "")
            values[f"weight{place}"] = f"{criterion.weight.normalize():f}"
        return values


class BeginForm(Form):
    nominee = SelectField(_l("Whom you nominate"))

    def offer(self, choices: list[tuple[str, str]]) -> None:
        self.nominee.choices = options([("", _("Please choose")), *choices])


class NominationForm(_Versioned):
    deed = TextAreaField(_l("What they did"), [Length(max=fields.MOST_KEPT)])
    consent = BooleanField(_l("The nominee agrees to be nominated and to the deed being read by the jury."))
    publicity = SelectField(_l("How the name is shown in public"), choices=options(fields.PUBLICITIES))
    submit = HiddenField()

    def words(self) -> Words:
        return Words(self.deed.data or "", bool(self.consent.data), Publicity(self.publicity.data))

    @property
    def sends_in(self) -> bool:
        return self.submit.data == "yes"

    def said(self) -> dict[str, list[str]]:
        return {name: [str(error) for error in errors] for name, errors in self.errors.items() if name}

    @classmethod
    def values_of(cls, nomination: Nomination) -> dict[str, Any]:
        return {
            "deed": nomination.deed,
            "consent": nomination.consent,
            "publicity": nomination.publicity.value,
            "version": str(nomination.version),
        }


class GuardianForm(Form):
    guardian_file = FileField(_l("Consent signed by a guardian"))


class ReasonForm(Form):
    reason = TextAreaField(_l("Reason"), [Length(max=fields.REASON)])


def _words(chinese: str | None, english: str | None) -> dict[str, str]:
    pairs = {"zh-Hans": (chinese or "").strip(), "en": (english or "").strip()}
    return {code: text for code, text in pairs.items() if text}

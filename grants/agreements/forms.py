"""The forms people fill in about agreements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as BareForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from grants.agreements import fields
from grants.agreements.models import Agreement
from grants.agreements.rules import parties
from grants.agreements.terms import LABELS
from grants.core import text
from grants.core.forms import Form, MoneyField, options
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money

BLANK_ROWS = 2
MOST_VERSIONS = 2**31 - 1


def _tidy(value: Any) -> Any:
    return text.clean_line(value) if isinstance(value, str) else value


def _line(label: Any, most: int = fields.TEXT_CHARACTERS) -> StringField:
    return StringField(label, filters=[_tidy], validators=[Length(max=most)])


def _figure(label: Any, most: int) -> IntegerField:
    return IntegerField(label, validators=[InputRequired(), NumberRange(min=0, max=most)])


class Sign(Form):
    """A party's signature: the name typed, under the hash that was shown."""

    party = HiddenField(validators=[InputRequired()])
    seen_hash = HiddenField(validators=[InputRequired(), Length(max=64)])
    typed_name = StringField(
        _l("Type your name to sign"),
        filters=[_tidy],
        validators=[InputRequired(), Length(max=fields.NAME_CHARACTERS)],
        render_kw={"autocomplete": "name"},
    )
    read = BooleanField(
        _l("I have read the whole agreement and may sign for this party."), validators=[InputRequired()]
    )


class Recall(Form):
    """Taking an offered text back."""

    reason = TextAreaField(_l("Why"), validators=[InputRequired(), Length(max=fields.REASON_CHARACTERS)])


class Part(BareForm):
    """A row of a form: in our language and cleaned like the form it stands in, which has the protection."""

    class Meta(Form.Meta):
        csrf = False  # pyrefly: ignore[bad-override]  - the stubs call it a property


class PartyPart(Part):
    representative = _line(_l("Representative"), fields.NAME_CHARACTERS)
    contact = _line(_l("Contact person"), fields.NAME_CHARACTERS)
    phone = _line(_l("Phone number"), 40)


class DutyPart(Part):
    duty = _line(_l("Duty"))
    owner = SelectField(_l("Owner"), choices=[], validate_choice=False)
    due = _line(_l("Until"), 80)


class BudgetPart(Part):
    amount = MoneyField(_l("Amount"))
    note = _line(_l("Note"))


class GiftPart(Part):
    item = _line(_l("Goods or service"), fields.ITEM_CHARACTERS)
    quantity = _line(_l("Quantity"), fields.QUANTITY_CHARACTERS)
    value = MoneyField(_l("Estimated value"))


class ReportPart(Part):
    kind = SelectField(
        _l("Report"),
        choices=options([("", ""), ("midterm", _l("Mid-term report")), ("final", _l("Final report"))]),
    )
    due_on = DateField(_l("Due on"), validators=[Optional()])


class MilestonePart(Part):
    name = _line(_l("Milestone"), 120)
    from_on = DateField(_l("From"), validators=[Optional()])
    due_on = DateField(_l("Until"), validators=[Optional()])


class EditTerms(Form):
    """What staff may change in a draft; amount and parts follow from the decision."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, MOST_VERSIONS)])
    starts_on = DateField(_l("First day"), validators=[Optional()])
    ends_on = DateField(_l("Last day"), validators=[Optional()])
    signed_place = _line(_l("Place of signing"), 120)
    bank = _line(_l("Bank of the payee"), 120)
    account_end = StringField(
        _l("Last four digits of the account"), filters=[_tidy], validators=[Optional(), Length(4, 4)]
    )
    parties = FieldList(FormField(PartyPart), label=_l("Parties"))
    duties = FieldList(FormField(DutyPart), label=_l("Duties"), max_entries=fields.MOST_DUTIES)
    budget = FieldList(FormField(BudgetPart), label=_l("Budget"))
    in_kind = FieldList(FormField(GiftPart), label=_l("Beside the money"), max_entries=fields.MOST_IN_KIND)
    reports = FieldList(FormField(ReportPart), label=_l("Reports"), max_entries=6)
    milestones = FieldList(FormField(MilestonePart), label=_l("Milestones"), max_entries=30)
    leftover_days = _figure(_l("Days to return what is left"), 365)
    rectify_days = _figure(_l("Days to mend a breach"), 365)
    report_days = _figure(_l("Days for the final report"), 365)
    records_years = _figure(_l("Years to keep records"), 50)
    tolerance_percent = _figure(_l("Per cent that may move between budget lines"), 100)
    copies = _figure(_l("Copies"), 20)
    court = _line(_l("Court"), 120)

    @classmethod
    def of(cls, agreement: Agreement) -> EditTerms:
        """Filled from the draft, or from what was sent; rows may be added at the end."""
        terms = agreement.terms
        form = cls.from_request(**_shown(terms), version=agreement.version)
        owners = [("", _("nobody yet")), *((LABELS[party], LABELS[party]) for party in parties(terms))]
        for part in form.duties:
            part.form.owner.choices = options(owners)
        return form

    def changes(self, terms: Mapping[str, Any]) -> dict[str, Any]:
        """The entries of the terms as they should be from now on; rows left empty fall away."""
        figures = {key: getattr(self, key).data for key in terms["figures"]}
        ending = self.account_end.data or ""
        return {
            "signed_place": self.signed_place.data or "",
            "project": {
                **terms["project"],
                "starts_on": _iso(self.starts_on.data),
                "ends_on": _iso(self.ends_on.data),
            },
            "payee": {
                **terms["payee"],
                "bank": self.bank.data or "",
                "account": f"**** **** **** {ending}" if ending else "",
            },
            "parties": [
                {**party, **_plain(part.data)}
                for party, part in zip(terms["parties"], self.parties, strict=False)
            ],
            "duties": [_duty(part.data) for part in self.duties if part.data["duty"]],
            "budget": [
                {**row, "amount": str(part.form.amount.data or Money(0)), "note": part.form.note.data or ""}
                for row, part in zip(terms["budget"], self.budget, strict=False)
            ],
            "in_kind": [
                {**_plain(part.data), "value": str(part.form.value.data or Money(0))}
                for part in self.in_kind
                if part.data["item"]
            ],
            "reports": [
                {"kind": part.data["kind"], "due_on": _iso(part.data["due_on"])}
                for part in self.reports
                if part.data["kind"] and part.data["due_on"]
            ],
            "milestones": self._milestones(terms),
            "figures": figures,
        }

    def _milestones(self, terms: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Rows in order; a name that was not changed keeps its other languages."""
        known = {row["name"].get("zh-Hans", ""): row["name"] for row in terms["milestones"]}
        rows = [part.data for part in self.milestones]
        whole = [row for row in rows if row["name"] and row["from_on"] and row["due_on"]]
        return [
            {
                "number": number,
                "name": dict(known.get(row["name"], {"zh-Hans": row["name"]})),
                "from_on": _iso(row["from_on"]),
                "due_on": _iso(row["due_on"]),
            }
            for number, row in enumerate(whole, start=1)
        ]


def _shown(terms: Mapping[str, Any]) -> dict[str, Any]:
    """The draft as the form shows it, with empty rows to add to."""
    return {
        **terms["figures"],
        "starts_on": _day(terms["project"]["starts_on"]),
        "ends_on": _day(terms["project"]["ends_on"]),
        "signed_place": terms["signed_place"],
        "bank": terms["payee"]["bank"],
        "account_end": terms["payee"]["account"][-4:],
        "parties": list(terms["parties"]),
        "duties": [*terms["duties"], *({} for _blank in range(BLANK_ROWS))],
        "budget": list(terms["budget"]),
        "in_kind": [*terms["in_kind"], {}],
        "reports": [*_dated(terms["reports"], "due_on"), {}],
        "milestones": [
            *(
                {**row, "name": row["name"].get("zh-Hans", "")}
                for row in _dated(terms["milestones"], "from_on", "due_on")
            ),
            *({} for _blank in range(BLANK_ROWS)),
        ],
    }


def _dated(rows: list[dict[str, Any]], *keys: str) -> list[dict[str, Any]]:
    return [{**row, **{key: _day(row[key]) for key in keys}} for row in rows]


def _plain(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value or "") for key, value in values.items() if key != "csrf_token"}


def _duty(values: Mapping[str, Any]) -> dict[str, str]:
    plain = _plain(values)
    return {**plain, "owner": plain["owner"] if plain["owner"] in LABELS.values() else ""}


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""

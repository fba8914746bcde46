"""The editor's pages: one part of a call a page, filled from its draft and read back into one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import asdict
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from grants.calls import fields
from grants.calls.fields import CALL_KINDS, CallKind, EditStep
from grants.calls.forms import rows
from grants.calls.forms.rows import Offered, Row, apart, both, line, text
from grants.calls.rules import drafts, timetable
from grants.core import clock
from grants.core.forms import ExactField, Form, MoneyField, options
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money

NOTHING = Money(0)
MOST_ROWS = 60
WALL = "%Y-%m-%dT%H:%M"


class PartForm(Form):
    """What every page of the editor has: the version that was seen, and a reason once the call is public."""

    version = HiddenField()
    reason_zh = text(_l("Why, in Chinese"), fields.LEAD)
    reason_en = text(_l("Why, in English"), fields.LEAD)

    def offer(self, offered: Offered) -> None:
        """Fill the pickers."""

    def add_blank(self) -> None:
        """Room for one more row, where the page has rows."""

    @classmethod
    def filled(cls, draft: Any) -> dict[str, Any]:
        raise NotImplementedError

    def draft(self) -> Any:
        raise NotImplementedError

    @property
    def reason(self) -> dict[str, str]:
        return both(self, "reason")

    @property
    def seen(self) -> int | None:
        written = str(self.version.data or "")
        return (
            int(written) if written.isascii() and written.isdigit() and len(written) <= fields.VERSION else -1
        )


class BasicsForm(PartForm):
    title_zh = line(_l("Title in Chinese"), fields.TITLE)
    title_en = line(_l("Title in English"), fields.TITLE)
    kind = SelectField(_l("Kind of call"), choices=options(CALL_KINDS))
    lead_zh = text(_l("In one sentence, in Chinese"), fields.LEAD)
    lead_en = text(_l("In one sentence, in English"), fields.LEAD)
    purpose_zh = text(_l("Purpose in Chinese"), fields.TEXT)
    purpose_en = text(_l("Purpose in English"), fields.TEXT)

    @classmethod
    def filled(cls, draft: drafts.Basics) -> dict[str, Any]:
        pairs = {
            **apart("title", draft.title),
            **apart("lead", draft.lead),
            **apart("purpose", draft.purpose),
        }
        return {**pairs, "kind": draft.kind.value}

    def draft(self) -> drafts.Basics:
        return drafts.Basics(
            both(self, "title"), CallKind(self.kind.data), both(self, "lead"), both(self, "purpose")
        )


class MoneyForm(PartForm):
    fund_id = SelectField(_l("Fund that pays"))
    year = IntegerField(
        _l("Budget year"), [InputRequired(), NumberRange(fields.EARLIEST_YEAR, fields.LATEST_YEAR)]
    )
    envelope = MoneyField(_l("Whole amount"), [InputRequired()])
    floor = MoneyField(_l("Least for a project"), [InputRequired()])
    ceiling = MoneyField(_l("Most for a project"), [InputRequired()])
    cofunding_percent = ExactField(_l("Own share of the group, in per cent"), [InputRequired()])
    months_maximum = IntegerField(_l("Longest project, in months"), [InputRequired()])
    starts_on = DateField(_l("Projects begin"), [Optional()])
    ends_on = DateField(_l("Projects end"), [Optional()])

    def offer(self, offered: Offered) -> None:
        self.fund_id.choices = options([("", _("Choose …")), *offered.funds])

    @classmethod
    def filled(cls, draft: drafts.Amounts) -> dict[str, Any]:
        return {**asdict(draft), "fund_id": str(draft.fund_id or "")}

    def draft(self) -> drafts.Amounts:
        fund = self.fund_id.data
        return drafts.Amounts(
            int(fund) if fund else None,
            self.year.data or 0,
            self.envelope.data or NOTHING,
            self.floor.data or NOTHING,
            self.ceiling.data or NOTHING,
            self.cofunding_percent.data or Decimal(),
            self.months_maximum.data or 0,
            self.starts_on.data,
            self.ends_on.data,
        )


class ListForm(PartForm):
    """A page that is a table: the rows there are, and one blank to add."""

    items: Any

    def offer(self, offered: Offered) -> None:
        for entry in self.items:
            entry.form.offer(offered)

    def add_blank(self) -> None:
        if len(self.items) < MOST_ROWS:
            self.items.append_entry()

    def kept(self) -> list[Any]:
        """What the rows say, without those left empty or taken out."""
        kept: list[Row] = [entry.form for entry in self.items if not entry.form.remove.data]
        return [row.draft() for row in kept if not row.is_empty]

    def draft(self) -> Any:
        return self.kept()


def table(row: type[Row]) -> FieldList[FormField[Row]]:
    return FieldList(FormField(row), max_entries=MOST_ROWS)


class FieldsForm(ListForm):
    items = table(rows.ShareRow)

    @classmethod
    def filled(cls, draft: Any) -> dict[str, Any]:
        return {"items": [rows.ShareRow.filled(share) for share in draft]}


class RulesForm(ListForm):
    items = table(rows.RuleRow)

    @classmethod
    def filled(cls, draft: Any) -> dict[str, Any]:
        return {"items": [rows.RuleRow.filled(rule) for rule in draft]}


class StandardForm(ListForm):
    reviews_per_entry = IntegerField(_l("Reviews per proposal"), [InputRequired(), NumberRange(1, 15)])
    external_minimum = IntegerField(
        _l("Of them from outside, at least"), [InputRequired(), NumberRange(0, 15)]
    )
    pass_score = ExactField(_l("Shortlisted from this score on"))
    items = table(rows.CriterionRow)

    @classmethod
    def filled(cls, draft: drafts.Standard) -> dict[str, Any]:
        return {**asdict(draft), "items": [rows.CriterionRow.filled(one) for one in draft.criteria]}

    def draft(self) -> drafts.Standard:
        return drafts.Standard(
            self.reviews_per_entry.data or 0,
            self.external_minimum.data or 0,
            self.pass_score.data,
            self.kept(),
        )


class CapsForm(ListForm):
    items = table(rows.CapRow)

    @classmethod
    def filled(cls, draft: Any) -> dict[str, Any]:
        return {"items": [rows.CapRow.filled(cap) for cap in draft]}


class TimetableForm(ListForm):
    opens_at = DateTimeLocalField(_l("Opens"), [Optional()], format=WALL)
    closes_at = DateTimeLocalField(_l("Closes"), [Optional()], format=WALL)
    items = table(rows.StepRow)

    @classmethod
    def filled(cls, draft: timetable.Timetable) -> dict[str, Any]:
        return {
            "opens_at": wall(draft.opens_at),
            "closes_at": wall(draft.closes_at),
            "items": [rows.StepRow.filled(step) for step in draft.steps],
        }

    def draft(self) -> timetable.Timetable:
        return timetable.Timetable(instant(self.opens_at.data), instant(self.closes_at.data), self.kept())


def wall(at: datetime | None) -> datetime | None:
    """What the foundation's clock on the wall shows."""
    return clock.local(at).replace(tzinfo=None) if at else None


def instant(shown: datetime | None) -> datetime | None:
    return clock.at_local(shown.date(), shown.time()) if shown else None


class TranchesForm(ListForm):
    items = table(rows.TrancheRow)

    @classmethod
    def filled(cls, draft: Any) -> dict[str, Any]:
        return {"items": [rows.TrancheRow.filled(part) for part in draft]}


class GradesForm(ListForm):
    notice_days = IntegerField(_l("Working days of public notice"), [InputRequired()])
    items = table(rows.BandRow)

    @classmethod
    def filled(cls, draft: drafts.Grades) -> dict[str, Any]:
        return {
            "notice_days": draft.notice_days,
            "items": [rows.BandRow.filled(band) for band in draft.bands],
        }

    def draft(self) -> drafts.Grades:
        return drafts.Grades(self.notice_days.data or 0, self.kept())


class FormForm(PartForm):
    questionnaire_version_id = SelectField(_l("Form that groups fill in"))

    def offer(self, offered: Offered) -> None:
        self.questionnaire_version_id.choices = options([("", _("Choose …")), *offered.forms])

    @classmethod
    def filled(cls, draft: drafts.FormChoice) -> dict[str, Any]:
        return {"questionnaire_version_id": str(draft.questionnaire_version_id or "")}

    def draft(self) -> drafts.FormChoice:
        chosen = self.questionnaire_version_id.data
        return drafts.FormChoice(int(chosen) if chosen else None)


class QuestionsForm(ListForm):
    items = table(rows.QuestionRow)

    @classmethod
    def filled(cls, draft: Any) -> dict[str, Any]:
        return {"items": [rows.QuestionRow.filled(one) for one in draft]}


FORMS: Mapping[EditStep, type[PartForm]] = {
    EditStep.BASICS: BasicsForm,
    EditStep.MONEY: MoneyForm,
    EditStep.FIELDS: FieldsForm,
    EditStep.RULES: RulesForm,
    EditStep.STANDARD: StandardForm,
    EditStep.CAPS: CapsForm,
    EditStep.TIMETABLE: TimetableForm,
    EditStep.TRANCHES: TranchesForm,
    EditStep.GRADES: GradesForm,
    EditStep.FORM: FormForm,
    EditStep.QUESTIONS: QuestionsForm,
}


class ReasonForm(Form):
    """For what is done once and read by everybody: a cancellation."""

    reason_zh = text(_l("Why, in Chinese"), fields.LEAD)
    reason_en = text(_l("Why, in English"), fields.LEAD)

    @property
    def reason(self) -> dict[str, str]:
        return both(self, "reason")


class PostponeForm(ReasonForm):
    closes_at = DateTimeLocalField(_l("New closing"), [InputRequired()], format=WALL)

    @property
    def until(self) -> datetime:
        until = instant(self.closes_at.data)
        assert until  # noqa: S101 - the field is required
        return until


class PublishForm(Form):
    """The button that publishes; the tick is asked for when the call opens very soon."""

    lead_is_confirmed = BooleanField(_l("Groups have enough time to hear of it"))


class TemplateForm(Form):
    """Which template to start from."""

    template = HiddenField()

"""Forms about funds, their budgets and the money they receive."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from grants.core.forms import Form, MoneyField, options
from grants.core.i18n import lazy_gettext as _l
from grants.core.text import clean_line
from grants.funds import fields


def _both(chinese: str | None, english: str | None) -> dict[str, str]:
    given = {"zh-Hans": clean_line(chinese or ""), "en": clean_line(english or "")}
    return {code: text for code, text in given.items() if text}


class FundForm(Form):
    name_zh = StringField(_l("Name in Chinese"), [InputRequired(), Length(max=fields.NAME)])
    name_en = StringField(_l("Name in English"), [Length(max=fields.NAME)])
    source_type = SelectField(_l("Where the money comes from"), choices=options(fields.SOURCE_TYPES))
    earmarked = BooleanField(_l("Earmarked by its donor"))
    purpose_zh = StringField(_l("Purpose in Chinese"), [Length(max=fields.PURPOSE)])
    purpose_en = StringField(_l("Purpose in English"), [Length(max=fields.PURPOSE)])

    @property
    def names(self) -> dict[str, str]:
        return _both(self.name_zh.data, self.name_en.data)

    @property
    def purposes(self) -> dict[str, str]:
        return _both(self.purpose_zh.data, self.purpose_en.data)


class ReceiptForm(Form):
    amount = MoneyField(_l("Amount received"), [InputRequired()])
    note = StringField(_l("From whom, receipt number"), [Length(max=fields.NOTE)])


class BudgetForm(Form):
    year = IntegerField(_l("Year"), [InputRequired(), NumberRange(fields.EARLIEST_YEAR, fields.LATEST_YEAR)])
    line = SelectField(_l("Budget line"), choices=options(fields.BUDGET_LINES))
    amount = MoneyField(_l("Amount of the budget"), [InputRequired()])

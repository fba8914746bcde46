"""Forms about the end of a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from grants.closeouts import fields
from grants.closeouts.actions.closing import staff_mark
from grants.closeouts.fields import DIMENSIONS, Dimension, Source
from grants.closeouts.queries import BudgetRow
from grants.closeouts.rules import Mark
from grants.core import clock, i18n
from grants.core.forms import ExactField, Form, MoneyField
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money

SPENT = "spent_"


class Account(Form):
    """What was spent of the grant; one amount for each category of the budget is added by `account_form`."""

    words = TextAreaField(_l("What we want to say about it"), [Length(max=fields.WORDS)])

    def account(self) -> dict[str, Money]:
        """What was written; a category left empty is not in it."""
        return {
            name.removeprefix(SPENT): field.data
            for name, field in self._fields.items()
            if name.startswith(SPENT) and field.data is not None
        }

    def amounts(self) -> list[Any]:
        return [field for name, field in self._fields.items() if name.startswith(SPENT)]


def account_form(budget: Sequence[BudgetRow], **more: Any) -> Account:
    """The form for exactly these categories, in their order, filled with what was written before."""
    named = {
        f"{SPENT}{row.category}": MoneyField(i18n.words(row.name), [Optional()], default=row.spent)
        for row in budget
    }
    made: type[Account] = type("AccountByCategory", (Account,), named)
    return made(**more)


def _staff_mark(dimension: Dimension) -> ExactField:
    label: Any = DIMENSIONS[dimension]
    return ExactField(label)


def _mark() -> ExactField:
    return ExactField(_l("Mark, 0 to 100"), description=_l("Leave it empty when nobody was asked."))


def _note(label: Any) -> StringField:
    return StringField(label, [Length(max=200)])


class Evaluation(Form):
    """Marks of staff on four points, and of everybody else who was asked."""

    completion = _staff_mark(Dimension.COMPLETION)
    effect = _staff_mark(Dimension.EFFECT)
    finance = _staff_mark(Dimension.FINANCE)
    archive = _staff_mark(Dimension.ARCHIVE)
    third_party = _mark()
    third_party_note = _note(_l("Who evaluated, and when"))
    beneficiaries = _mark()
    beneficiaries_note = _note(_l("How many answered, and how they were asked"))
    volunteers = _mark()
    volunteers_note = _note(_l("How many answered, and how they were asked"))
    words = TextAreaField(_l("What the group should hear"), [Length(max=fields.WORDS)])

    def marks(self, settings: Mapping[str, Any]) -> dict[Source, Mark]:
        """Every source that said something; staff's mark is made from its points."""
        given: dict[Dimension, Decimal | None] = {each: self[each.value].data for each in Dimension}
        staff = staff_mark(given, settings, "")
        found = {Source.STAFF: staff} if staff is not None else {}
        for source in (Source.THIRD_PARTY, Source.BENEFICIARIES, Source.VOLUNTEERS):
            score = self[source.value].data
            if score is not None:
                found[source] = Mark(score, (self[f"{source.value}_note"].data or "").strip())
        return found


class Returned(Form):
    """Money that came back."""

    amount = MoneyField(_l("Amount that arrived"), [InputRequired()])
    received_on = DateField(_l("Arrived on"), [InputRequired()], default=clock.today)
    reference = StringField(_l("Bank reference"), [Length(max=fields.REFERENCE)])


class Reason(Form):
    """Why the account goes back."""

    reason = TextAreaField(_l("Reason"), [InputRequired(), Length(max=fields.WORDS)])

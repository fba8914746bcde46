"""What people type about decisions. The table is one form; its rows are read by their keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import request
from flask_wtf.file import FileField
from msgspec import Struct
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from grants.accounts.models import User
from grants.core import text
from grants.core.errors import Violation
from grants.core.forms import Form, options
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money, NotMoney
from grants.decisions import rules
from grants.decisions.fields import MINUTES_NUMBER_CHARACTERS, Outcome, Vote
from grants.decisions.queries.table import Row
from grants.decisions.rules import Wish

BULK = {"bulk-fund": Outcome.FUND, "bulk-reserve": Outcome.RESERVE, "bulk-decline": Outcome.DECLINE}
OUTCOMES = {outcome.value: outcome for outcome in Outcome}
LONGEST_REASON = 20_000
MOST_SEATS = 99


class Typed(Struct, frozen=True):
    """What stood in the fields of one row, to be shown again."""

    outcome: str
    amount: str
    reason: str
    version: str


class TableForm(Form):
    """The whole decision table. `read` gives what was put down; what is wrong is kept by field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wrong: dict[str, list[str]] = {}
        self.typed: dict[str, Typed] = {}
        self.titles: dict[str, str] = {}

    def read(self, rows: Sequence[Row]) -> list[Wish]:
        """One wish for every row that was on the page; what cannot be read is told and left out."""
        self.titles = {row.key: row.title for row in rows}
        on_page = [row for row in rows if f"outcome-{row.key}" in request.form]
        self.typed = {row.key: _typed(row) for row in on_page}
        found = [self._wish(row, self.typed[row.key]) for row in on_page]
        return [wish for wish in found if wish is not None]

    def _wish(self, row: Row, typed: Typed) -> Wish | None:
        outcome = OUTCOMES.get(typed.outcome)
        amount = rules.NOTHING
        if typed.amount.strip():
            try:
                amount = Money.parse(typed.amount)
            except NotMoney:
                if outcome is Outcome.FUND:
                    self._say(f"amount-{row.key}", _("Write the amount in digits, such as 42000."))
                    return None
        version = (
            int(typed.version) if typed.version.isdecimal() and len(typed.version) < len("1000000000") else -1
        )
        return Wish(row.proposal_id, row.key, outcome, amount, typed.reason, version)

    def _say(self, field: str, message: str) -> None:
        self.wrong.setdefault(field, []).append(message)

    def absorb(self, violations: Iterable[Violation]) -> None:
        for violation in violations:
            if violation.field:
                self._say(violation.field, str(violation.message))
            else:
                self.form_errors = [*self.form_errors, str(violation.message)]

    @property
    def is_wrong(self) -> bool:
        return bool(self.wrong or self.form_errors)

    @property
    def said(self) -> list[str]:
        """Every fault with the title of its row, for the summary."""
        return [
            f"{self.titles.get(field.partition('-')[2], '')}: {' '.join(messages)}"
            for field, messages in self.wrong.items()
        ]

    @property
    def picked(self) -> frozenset[str]:
        return frozenset(request.form.getlist("pick"))

    @property
    def bulk(self) -> Outcome | None:
        return BULK.get(request.form.get("do", ""))


def _typed(row: Row) -> Typed:
    def given(name: str) -> str:
        return text.clean(request.form.get(f"{name}-{row.key}", ""))[:LONGEST_REASON]

    return Typed(given("outcome"), given("amount"), given("reason"), given("version"))


class PlanForm(Form):
    """When the board meets and how many must be there."""

    held_on = DateField(_l("Day of the meeting"), validators=[InputRequired()])
    seats = IntegerField(
        _l("Seats on the board"), validators=[InputRequired(), NumberRange(min=1, max=MOST_SEATS)]
    )
    quorum = IntegerField(
        _l("Members who must be present"), validators=[InputRequired(), NumberRange(min=1, max=MOST_SEATS)]
    )
    chair = SelectField(_l("Who chairs"), coerce=int)


def planning(board: Iterable[User], **defaults: Any) -> PlanForm:
    form = PlanForm(data=defaults)
    form.chair.choices = options((user.id, user.name) for user in board)
    return form


class VoteForm(Form):
    """A member's vote."""

    vote = RadioField(
        _l("Your vote"),
        choices=options(
            [(Vote.FOR, _l("In favour")), (Vote.AGAINST, _l("Against")), (Vote.ABSTAIN, _l("Abstain"))]
        ),
    )


class MinutesForm(Form):
    """The minutes: number, resolution, and the signed paper."""

    minutes_number = StringField(
        _l("Number of the minutes"), validators=[InputRequired(), Length(max=MINUTES_NUMBER_CHARACTERS)]
    )
    resolution = TextAreaField(_l("What was resolved"), validators=[Length(max=2000)])
    file = FileField(_l("The signed minutes"))


class ApproveForm(Form):
    """When the public notice begins."""

    notice_from = DateField(_l("First day of the public notice"), validators=[Optional()])


class TakeBackForm(Form):
    """Why the table goes back to the officers."""

    note = StringField(_l("Why"), validators=[Length(max=500)])

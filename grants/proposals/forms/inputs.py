"""The small forms: reasons, days, opinions, checklists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from flask import request
from wtforms import BooleanField, DateField, DateTimeLocalField, RadioField, SelectMultipleField, StringField
from wtforms import TextAreaField as TextField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from grants.core import clock
from grants.core.errors import Violation
from grants.core.forms import Form, options
from grants.core.i18n import lazy_gettext as _l
from grants.core.text import clean_line
from grants.proposals.actions.screening import Finding
from grants.proposals.fields import OPINIONS, REASON_CHARACTERS, Outcome


class Confirm(Form):
    """A button with its protection."""


class PartyEntry(Form):
    """Another organisation that applies together with the group."""

    name = StringField(
        _l("Name or credit code"),
        [InputRequired(), Length(max=120)],
        description=_l("As it is registered here. Officers enter hosts and partners under Groups."),
    )


class Checklist(Form):
    """The screening page: its rows are read by `checklist`, their errors stand at the rows."""

    def absorb(self, violations: Iterable[Violation]) -> None:
        self.violations = tuple(violations)
        super().absorb(self.violations)


class Sign(Form):
    """The owner's word before handing in."""

    signed = BooleanField(
        _l("I sign for the group: what is written here is true, and we will do it if it is funded."),
        [InputRequired(_l("Sign for the group before you hand in."))],
    )


class Reason(Form):
    """Why, in a sentence or two; whether it may be empty is a rule's business."""

    reason = TextField(_l("Reason"), [Optional(), Length(max=REASON_CHARACTERS)], render_kw={"rows": 4})


class Refusal(Form):
    """Not eligible: why, and until when the group may appeal."""

    reason = TextField(_l("Reason"), [Optional(), Length(max=REASON_CHARACTERS)], render_kw={"rows": 4})
    appeal_until = DateField(_l("Appeal until"), [InputRequired()])


class Return(Form):
    """Which sections go back, why, and until when."""

    sections = SelectMultipleField(
        _l("Sections to be changed"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    reason = TextField(
        _l("What is to be changed"), [Optional(), Length(max=REASON_CHARACTERS)], render_kw={"rows": 4}
    )
    due_on = DateField(_l("Back by"), [InputRequired()])

    @property
    def due_at(self) -> datetime:
        """To the end of the day."""
        day: date = self.due_on.data or clock.today()
        return clock.end_of(day)


class Recommend(Form):
    """The district's opinion."""

    opinion = RadioField(
        _l("Opinion"),
        [InputRequired(_l("Choose one."))],
        choices=options(OPINIONS),
    )
    text = TextField(_l("Why"), [Optional(), Length(max=REASON_CHARACTERS)], render_kw={"rows": 5})


class Extend(Form):
    """More time for one group."""

    group = StringField(_l("Name of the group"), [InputRequired(), Length(max=200)])
    until = DateTimeLocalField(_l("Open for this group until"), [InputRequired()], format="%Y-%m-%dT%H:%M")
    reason = TextField(_l("Reason"), [Optional(), Length(max=REASON_CHARACTERS)], render_kw={"rows": 3})

    @property
    def until_at(self) -> datetime:
        wall: datetime = self.until.data or clock.local(clock.now()).replace(tzinfo=None)
        return clock.at_local(wall.date(), wall.time())


def checklist(keys: Iterable[str]) -> list[Finding]:
    """What was ticked on the screening page, for the conditions that were answered."""
    found = []
    for key in keys:
        result = request.form.get(f"result-{key}", "")
        if result in set(Outcome):
            note = request.form.get(f"note-{key}", "")
            found.append(Finding(key, Outcome(result), _line(note)))
    return found


def declared(keys: Iterable[str]) -> dict[str, bool]:
    """What the group says of itself; unanswered ones are not there."""
    answers = {key: request.form.get(f"declared.{key}", "") for key in keys}
    return {key: answer == "yes" for key, answer in answers.items() if answer in ("yes", "no")}


def _line(text: str) -> str:
    return clean_line(text)[:REASON_CHARACTERS]

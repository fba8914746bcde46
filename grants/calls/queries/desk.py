"""What the officer's pages show of calls: where each stands, whose turn it is, what the editor offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from grants.calls.fields import CALL_STATES, CALL_TONES, CallState
from grants.calls.models import Call
from grants.calls.queries import loading
from grants.calls.rules import timetable
from grants.calls.rules.timetable import Standing
from grants.core import clock
from grants.core.errors import Violation
from grants.core.i18n import Sentence, date_text, datetime_text, words
from grants.core.i18n import gettext as _
from grants.core.money import Money
from grants.core.once import once
from grants.funds import queries as funds


class Turn(Struct, frozen=True):
    """What comes next, whose turn it is, until when."""

    what: str
    whose: str
    until: str
    is_overdue: bool

    @property
    def said(self) -> str:
        """Whose, and until when."""
        return " · ".join(filter(None, (self.whose, self.until)))


class Overview(Struct, frozen=True):
    """One call as the officer's first page shows it."""

    state_word: Sentence
    tone: str
    turn: Turn
    missing: Sequence[Violation]
    is_draft: bool
    can_move: bool
    is_short: bool
    free: Money | None


def turns() -> Mapping[int, Turn]:
    """Whose turn it is with each call, for the lists of a page: two queries, however many calls there are."""

    def read() -> dict[int, Turn]:
        at = clock.now()
        return {call.id: turn(call, _by_the_clock(call, at), at) for call in loading.all_calls()}

    return once("calls.turns", read)


def _by_the_clock(call: Call, at: datetime) -> CallState:
    return timetable.derived_state(call.state, call.opens_at, call.closes_at, at)


def turn(call: Call, state: CallState, at: datetime) -> Turn:
    """Needs `steps` loaded. The first step that is overdue, else under way, else to come."""
    if state is CallState.DRAFT:
        return Turn(_("Complete the draft and publish it"), _("you"), "", is_overdue=False)
    if state is CallState.SCHEDULED:
        return Turn(_("It opens by itself"), _("nobody"), datetime_text(call.opens_at), is_overdue=False)
    if state is CallState.OPEN:
        return Turn(
            _("Groups write their proposals"),
            _("the groups"),
            datetime_text(call.closes_at),
            is_overdue=False,
        )
    today = clock.day_of(at)
    steps = [(step, timetable.standing(step, state, today)) for step in loading.steps_of(call)]
    for wanted in (Standing.OVERDUE, Standing.NOW, Standing.NEXT):
        for step, standing in steps:
            if standing is wanted:
                overdue, until = wanted is Standing.OVERDUE, date_text(step.ends)
                until = _("%(dates)s, overdue", dates=until) if overdue else until
                return Turn(words(step.title), words(step.owner), until, is_overdue=overdue)
    return Turn(_("Nothing is left to do"), _("nobody"), "", is_overdue=False)


def overview(call: Call, at: datetime, missing: Sequence[Violation]) -> Overview:
    state = _by_the_clock(call, at)
    return Overview(
        state_word=CALL_STATES[state],
        tone=CALL_TONES[state],
        turn=turn(call, state, at),
        missing=missing,
        is_draft=call.published_at is None,
        can_move=state in {CallState.SCHEDULED, CallState.OPEN, CallState.CLOSED},
        is_short=timetable.short_lead(call.opens_at, at),
        free=funds.room(call.fund_id, call.year) if call.fund_id else None,
    )

"""When a call is open, what its steps ask of whom, and whether the dates are in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from msgspec import Struct, field

from grants.calls.fields import LEAD_DAYS, CallState, Step
from grants.core import clock
from grants.core.errors import Violation
from grants.core.i18n import date_text, words
from grants.core.i18n import gettext as _

Words = Mapping[str, str]
S = CallState


class Standing(StrEnum):
    """How a step looks from today."""

    PAST = "past"
    NOW = "now"
    NEXT = "next"
    OVERDUE = "overdue"


class StepDraft(Struct, frozen=True):
    """One step as staff write it."""

    key: str
    title: Words
    from_on: date | None
    until_on: date | None
    owner: Words = field(default_factory=dict)

    @property
    def begins(self) -> date | None:
        return self.from_on or self.until_on

    @property
    def ends(self) -> date | None:
        return self.until_on or self.from_on


class Timetable(Struct, frozen=True):
    """When proposals are taken in, and what happens afterwards."""

    opens_at: datetime | None
    closes_at: datetime | None
    steps: Sequence[StepDraft]


# While the call is in one of these states, the step is not done.
_UNDONE: Mapping[str, frozenset[CallState]] = {
    Step.ELIGIBILITY: frozenset({S.CLOSED}),
    Step.RECOMMENDATION: frozenset({S.CLOSED}),
    Step.REVIEW: frozenset({S.CLOSED, S.IN_REVIEW}),
    Step.BOARD: frozenset({S.CLOSED, S.IN_REVIEW}),
    Step.NOTICE: frozenset({S.CLOSED, S.IN_REVIEW, S.DECIDED, S.IN_NOTICE}),
    Step.AGREEMENT: frozenset({S.CLOSED, S.IN_REVIEW, S.DECIDED, S.IN_NOTICE}),
    Step.IMPLEMENTATION: frozenset({S.IN_IMPLEMENTATION}),
}
_AT_WORK = frozenset({S.CLOSED, S.IN_REVIEW, S.DECIDED, S.IN_NOTICE, S.IN_IMPLEMENTATION})
_TAKING = frozenset({S.SCHEDULED, S.OPEN, S.CLOSED})


def is_open(state: CallState, opens_at: datetime | None, closes_at: datetime | None, at: datetime) -> bool:
    """Whether proposals are taken in at this instant; no late job moves it."""
    return state in _TAKING and opens_at is not None and closes_at is not None and opens_at <= at <= closes_at


def arrival_counts(
    state: CallState, opens_at: datetime | None, closes_at: datetime | None, arrived_at: datetime
) -> bool:
    """At the closing instant a proposal is in; a microsecond later it is late."""
    return is_open(state, opens_at, closes_at, arrived_at)


def derived_state(
    state: CallState, opens_at: datetime | None, closes_at: datetime | None, at: datetime
) -> CallState:
    """What the state is by the clock, whether or not the job that moves it has run."""
    if state not in {S.SCHEDULED, S.OPEN} or opens_at is None or closes_at is None:
        return state
    if at < opens_at:
        return S.SCHEDULED
    return S.OPEN if at <= closes_at else S.CLOSED


def standing(step: StepDraft, state: CallState, today: date) -> Standing:
    """Past, now, next, or overdue: its date is over and the call has not gone on."""
    begins, ends = step.begins, step.ends
    if begins is None or ends is None:
        return Standing.NEXT
    undone = state in _UNDONE.get(step.key, frozenset())
    if today > ends:
        return Standing.OVERDUE if undone and step.key != Step.IMPLEMENTATION else Standing.PAST
    if state in _AT_WORK and not undone and step.key != Step.IMPLEMENTATION:
        return Standing.PAST if today >= begins else Standing.NEXT
    return Standing.NOW if begins <= today else Standing.NEXT


def faults(timetable: Timetable) -> Iterator[Violation]:
    """Everything out of order: opening before closing, each step after the one before, an owner for each."""
    opens, closes = timetable.opens_at, timetable.closes_at
    if opens is None or closes is None:
        yield Violation("no_dates", _("Say when the call opens and when it closes."), "closes_at")
    elif opens >= closes:
        yield Violation("opens_after_closing", _("The call must open before it closes."), "closes_at")
    for step in timetable.steps:
        yield from _step_faults(step, closes)
    dated = [step for step in timetable.steps if step.begins and step.ends]
    for before, after in pairwise(dated):
        if _out_of_order(before, after):
            text = _(
                "“%(after)s” lies before “%(before)s”.", after=words(after.title), before=words(before.title)
            )
            yield Violation("out_of_order", text)


def _out_of_order(before: StepDraft, after: StepDraft) -> bool:
    """Ends never run backwards, nor do beginnings where both are named."""
    ends = before.ends is not None and after.ends is not None and after.ends < before.ends
    begins = before.from_on is not None and after.from_on is not None and after.from_on < before.from_on
    return ends or begins


def _step_faults(step: StepDraft, closes: datetime | None) -> Iterator[Violation]:
    name = words(step.title) or step.key
    if not any(text.strip() for text in step.title.values()):
        yield Violation("step_title", _("A step has no name."))
    if step.begins is None:
        yield Violation("step_date", _("“%(name)s” has no date.", name=name))
    elif step.from_on and step.until_on and step.from_on > step.until_on:
        yield Violation("step_backwards", _("“%(name)s” ends before it begins.", name=name))
    elif closes is not None and step.begins < clock.day_of(closes):
        text = _("“%(name)s” begins before the call closes on %(day)s.", name=name, day=date_text(closes))
        yield Violation("step_before_closing", text)
    if not any(text.strip() for text in step.owner.values()):
        yield Violation("step_owner", _("Nobody is named for “%(name)s”.", name=name))


def short_lead(opens_at: datetime | None, at: datetime, *, days: int = LEAD_DAYS) -> bool:
    """Whether the call would open so soon that somebody has to confirm it (S003-32)."""
    return opens_at is not None and opens_at < at + timedelta(days=days)


def postponing_faults(closes_at: datetime | None, until: datetime, at: datetime) -> Iterator[Violation]:
    """A closing moves later only, and not into the past."""
    if closes_at is None or until <= closes_at:
        yield Violation("not_later", _("The closing can only be moved later."), "closes_at")
    elif until <= at:
        yield Violation("in_the_past", _("The new closing lies in the past."), "closes_at")

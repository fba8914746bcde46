"""When a cycle's steps are, what its prizes may cost, and which windows may not meet (hard rule 10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct

from grants.awards import fields
from grants.core.errors import Violation
from grants.core.i18n import date_text, language
from grants.core.i18n import gettext as _
from grants.core.money import Money, total

Words = Mapping[str, str]


class CycleDraft(Struct, frozen=True):
    """A cycle as staff write it."""

    title: Words
    fund_id: int | None
    amount: Money
    period_from: date
    period_to: date
    nominate_from: date
    nominate_to: date
    score_from: date
    score_to: date
    notice_from: date
    notice_days: int
    ceremony_on: date


class Cost(Struct, frozen=True):
    """What one category can cost: every winner of its quota takes the prize."""

    prize: Money
    quota: int

    @property
    def whole(self) -> Money:
        return self.prize * self.quota


class Window(Struct, frozen=True):
    """The days that one category looks at, both included."""

    key: str
    years: int
    from_on: date
    to_on: date
    cycle: str = ""

    def meets(self, other: Window) -> bool:
        return self.from_on <= other.to_on and other.from_on <= self.to_on


def ceremony_day(year: int) -> date:
    """International Volunteer Day, unless staff choose another."""
    return date(year, *fields.CEREMONY)


def window_from(period_from: date, period_to: date, years: int) -> date:
    """A category of several years looks back further than its cycle's own year."""
    if years <= 1:
        return period_from
    after = period_to + timedelta(days=1)
    day = min(after.day, 28) if (after.month, after.day) == (2, 29) else after.day
    return min(period_from, date(after.year - years, after.month, day))


def dates_out_of_order(draft: CycleDraft) -> Iterator[Violation]:
    """Each step begins after the one before it has ended."""
    steps = (
        ("period_to", draft.period_from, draft.period_to, _("The period must end after it begins.")),
        (
            "nominate_to",
            draft.nominate_from,
            draft.nominate_to,
            _("Nominations must end after they begin."),
        ),
        (
            "score_from",
            draft.nominate_to,
            draft.score_from,
            _("The jury begins once nominations have ended."),
        ),
        ("score_to", draft.score_from, draft.score_to, _("The jury must end after it begins.")),
        ("notice_from", draft.score_to, draft.notice_from, _("The notice begins once the jury has ended.")),
        ("ceremony_on", draft.notice_from, draft.ceremony_on, _("The ceremony comes after the notice.")),
    )
    for field, earlier, later, sentence in steps:
        overlaps = earlier > later if field in {"score_to", "nominate_to"} else earlier >= later
        if overlaps:
            yield Violation("order", sentence, field)


def draft_faults(draft: CycleDraft) -> Iterator[Violation]:
    if not any(text.strip() for text in draft.title.values()):
        yield Violation("title", _("The year needs a title."), "title_zh")
    if draft.amount < Money(0):
        yield Violation("amount", _("The amount cannot be less than nothing."), "amount")
    if not 1 <= draft.notice_days <= fields.MOST_DAYS:
        yield Violation(
            "notice_days",
            _("A notice lasts 1 to %(most)s working days.", most=fields.MOST_DAYS),
            "notice_days",
        )
    yield from dates_out_of_order(draft)


def prizes_too_high(costs: Iterable[Cost], amount: Money, *, field: str | None) -> Iterator[Violation]:
    """Prizes stay within what the cycle may spend (hard rule 10)."""
    needed = total(cost.whole for cost in costs)
    if needed > amount:
        yield Violation(
            "beyond_amount",
            _(
                "The prizes sum to %(needed)s, %(over)s more than the %(amount)s of this year.",
                needed=needed.formatted(language()),
                over=(needed - amount).formatted(language()),
                amount=amount.formatted(language()),
            ),
            field,
        )


def beyond_the_fund(needed: Money, room: Money) -> Iterator[Violation]:
    """The fund must be able to pay every prize when the year opens."""
    if needed > room:
        text = _(
            "The fund and its awards budget have %(room)s free; the prizes sum to %(needed)s.",
            room=room.formatted(language()),
            needed=needed.formatted(language()),
        )
        yield Violation("beyond_fund", text, "amount")


def windows_meeting(window: Window, others: Iterable[Window]) -> Iterator[Violation]:
    """Of categories with the same key, windows of several years never overlap (hard rule 10)."""
    for other in others:
        if other.key == window.key and max(window.years, other.years) > 1 and window.meets(other):
            text = _(
                "“%(cycle)s” already looks at %(from_on)s – %(to_on)s for this category; windows of several "
                "years must not overlap.",
                cycle=other.cycle,
                from_on=date_text(other.from_on),
                to_on=date_text(other.to_on),
            )
            yield Violation("window_meets", text, "period_years")

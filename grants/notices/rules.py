"""What a notice shows, how long, what it hashes to, and when an item of it may go on. All pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from grants.core.checkcodes import content_hash
from grants.core.errors import Violation
from grants.core.i18n import gettext as _
from grants.core.money import Money
from grants.notices import fields
from grants.notices.fields import ObjectionState
from grants.reference.workdays import Calendar

Words = Mapping[str, str]


class Item(Struct, frozen=True):
    """One line of the list. `key` is what objections and later steps name it by: its case."""

    key: str
    number: str
    title: str
    organisation: Words = field(default_factory=dict)
    amount: Money | None = None
    detail: Words = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "number": self.number,
            "title": self.title,
            "organisation": dict(self.organisation),
            "amount": None if self.amount is None else str(self.amount),
            "detail": dict(self.detail),
        }

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Item:
        amount = values["amount"]
        return cls(
            values["key"],
            values["number"],
            values["title"],
            values["organisation"],
            None if amount is None else Money.yuan(amount),
            values["detail"],
        )


class Period(Struct, frozen=True):
    """From the first day, which counts, to the instant after the last."""

    starts_on: date
    ends_at: datetime
    last_day: date
    provisional: bool
    calendar_version: str


def period(calendar: Calendar, starts_on: date, working_days: int, *, zone: ZoneInfo) -> Period:
    """N working days, the first included; the version of the calendar says by what it was counted."""
    last = calendar.last_of_working_days(starts_on, working_days)
    return Period(
        starts_on,
        calendar.end_of_working_days(starts_on, working_days, zone=zone),
        last,
        any(calendar.is_provisional(day) for day in (starts_on, last)),
        calendar_version(calendar, {starts_on.year, last.year}),
    )


def calendar_version(calendar: Calendar, years: Iterable[int]) -> str:
    """A short hash of what the calendar said about these years."""
    wanted = sorted(set(years))
    said = {
        "years": wanted,
        "off": sorted(day for day in calendar.days_off if day.year in wanted),
        "work": sorted(day for day in calendar.make_up_days if day.year in wanted),
        "official": sorted(year for year in calendar.official_years if year in wanted),
    }
    return "-".join([*map(str, wanted), content_hash(said)[:12]])


def frozen(
    *,
    number: str,
    title: Words,
    introduction: Words,
    items: Sequence[Mapping[str, Any]],
    starts_on: date,
    working_days: int,
    ends_at: datetime,
) -> dict[str, Any]:
    """Exactly what is hashed: all that the public is shown of the list."""
    return {
        "kind": "notice",
        "number": number,
        "title": dict(title),
        "introduction": dict(introduction),
        "items": [dict(item) for item in items],
        "starts_on": starts_on,
        "working_days": working_days,
        "ends_at": ends_at,
    }


def drafting_faults(title: Words, items: Sequence[Item], working_days: int) -> list[Violation]:
    found = []
    if not any(text.strip() for text in title.values()):
        found.append(Violation("title", _("The notice needs a title."), "title"))
    if not items:
        found.append(Violation("items", _("There is nothing to give notice of.")))
    if len({item.key for item in items}) != len(items):
        found.append(Violation("items", _("The same thing is on the list twice.")))
    if not 1 <= working_days <= fields.MOST_DAYS:
        text = _("A notice lasts 1 to %(most)s working days.", most=fields.MOST_DAYS)
        found.append(Violation("working_days", text, "working_days"))
    return found


def starting_faults(starts_on: date, today: date) -> list[Violation]:
    """No list is shown for fewer days than it says."""
    if starts_on >= today:
        return []
    return [Violation("starts_on", _("A notice cannot begin before it is shown."), "starts_on")]


def takes_objections(shown_from: datetime | None, ends_at: datetime | None, at: datetime) -> bool:
    """Objections count while the notice lasts, by their arrival."""
    return shown_from is not None and ends_at is not None and shown_from <= at < ends_at


def objecting_faults(*, known_keys: Iterable[str], item_key: str) -> list[Violation]:
    if item_key not in set(known_keys):
        return [Violation("item", _("Choose the item your objection is about."), "item_key")]
    return []


def may_proceed(ends_at: datetime | None, at: datetime, objections: Iterable[ObjectionState]) -> bool:
    """The notice has ended, and every objection against the item was dismissed."""
    return (
        ends_at is not None
        and at >= ends_at
        and all(state is ObjectionState.DISMISSED for state in objections)
    )

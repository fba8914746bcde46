"""Dates of calls as calendars read them (RFC 5545) and the time of the newest change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from grants.calls.fields import CallState
from grants.calls.models import Call
from grants.calls.queries.loading import steps_of
from grants.core.i18n import gettext as _
from grants.core.i18n import words

_LONGEST_LINE = 75


class Dated(Struct, frozen=True):
    """One entry of a calendar: an instant, or whole days."""

    uid: str
    title: str
    begins: datetime | date
    ends: date | None = None


def updated(calls: Sequence[Call], at: datetime) -> datetime:
    return max((call.published_at for call in calls if call.published_at), default=at)


def dates(call: Call) -> list[Dated]:
    """Opening and closing; a cancelled call has none."""
    if call.state is CallState.CANCELLED:
        return []
    title = words(call.title)
    named = (
        ("opens", call.opens_at, _("%(title)s opens")),
        ("closes", call.closes_at, _("%(title)s closes")),
    )
    return [Dated(f"{call.public_id}-{key}", said % {"title": title}, at) for key, at, said in named if at]


def steps(call: Call) -> list[Dated]:
    """The steps after the closing, as whole days. Needs `steps` loaded."""
    return [
        Dated(
            f"{call.public_id}-{step.key}",
            f"{words(step.title)} · {words(call.title)}",
            step.begins,
            step.ends,
        )
        for step in steps_of(call)
        if step.begins
    ]


def calendar(entries: Iterable[Dated], at: datetime) -> str:
    """The entries as an iCalendar file: CRLF, lines of 75 octets at most, text escaped."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Greenshoots//calls//EN", "CALSCALE:GREGORIAN"]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{entry.uid}@greenshoots",
            f"DTSTAMP:{_instant(at)}",
            *_when(entry),
            f"SUMMARY:{_escaped(entry.title)}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _when(entry: Dated) -> list[str]:
    if isinstance(entry.begins, datetime):
        return [f"DTSTART:{_instant(entry.begins)}", f"DTEND:{_instant(entry.begins)}"]
    last = (entry.ends or entry.begins) + timedelta(days=1)
    return [f"DTSTART;VALUE=DATE:{entry.begins:%Y%m%d}", f"DTEND;VALUE=DATE:{last:%Y%m%d}"]


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """No line over 75 octets, no character cut in two; further parts begin with a space."""
    parts: list[str] = []
    part = ""
    for character in line:
        if len((part + character).encode()) > _LONGEST_LINE:
            parts.append(part)
            part = " "
        part += character
    return [*parts, part]

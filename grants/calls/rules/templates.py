"""Complete calls to start from, as data; dates are counted from the day of opening."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from grants.core import clock

_FOLDER = Path(__file__).parents[1] / "templates"
Words = Mapping[str, str]


class Template(Struct, frozen=True):
    """One shipped template; `data` is what its file says."""

    key: str
    name: Words
    about: Words
    data: Mapping[str, Any]

    def title(self, year: int) -> dict[str, str]:
        return {code: text.replace("{year}", str(year)) for code, text in self.data["title"].items()}

    def opening_day(self, today: date) -> date:
        """A Monday far enough away to be told in time."""
        first = today + timedelta(days=int(self.data["timetable"]["opens_after"]))
        return first + timedelta(days=-first.weekday() % 7)

    def instant(self, opening_day: date, what: str) -> datetime:
        """`opens` or `closes` as an instant."""
        table = self.data["timetable"]
        after = 0 if what == "opens" else int(table["closes_after"])
        return clock.at_local(opening_day + timedelta(days=after), time.fromisoformat(table[f"{what}_at"]))


@cache
def shipped() -> Mapping[str, Template]:
    """All templates by their key, in the order of their file names."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(_FOLDER.glob("*.json"))]
    return {data["key"]: Template(data["key"], data["name"], data["about"], data) for data in found}


def day_after(opening_day: date, days: int | None) -> date | None:
    return None if days is None else opening_day + timedelta(days=days)

"""The filters a list can have: each reads its own arguments, and what it cannot read it ignores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from enum import Enum
from typing import Any, cast

from msgspec import Struct
from sqlalchemy import ColumnElement, SQLColumnExpression, TypeDecorator, and_, case
from sqlalchemy.types import TypeEngine

from grants.core import clock
from grants.core.i18n import Sentence, date_text
from grants.core.i18n import gettext as _
from grants.core.money import Money, NotMoney
from grants.core.text import clean_line, small_whole

Labelled = Sequence[tuple[Any, Sentence]]
NONE = "-"
LONGEST = 100


class Filter(Struct, frozen=True, eq=False):
    """What all filters are; `names` are the arguments it reads."""

    key: str
    label: Sentence

    @property
    def names(self) -> tuple[str, ...]:
        return (self.key,)

    def given(self, args: Mapping[str, str]) -> dict[str, str]:
        """The arguments that mean something, as they go into links."""
        texts = {name: clean_line(str(args.get(name, ""))[:LONGEST]) for name in self.names}
        return {
            name: text for name, text in texts.items() if text and self.condition({name: text}) is not None
        }

    def condition(self, given: Mapping[str, str]) -> SQLColumnExpression[bool] | None:
        """The rows to show, or None when nothing was chosen."""
        raise NotImplementedError

    def said(self, given: Mapping[str, str]) -> str:
        """The choice in words, for “shown: …”."""
        raise NotImplementedError


class Choice(Filter, frozen=True, eq=False):
    """One value of a column. Without `choices`, those the data holds, called as `name_of` says.

    `none_label` adds “not set” for NULL. `choices` may be a function, asked once per page.
    """

    expr: SQLColumnExpression[Any]
    choices: Labelled | Callable[[], Labelled] | None = None
    name_of: Callable[[Any], Sentence] = str
    none_label: Sentence | None = None

    def condition(self, given: Mapping[str, str]) -> SQLColumnExpression[bool] | None:
        raw = given.get(self.key)
        if raw is None:
            return None
        if raw == NONE and self.none_label is not None:
            return self.expr.is_(None)
        value = _as_type(_python_type(self.expr), raw)
        return None if value is None else self.expr == value

    def counted(self) -> SQLColumnExpression[Any]:
        return self.expr

    def options(self, counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
        """(value, label, count) in the order of `choices`, else of the labels."""
        labelled = self.choices() if callable(self.choices) else self.choices
        if labelled is None:
            values = [value for value in counts if value != NONE]
            named = sorted((str(self._named(value)), value) for value in values)
            pairs = [(value, name) for name, value in named]
        else:
            pairs = [(as_text(value), str(name)) for value, name in labelled]
        if self.none_label is not None:
            pairs.append((NONE, str(self.none_label)))
        return [(value, name, counts.get(value, 0)) for value, name in pairs]

    def _named(self, raw: str) -> Sentence:
        """The name of a value; of one that nothing has, only what was typed is known."""
        try:
            return self.name_of(_as_type(_python_type(self.expr), raw))
        except LookupError:
            return raw

    def said(self, given: Mapping[str, str]) -> str:
        raw = given[self.key]
        return next((name for value, name, _count in self.options({raw: 0}) if value == raw), raw)


class Flag(Filter, frozen=True, eq=False):
    """A yes/no question about a row; only “yes” can be chosen."""

    when: SQLColumnExpression[bool]

    def condition(self, given: Mapping[str, str]) -> SQLColumnExpression[bool] | None:
        return self.when if given.get(self.key) == "1" else None

    def counted(self) -> SQLColumnExpression[Any]:
        return case((self.when, 1), else_=0)

    def options(self, counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
        return [("1", str(self.label), counts.get("1", 0))]

    def said(self, given: Mapping[str, str]) -> str:
        return _("yes")


class Range(Filter, frozen=True, eq=False):
    """From and to, both included; either may be left open."""

    expr: SQLColumnExpression[Any]

    @property
    def names(self) -> tuple[str, ...]:
        return (f"{self.key}_from", f"{self.key}_to")

    def condition(self, given: Mapping[str, str]) -> SQLColumnExpression[bool] | None:
        start, end = (self._read(given.get(name, "")) for name in self.names)
        bounds = []
        if start is not None:
            bounds.append(self._not_before(start))
        if end is not None:
            bounds.append(self._not_after(end))
        return and_(*bounds) if bounds else None

    def said(self, given: Mapping[str, str]) -> str:
        start, end = (self._read(given.get(name, "")) for name in self.names)
        words = {
            "start": "" if start is None else self._shown(start),
            "end": "" if end is None else self._shown(end),
        }
        if start is None:
            return _("up to %(end)s", **words)
        return _("%(start)s to %(end)s", **words) if end is not None else _("from %(start)s", **words)

    def _read(self, raw: str) -> Any:
        raise NotImplementedError

    def _shown(self, value: Any) -> str:
        raise NotImplementedError

    def _not_before(self, value: Any) -> SQLColumnExpression[bool]:
        return self.expr >= value

    def _not_after(self, value: Any) -> SQLColumnExpression[bool]:
        return self.expr <= value


class DateRange(Range, frozen=True, eq=False):
    """Days as the foundation's calendar counts them, whether the column holds days or instants."""

    kind = "date"

    def _read(self, raw: str) -> date | None:
        try:
            day = date.fromisoformat(raw)
        except ValueError:
            return None
        return day if clock.is_of_our_times(day) else None

    def _shown(self, value: date) -> str:
        return date_text(value)

    def _not_before(self, value: date) -> SQLColumnExpression[bool]:
        return self.expr >= (clock.at_local(value) if self._holds_instants else value)

    def _not_after(self, value: date) -> SQLColumnExpression[bool]:
        return self.expr < clock.end_of(value) if self._holds_instants else self.expr <= value

    @property
    def _holds_instants(self) -> bool:
        return issubclass(_python_type(self.expr), datetime)


class MoneyRange(Range, frozen=True, eq=False):
    """Amounts in yuan, as people type them."""

    kind = "money"

    def _read(self, raw: str) -> Money | None:
        try:
            return Money.parse(raw)
        except NotMoney:
            return None

    def _shown(self, value: Money) -> str:
        return value.formatted()


def as_text(value: Any) -> str:
    """A value as it goes into an address; NULL is a dash."""
    if value is None:
        return NONE
    return str(value.value) if isinstance(value, Enum) else str(value)


def _python_type(expr: SQLColumnExpression[Any]) -> type:
    declared: TypeEngine[Any] = cast("ColumnElement[Any]", expr).type
    stored = declared.impl_instance if isinstance(declared, TypeDecorator) else declared
    try:
        return stored.python_type
    except NotImplementedError:
        return str


def _as_type(kind: type, raw: str) -> Any:
    """The value a text stands for, None when it stands for none."""
    with suppress(ValueError):
        if issubclass(kind, Enum):
            return kind(raw)
        if kind is bool:
            return {"True": True, "False": False}.get(raw)
        if kind is int:
            return small_whole(raw)
        return raw
    return None

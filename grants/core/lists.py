"""One mechanism for every list: declared as data, read with two queries, whatever its length.

A list names its rows (already limited to what the reader may see), its columns and its filters.
`page` turns the arguments of an address into a frozen `Page` that templates only write down.
Arguments that make no sense fall back to the defaults; none of them can fail.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Row, Select

from grants.core import clock, pagination
from grants.core.db import db
from grants.core.list_columns import Column, Given, Listing, View, rows_of, view_of
from grants.core.list_counts import Counts, counts_of
from grants.core.list_filters import Choice, Flag, Range
from grants.core.pagination import PageLink, Window
from grants.core.policy import Actor


@dataclass(frozen=True)
class Head:
    """The head of a column: `direction` is ascending, descending or empty."""

    column: Column
    label: str
    href: str
    direction: str
    css: str


@dataclass(frozen=True)
class FilterShown:
    """A filter with its options and how many rows each would show."""

    name: str
    label: str
    value: str
    options: Sequence[tuple[str, str, int]]


@dataclass(frozen=True)
class RangeShown:
    """A pair of fields; `kind` is date or money."""

    kind: str
    label: str
    names: tuple[str, str]
    values: tuple[str, str]


@dataclass(frozen=True)
class Active:
    """A filter in use, in words, and the address without it."""

    label: str
    said: str
    href: str


class Cell(NamedTuple):
    """One value of one row, ready to be written. `href` is set in the leading column."""

    label: str
    text: str
    css: str
    tone: str | None = None
    href: str = ""
    is_lead: bool = False


@dataclass
class Page:
    """What a template shows. All addresses are ready; none is built per row but by the list's `href`."""

    listing: Listing
    path: str
    file: str
    view: View
    window: Window
    rows: Sequence[Row[Any]]
    heads: Sequence[Head]
    filters: Sequence[FilterShown]
    ranges: Sequence[RangeShown]
    active: Sequence[Active]
    pages: Sequence[PageLink]
    previous: str
    next: str

    @property
    def total(self) -> int:
        return self.window.total

    @property
    def first(self) -> int:
        return self.window.first

    @property
    def last(self) -> int:
        return self.window.last

    @property
    def q(self) -> str | None:
        """None where the list cannot be searched."""
        return self.view.q if self.listing.searched else None

    @property
    def kept(self) -> Given:
        """What the filter form sends along unseen."""
        return {name: value for name, value in self.view.args.items() if name in {"sort", "size", "columns"}}

    @property
    def kept_when_sorting(self) -> Given:
        return {name: value for name, value in self.view.args.items() if name != "sort"}

    @property
    def sort_options(self) -> Sequence[tuple[str, str]]:
        """(value, label) for the phone, where the heads of the columns are gone."""
        return [(head.column.key, head.label) for head in self.heads if head.href]

    def export(self, kind: str) -> str:
        """The address of exactly this, all pages, as csv or xlsx."""
        return self.view.href(f"{self.file}.{kind}")

    def cells(self, row: Row[Any]) -> list[Cell]:
        """The values of a row in the order of the heads; columns of the select stand in the same order."""
        values = row._mapping  # noqa: SLF001 - the public way to a column by its name
        return [write(values[head.column.key], row) for head, write in self.writers]

    @cached_property
    def writers(self) -> list[tuple[Head, Callable[[Any, Row[Any]], Cell]]]:
        return [(head, _writer(head, self.listing)) for head in self.heads]


def page(listing: Listing, args: Mapping[str, str], *, by: Actor, path: str, file: str = "") -> Page:
    """The page that these arguments ask for, as far as they make sense, with two queries.

    `path` is its address, `file` that of the same list as a file, without the dot and the kind.
    """
    view = view_of(listing, args)
    counts = counts_of(listing, view, by)
    shown = pagination.window(counts.total, number=str(args.get("page", "")), size=view.args.get("size", ""))

    def at(number: int) -> str:
        return view.href(path, page=str(number))

    return Page(
        listing=listing,
        path=path,
        file=file or path,
        view=view,
        window=shown,
        rows=db.session.execute(_statement(listing, view, by, shown)).all(),
        heads=_heads(view, path),
        filters=_filters(listing, view, counts),
        ranges=_ranges(listing, view),
        active=_active(listing, view, path),
        pages=pagination.links(shown, at),
        previous=at(shown.number - 1) if shown.number > 1 else "",
        next=at(shown.number + 1) if shown.number < shown.pages else "",
    )


@lru_cache(maxsize=512)
def _remembered(key: Hashable) -> list[Select[Any]]:
    """An empty place for the select of a view in one database; filled by the first who asks."""
    return []


def _statement(listing: Listing, view: View, by: Actor, shown: Window) -> Select[Any]:
    """The select of one page of a view, built once a minute per reader: building costs more than asking."""
    minute = int(clock.now().timestamp() // 60)
    place = _remembered(
        (db.engine.url, listing.name, tuple(sorted(view.args.items())), by, minute, shown.size, shown.offset)
    )
    if not place:
        place.append(rows_of(listing, view, by).limit(shown.size).offset(shown.offset))
    return place[0]


def _heads(view: View, path: str) -> list[Head]:
    heads = []
    for column in view.columns:
        is_current = column.key == view.sort.key
        direction = ("descending" if view.is_descending else "ascending") if is_current else ""
        turned = f"-{column.key}" if direction == "ascending" else column.key
        href = view.href(path, sort=turned) if column.is_sortable else ""
        heads.append(Head(column, str(column.label), href, direction, column.head_css))
    return heads


def _filters(listing: Listing, view: View, counts: Counts) -> list[FilterShown]:
    return [
        FilterShown(
            filter_.key,
            str(filter_.label),
            view.given.get(filter_.key, ""),
            counts.options_of(filter_),
        )
        for filter_ in listing.filters
        if isinstance(filter_, Choice | Flag)
    ]


def _ranges(listing: Listing, view: View) -> list[RangeShown]:
    return [
        RangeShown(
            getattr(filter_, "kind", ""),
            str(filter_.label),
            (filter_.names[0], filter_.names[1]),
            (view.given.get(filter_.names[0], ""), view.given.get(filter_.names[1], "")),
        )
        for filter_ in listing.filters
        if isinstance(filter_, Range)
    ]


def _active(listing: Listing, view: View, path: str) -> list[Active]:
    return [
        Active(
            str(filter_.label), filter_.said(view.given), view.href(path, **dict.fromkeys(filter_.names, ""))
        )
        for filter_ in listing.filters
        if any(name in view.given for name in filter_.names)
    ]


def _writer(head: Head, listing: Listing) -> Callable[[Any, Row[Any]], Cell]:
    """What turns a value of this column into its cell: everything that is the same for all rows is settled here."""
    column, label, css = head.column, head.label, head.column.css
    text, tone_of = column.writer(), column.tone_of
    if column.key == listing.lead:
        return lambda value, row: Cell(label, text(value), css, None, listing.href(row), is_lead=True)
    if tone_of is None:
        return lambda value, _row: Cell(label, text(value), css)
    return lambda value, _row: Cell(label, text(value), css, None if value is None else tone_of(value))

"""One mechanism for every list: declared as data, read with two queries, whatever its length.

A list names its rows (already limited to what the reader may see), its columns and its filters.
`page` turns the arguments of an address into a frozen `Page` that templates only write down.
Arguments that make no sense fall back to the defaults; none of them can fail.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any

from markupsafe import Markup, escape
from msgspec import Struct
from sqlalchemy import Row, Select

from grants.core import clock, pagination
from grants.core.db import database, db
from grants.core.i18n import wording
from grants.core.list_columns import Column, Given, Listing, View, rows_of, view_of
from grants.core.list_counts import Counts, counts_of
from grants.core.list_filters import Choice, Flag, Range
from grants.core.pagination import PageLink, Window
from grants.core.policy import Actor

Writer = Callable[[Row[Any]], Markup]


class Head(Struct, frozen=True):
    """The head of a column: `direction` is ascending, descending or empty. The leading column opens its row."""

    column: Column
    label: str
    href: str
    direction: str
    css: str
    is_lead: bool = False


class FilterShown(Struct, frozen=True):
    """A filter with its options and how many rows each would show."""

    name: str
    label: str
    value: str
    options: Sequence[tuple[str, str, int]]


class RangeShown(Struct, frozen=True):
    """A pair of fields; `kind` is date or money."""

    kind: str
    label: str
    names: tuple[str, str]
    values: tuple[str, str]


class Active(Struct, frozen=True):
    """A filter in use, in words, and the address without it."""

    label: str
    said: str
    href: str


class Page(Struct, dict=True):
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

    def written(self, pattern: Markup, tag: Markup, pick: str = "") -> Markup:
        """All rows, by a pattern of one row with a place (`%s`) for everything that differs, and one of a tag.

        A pattern is written once, by the template; what is the same in every row need not be said again.
        `pick` names the value by which a row is picked: it comes first, with what the leading column says.
        """
        writers = [writer for place, head in self._placed for writer in self._writers(place, head, tag)]
        if pick:
            leads = ((place, head) for place, head in self._placed if head.is_lead)
            _href, lead = self._writers(*next(leads), tag)
            writers = [_value_of(pick), lead, *writers]
        plain = str(pattern)
        rows = [plain % tuple([write(row) for write in writers]) for row in self.rows]
        return Markup("\n".join(rows))  # noqa: S704 - the pattern is a template's, what fills it was escaped

    @cached_property
    def _placed(self) -> list[tuple[int, Head]]:
        """The heads with the places of their values in a row: the select holds all columns in their order."""
        places = {column.key: place for place, column in enumerate(self.listing.columns)}
        return [(places[head.column.key], head) for head in self.heads]

    def _writers(self, place: int, head: Head, tag: Markup) -> list[Writer]:
        """What fills the places of a column; whatever is the same for all rows is settled here."""
        text, tone_of, href = head.column.writer(), head.column.tone_of, self.listing.href
        if head.is_lead:
            return [lambda row: escape(href(row)), lambda row: escape(text(row[place]))]
        if tone_of is None:
            return [lambda row: escape(text(row[place]))]
        tagged = _tagged(text, tone_of, tag)
        return [lambda row: tagged(row[place])]


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
        heads=_heads(listing, tuple(sorted(view.args.items())), path, wording()),
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
        (database(), listing.name, tuple(sorted(view.args.items())), by, minute, shown.size, shown.offset)
    )
    if not place:
        place.append(rows_of(listing, view, by).limit(shown.size).offset(shown.offset))
    return place[0]


@lru_cache(maxsize=512)
def _heads(listing: Listing, args: tuple[tuple[str, str], ...], path: str, _wording: Hashable) -> list[Head]:
    """The same for everybody who looks at this view in these words."""
    view = view_of(listing, dict(args))
    heads: list[Head] = []
    for column in view.columns:
        is_current = column.key == view.sort.key
        direction = ("descending" if view.is_descending else "ascending") if is_current else ""
        turned = f"-{column.key}" if direction == "ascending" else column.key
        href = view.href(path, sort=turned) if column.is_sortable else ""
        is_lead = column.key == listing.lead
        heads.append(Head(column, str(column.label), href, direction, column.head_css, is_lead))
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


def _value_of(name: str) -> Writer:
    return lambda row: escape(getattr(row, name))


def _tagged(
    text: Callable[[Any], str], tone_of: Callable[[Any], str | None], tag: Markup
) -> Callable[[Any], Markup]:
    """A state as a tag: there are few of them, each is written once."""

    @cache
    def write(value: Any) -> Markup:
        said, tone = text(value), None if value is None else tone_of(value)
        return escape(said) if tone is None or not said else tag % (tone, said)

    return write

"""What a list is made of: its rows, its columns, and the view a reader chose of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, cast
from urllib.parse import urlencode

from msgspec import Struct
from sqlalchemy import Select, SQLColumnExpression, UnaryExpression

from grants.core import pagination, search
from grants.core.i18n import Sentence, date_text, datetime_text, language
from grants.core.list_filters import Filter
from grants.core.policy import Actor
from grants.core.text import clean_line

LONGEST_QUERY = 100
_LONGEST_COLUMNS = 1000
Given = Mapping[str, str]


class ColumnKind(StrEnum):
    """How values are written, aligned and exported."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    TAG = "tag"


# Classes of the stylesheet. Where a list names no width, a column of these kinds has this; text shares the rest.
_WIDTHS: Mapping[ColumnKind, str] = {
    ColumnKind.NUMBER: "w3",
    ColumnKind.MONEY: "w4",
    ColumnKind.DATE: "w5",
    ColumnKind.DATETIME: "w6",
    ColumnKind.TAG: "w5",
}
_SETTING: Mapping[ColumnKind, str] = {ColumnKind.DATE: "nowrap", ColumnKind.DATETIME: "nowrap"}


class Column(Struct, frozen=True, eq=False):
    """One fact of each row. `sort` replaces `expr` in the order; `is_sortable=False` offers none.

    `label_of` says the value in the reader's language (states, regions); `tone_of` colours a tag. No row of
    the list lacks what `is_always_there`, though its column may be empty elsewhere.
    """

    key: str
    label: Sentence
    expr: SQLColumnExpression[Any]
    kind: ColumnKind = ColumnKind.TEXT
    sort: SQLColumnExpression[Any] | None = None
    is_sortable: bool = True
    is_default: bool = True
    is_always_there: bool = False
    width: str = ""
    label_of: Callable[[Any], Sentence] | None = None
    tone_of: Callable[[Any], str | None] | None = None

    @property
    def is_numeric(self) -> bool:
        return self.kind in {ColumnKind.NUMBER, ColumnKind.MONEY}

    @property
    def css(self) -> str:
        """How each of its cells is set."""
        return "num" if self.is_numeric else _SETTING.get(self.kind, "")

    @property
    def head_css(self) -> str:
        """How its head is set: the width of the whole column stands there."""
        return " ".join(filter(None, (self.width or _WIDTHS.get(self.kind, ""), self.css)))

    def text(self, value: Any) -> str:
        """The value as the reader sees it."""
        return self.writer()(value)

    def writer(self) -> Callable[[Any], str]:
        """How values of this column are written for this reader: settled once for all rows of a page."""
        if self.label_of is not None:
            return _labelled(self.label_of)
        code = language()
        if self.kind is ColumnKind.MONEY:
            return lambda value: "" if value is None else value.formatted(code).removesuffix(".00")
        if self.kind is ColumnKind.DATETIME:
            return lambda value: datetime_text(value, code)
        if self.kind is ColumnKind.DATE:
            return lambda value: date_text(value, code)
        return lambda value: "" if value is None else str(value)


def _labelled(label_of: Callable[[Any], Sentence]) -> Callable[[Any], str]:
    """Words (a state, a district) are looked up once for a page that repeats them; texts are read as they come."""
    known: dict[str | None, str] = {None: ""}

    def write(value: Any) -> str:
        if not isinstance(value, str | None):
            return str(label_of(value))
        if value not in known:
            known[value] = str(label_of(value))
        return known[value]

    return write


class Listing(Struct, frozen=True, eq=False):
    """A list, declared once.

    `rows` gives the select of what this reader may see, with its joins; its columns are replaced.
    `key` is the row's id: it breaks ties, and search finds by it. `extra` are further values a row
    needs for links. `sort` is a column's key, with `-` for downwards. `searched` is the kind of
    search document, `hint` says what is looked through. `href` leads from a row to its thing, from the cell of the column `lead`.
    """

    name: str
    title: Sentence
    rows: Callable[[Actor], Select[Any]]
    key: SQLColumnExpression[int]
    columns: Sequence[Column]
    sort: str
    lead: str
    href: Callable[[Any], str]
    filters: Sequence[Filter] = ()
    extra: Mapping[str, SQLColumnExpression[Any]] | None = None
    searched: str | None = None
    empty: Sentence = ""
    hint: Sentence = ""

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)


class View(Struct, frozen=True):
    """What a reader chose, read from the arguments and cleaned: `given` are the filters in use."""

    given: Given
    q: str
    sort: Column
    is_descending: bool
    columns: Sequence[Column]
    args: Given

    def href(self, path: str, **changes: str) -> str:
        """The address of this view with some arguments changed; an empty value takes one out."""
        args = {name: value for name, value in {**self.args, **changes}.items() if value}
        return f"{path}?{urlencode(args)}" if args else path


def view_of(listing: Listing, args: Mapping[str, str]) -> View:
    """What the arguments choose; nonsense is left out, also from the links made later."""
    given: dict[str, str] = {}
    for filter_ in listing.filters:
        given |= filter_.given(args)
    q = clean_line(str(args.get("q", ""))[:LONGEST_QUERY]) if listing.searched else ""
    sort, is_descending = _sort(listing, str(args.get("sort", "")))
    columns = _columns(listing, str(args.get("columns", "")))
    size = str(args.get("size", ""))
    kept = {
        **given,
        "q": q,
        "sort": _sort_text(listing, sort, is_descending),
        "size": size if size in map(str, pagination.SIZES[1:]) else "",
        "columns": "" if columns == _columns(listing, "") else ",".join(column.key for column in columns),
    }
    return View(given, q, sort, is_descending, columns, {k: v for k, v in kept.items() if v})


def _sort(listing: Listing, asked: str) -> tuple[Column, bool]:
    for text in (asked, listing.sort):
        column = listing.column(text.removeprefix("-"))
        if column is not None and column.is_sortable:
            return column, text.startswith("-")
    raise LookupError(f"{listing.name}: the default order {listing.sort} is no column of it")


def _sort_text(listing: Listing, sort: Column, is_descending: bool) -> str:
    text = f"-{sort.key}" if is_descending else sort.key
    return "" if text == listing.sort else text


def _columns(listing: Listing, asked: str) -> list[Column]:
    """The columns asked for, in their own order; the leading one is always there."""
    keys = {*asked[:_LONGEST_COLUMNS].split(",")} & {column.key for column in listing.columns}
    return [
        column
        for column in listing.columns
        if column.key == listing.lead or (column.key in keys if keys else column.is_default)
    ]


def rows_of(listing: Listing, view: View, by: Actor) -> Select[Any]:
    """All rows of a view, in order, as plain columns: the page takes a part, the export all."""
    columns = [column.expr.label(column.key) for column in listing.columns]
    extra = [expr.label(name) for name, expr in (listing.extra or {}).items()]
    chosen = found(listing, view, by)
    for filter_ in listing.filters:
        condition = filter_.condition(view.given)
        if condition is not None:
            chosen = chosen.where(condition)
    narrowed: Any = chosen.with_only_columns(*columns, *extra, maintain_column_froms=True)
    return cast("Select[Any]", narrowed.order_by(None).order_by(*_order(listing, view)))


def found(listing: Listing, view: View, by: Actor) -> Select[Any]:
    """What the reader may see and the words they look for, before any filter."""
    visible = listing.rows(by)
    if view.q and listing.searched:
        visible = visible.where(listing.key.in_(search.matching(listing.searched, view.q)))
    return visible


def _order(listing: Listing, view: View) -> list[UnaryExpression[Any]]:
    """What is missing comes last on every database, whichever way; ties are broken by the id."""
    by = view.sort.sort if view.sort.sort is not None else view.sort.expr
    first, tie = (by.desc(), listing.key.desc()) if view.is_descending else (by.asc(), listing.key.asc())
    is_there = view.sort.is_always_there or _is_never_missing(by, listing.key)
    return [first if is_there else first.nulls_last(), tie]


def _is_never_missing(by: SQLColumnExpression[Any], key: SQLColumnExpression[int]) -> bool:
    """A plain column of the list's own table that forbids NULL can be read off its index.

    “Descending, what is missing last” is the order of no index of PostgreSQL.
    """
    table = getattr(by, "table", None)
    return table is not None and table is getattr(key, "table", None) and not getattr(by, "nullable", True)

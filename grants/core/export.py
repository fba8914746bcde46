"""A list as a file: exactly the rows, columns, filters and order that are shown, all pages of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import quote

from flask import Response

from grants.core import clock
from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.list_columns import Column, ColumnKind, Listing, rows_of, view_of
from grants.core.money import FEN_PER_YUAN, Money
from grants.core.policy import Actor

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

BATCH = 500
CHUNK = 64 * 1024
LONGEST_CELL = 32_767
FORMULA_BEGINS = tuple("=+-@\t\r＝＋－＠")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NUMBER_FORMATS = {
    ColumnKind.MONEY: "#,##0.00",
    ColumnKind.DATE: "yyyy-mm-dd",
    ColumnKind.DATETIME: "yyyy-mm-dd hh:mm",
}
Lines = Iterator[Sequence[Any]]


def exported(listing: Listing, args: Mapping[str, str], *, by: Actor, kind: str) -> Response:
    """The view that these arguments choose, as csv or xlsx to be saved. Raises NotFound for other kinds.

    The file is finished before the first byte is sent, so that a failure is no short file.
    """
    if kind not in CONTENT_TYPES:
        raise NotFound
    view = view_of(listing, args)
    file = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - closed with the response
    WRITERS[kind](file, view.columns, _lines(listing, args, by))
    size = file.tell()
    file.seek(0)
    response = Response(_chunks(file), direct_passthrough=True)
    response.call_on_close(file.close)
    response.headers["Content-Type"] = CONTENT_TYPES[kind]
    response.headers["Content-Disposition"] = _disposition(listing, kind)
    response.headers["Cache-Control"] = "no-store"
    response.content_length = size
    return response


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """Closes the file when all of it was sent; a reader who leaves early has it closed with the response."""
    while chunk := file.read(CHUNK):
        yield chunk
    file.close()


def _disposition(listing: Listing, kind: str) -> str:
    ending = f"{clock.today().isoformat()}.{kind}"
    name = quote(f"{listing.title}-{ending}", safe="")
    return f"attachment; filename=\"{listing.name}-{ending}\"; filename*=UTF-8''{name}"


def _lines(listing: Listing, args: Mapping[str, str], by: Actor) -> Lines:
    """Values column by column, streamed: the length of a list costs no memory."""
    view = view_of(listing, args)
    rows = db.session.execute(rows_of(listing, view, by).execution_options(yield_per=BATCH))
    for row in rows:
        yield [_value(column, row._mapping[column.key]) for column in view.columns]  # noqa: SLF001


def _value(column: Column, value: Any) -> Any:
    """Numbers, money and dates as what they are, so that one can reckon with them; all else in words."""
    if (
        column.label_of is None
        and isinstance(value, int | float | Decimal | Money)
        and not isinstance(value, bool)
    ):
        return value
    if isinstance(value, datetime):
        wall = clock.local(value).replace(tzinfo=None, second=0, microsecond=0)
        return wall if column.kind is ColumnKind.DATETIME else wall.date()
    return value if isinstance(value, date) else column.text(value)


def write_csv(file: BinaryIO, columns: Sequence[Column], lines: Lines) -> None:
    """UTF-8 with a mark, so that Excel reads Chinese; no cell can be taken for a formula."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([_harmless(str(column.label)) for column in columns])
    for line in lines:
        writer.writerow([_as_csv(value) for value in line])
    text.flush()
    text.detach()


def _as_csv(value: Any) -> str:
    if isinstance(value, Money):
        return str(Decimal(value.fen).scaleb(-2))
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return _harmless(value) if isinstance(value, str) else str(value)


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_BEGINS) else text


def write_xlsx(file: BinaryIO, columns: Sequence[Column], lines: Lines) -> None:
    """A workbook written row by row; text stays text, whatever it begins with."""
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as workbook:
        sheet = workbook.add_worksheet()
        bold = workbook.add_format({"bold": True})
        formats = {kind: workbook.add_format({"num_format": form}) for kind, form in NUMBER_FORMATS.items()}
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, 16 if column.is_numeric else 22, formats.get(column.kind))
            sheet.write_string(0, place, str(column.label), bold)
        for number, line in enumerate(lines, start=1):
            for place, value in enumerate(line):
                _write_cell(sheet, number, place, value, formats.get(columns[place].kind))


def _write_cell(sheet: Worksheet, row: int, place: int, value: Any, form: Any) -> None:
    if isinstance(value, Money):
        sheet.write_number(row, place, value.fen / FEN_PER_YUAN, form)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime(*value.timetuple()[:5]), form)  # noqa: DTZ001 - wall clock
    elif isinstance(value, str):
        sheet.write_string(row, place, value[:LONGEST_CELL])
    else:
        sheet.write_number(row, place, value, form)


WRITERS: Mapping[str, Callable[[BinaryIO, Sequence[Column], Lines], None]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
}

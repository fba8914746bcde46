"""One zip from many pieces, with an index: the same content always gives the same bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from html import escape
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from urllib.parse import quote

from msgspec import Struct

from grants.core import clock
from grants.core.i18n import gettext as _

INDEX_CSV, INDEX_HTML = "index.csv", "index.html"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
BOM = "\ufeff"


class Piece(Struct, frozen=True):
    """One file of the archive: where it lies, what it is, and its bytes when they are asked for."""

    path: str
    what: str
    chunks: Callable[[], Iterable[bytes]]


class Indexed(Struct, frozen=True):
    """A piece as the index tells it."""

    path: str
    what: str
    size: int
    sha256: str


def packed(
    pieces: Iterable[Piece], *, title: str, at: datetime, told: Callable[[int], None] = lambda _done: None
) -> tuple[BinaryIO, list[Indexed]]:
    """A zip in a temporary file, not compressed (the same bytes with every zlib), dated `at`, its index last.

    Two pieces at one path get numbers. `told` hears how many are in after each one.
    """
    file = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - handed on, and closed by who stores it
    indexed: list[Indexed] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for piece in _apart(sorted(pieces, key=lambda piece: (piece.path, piece.what))):
            indexed.append(_write(archive, piece, at))
            told(len(indexed))
        for path, text in ((INDEX_CSV, _as_csv(indexed)), (INDEX_HTML, _as_html(indexed, title))):
            _write(archive, Piece(path, "", lambda text=text: [text.encode()]), at)  # type: ignore[misc]
    return file, indexed


def _apart(pieces: Iterable[Piece]) -> Iterator[Piece]:
    seen: dict[str, int] = {}
    for piece in pieces:
        seen[piece.path] = seen.get(piece.path, 0) + 1
        if seen[piece.path] == 1:
            yield piece
            continue
        stem, dot, ending = piece.path.rpartition(".")
        name = f"{stem or ending} ({seen[piece.path]}){dot}{ending if stem else ''}"
        yield Piece(name, piece.what, piece.chunks)


def _write(archive: zipfile.ZipFile, piece: Piece, at: datetime) -> Indexed:
    wall = clock.local(at)
    when = max(FIRST_DAY, (wall.year, wall.month, wall.day, wall.hour, wall.minute, wall.second))
    entry = zipfile.ZipInfo(piece.path, date_time=when)
    entry.external_attr, entry.create_system = READABLE, 3
    digest, size = hashlib.sha256(), 0
    with archive.open(entry, "w", force_zip64=True) as target:
        for chunk in piece.chunks():
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    return Indexed(piece.path, piece.what, size, digest.hexdigest())


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A CSV that spreadsheets open in Chinese; what looks like a formula is text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(list(heads))
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return (BOM + text.getvalue()).encode()


def _harmless(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(("=", "+", "@", "\t")) else text


def _as_csv(rows: Iterable[Indexed]) -> str:
    heads = [_("File"), _("What it is"), _("Bytes"), "SHA-256"]
    return table(heads, ((row.path, row.what, row.size, row.sha256) for row in rows)).decode()


def _as_html(rows: Iterable[Indexed], title: str) -> str:
    """A page that opens without a network: every file as a link, with its hash."""
    lines = "".join(
        f'<tr><td><a href="{escape(quote(row.path))}">{escape(row.path)}</a></td><td>{escape(row.what)}</td>'
        f"<td>{row.size}</td><td><code>{row.sha256}</code></td></tr>\n"
        for row in rows
    )
    heads = "".join(
        f"<th>{escape(head)}</th>" for head in (_("File"), _("What it is"), _("Bytes"), "SHA-256")
    )
    return (
        f'<!DOCTYPE html>\n<html lang="zh-Hans"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1>\n<table>\n<tr>{heads}</tr>\n{lines}</table></body></html>\n"
    )

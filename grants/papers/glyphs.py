"""Which characters a font can draw, read from its cmap table, so that nothing disappears from a paper unseen."""

from __future__ import annotations

import struct
import unicodedata
from bisect import bisect_right
from functools import cache
from pathlib import Path

MISSING = "〓"
"""What Chinese printers have always set where a type is missing."""
_WHOLE_UNICODE = 12


@cache
def coverage(path: Path, face: int = 0) -> tuple[tuple[int, int], ...]:
    """The ranges (first, last) of the `face`-th font in the file, ascending; of a single font face 0."""
    with path.open("rb") as file:
        data = file.read()
    start = struct.unpack_from(">I", data, 12 + 4 * face)[0] if data[:4] == b"ttcf" else 0
    tables = struct.unpack_from(">H", data, start + 4)[0]
    entries = [struct.unpack_from(">4s4xII", data, start + 12 + 16 * place) for place in range(tables)]
    cmap = next(offset for tag, offset, _ in entries if tag == b"cmap")
    return _groups(data, cmap)


def _groups(data: bytes, cmap: int) -> tuple[tuple[int, int], ...]:
    """The subtable of format 12, which covers all of Unicode; both of our fonts have one."""
    for place in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        subtable = cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * place)[0]
        if struct.unpack_from(">H", data, subtable)[0] == _WHOLE_UNICODE:
            count = struct.unpack_from(">I", data, subtable + 12)[0]
            rows = struct.iter_unpack(">III", data[subtable + 16 : subtable + 16 + 12 * count])
            return tuple((first, last) for first, last, _ in rows)
    raise ValueError("The font has no cmap of format 12.")


def draws(ranges: tuple[tuple[int, int], ...], character: str) -> bool:
    place = bisect_right(ranges, (ord(character), 0x110000)) - 1
    return place >= 0 and ranges[place][0] <= ord(character) <= ranges[place][1]


def invisible(character: str) -> bool:
    """Marks that ask for nothing to be drawn: joiners, direction marks, variation selectors, soft hyphens."""
    point = ord(character)
    selector = 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF  # noqa: PLR2004
    return selector or unicodedata.category(character) in {"Cf", "Cc", "Cs"}

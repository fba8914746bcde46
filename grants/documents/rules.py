"""What a file really is, told by its content and never by its name."""

from __future__ import annotations

import codecs
import os
import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from grants.core.errors import Violation
from grants.core.i18n import lazy_gettext as _l
from grants.core.text import clean_line
from grants.documents import fields
from grants.documents.fields import Kind

HEAD = 512
TAIL = 66_000
CHUNK = 1024 * 1024
LONGEST_MARK = 64
LARGEST_ZIP_INDEX = 2 * 1024 * 1024
ZIP_END = b"PK\x05\x06"
ZIP64 = b"PK\x06\x07"

SIGNATURES = (
    (re.compile(rb"%PDF-"), fields.PDF),
    (re.compile(rb"\xff\xd8\xff"), fields.JPEG),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), fields.PNG),
    (re.compile(rb"GIF8[79]a"), fields.GIF),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), fields.WEBP),
    (re.compile(rb"....ftyp", re.DOTALL), fields.MP4),
)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLD_STREAMS = {
    "WordDocument": fields.OLD_WORD,
    "Workbook": fields.OLD_EXCEL,
    "PowerPoint Document": fields.OLD_POWERPOINT,
}
OFFICE_PARTS = {"word/": fields.DOCX, "xl/": fields.XLSX, "ppt/": fields.PPTX}
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

UNKNOWN = Violation(
    "file_kind",
    _l(
        "This kind of file cannot be taken. Send a PDF, a picture (JPEG, PNG), a Word, Excel or PowerPoint "
        "file, an MP4 video or a plain text."
    ),
)
BROKEN = Violation(
    "file_broken", _l("The file is damaged or not whole. Open it, save it again and send that.")
)
LOCKED = Violation("file_locked", _l("The file is locked with a password. Send it without one."))
MACROS = Violation("file_macros", _l("The file contains macros. Save it without macros and send that."))
UNPACKS = Violation("file_unpacks", _l("The file unpacks to far too much. Send a smaller one."))


class Refused(ValueError):
    """The file cannot be taken; `violation` says why, in words for who sent it."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.code)
        self.violation = violation


def kind_of(file: BinaryIO) -> Kind:
    """The kind the content shows. Raises Refused for what we do not take, or what is broken or a trap."""
    file.seek(0)
    head = file.read(HEAD)
    for signature, kind in SIGNATURES:
        if signature.match(head):
            return _whole_pdf(file) if kind is fields.PDF else kind
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    if head.startswith(OLD_OFFICE):
        return _old_office(file)
    return _text(file)


def differs(name: str, kind: Kind) -> Violation | None:
    """The ending of a name must be one of its kind: a lying one is refused, whichever way it lies.

    Programs and web pages read as plain texts, too: another name would not make them welcome.
    """
    ending = ending_of(name)
    if ending in kind.endings:
        return None
    if kind is fields.TEXT and ending not in fields.ENDINGS:
        return UNKNOWN
    sentence = _l(
        "“%(name)s” is really %(kind)s. Give it an ending that says so (.%(ending)s) and send it again.",
        name=name,
        kind=kind.name,
        ending=kind.endings[0],
    )
    return Violation("file_differs", sentence)


def ending_of(name: str) -> str:
    return os.path.splitext(name)[1].lstrip(".").lower()  # noqa: PTH122 - a name, not a path


def shown_name(given: str) -> str:
    """The name without folders and control characters, short enough, its ending kept."""
    name = clean_line(re.split(r"[/\\]", given)[-1]) or "file"
    if len(name) <= fields.NAME:
        return name
    ending = ending_of(name)[:20]
    return f"{name[: fields.NAME - len(ending) - 1]}.{ending}"


def _end_of(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL))
    return file.read()


def _whole_pdf(file: BinaryIO) -> Kind:
    if b"startxref" not in _end_of(file):
        raise Refused(BROKEN)
    return fields.PDF


def _office(file: BinaryIO) -> Kind:
    """A zip that is an Office document and nothing else; its index is weighed before it is read."""
    end = _end_of(file)
    place = end.rfind(ZIP_END)
    index_size = int.from_bytes(end[place + 12 : place + 16], "little")
    if place < 0:
        raise Refused(BROKEN)
    if ZIP64 in end or index_size > LARGEST_ZIP_INDEX:
        raise Refused(UNPACKS)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
        raise Refused(BROKEN) from None
    return _kind_of_parts(parts)


def _kind_of_parts(parts: list[zipfile.ZipInfo]) -> Kind:
    if len(parts) > fields.MOST_PARTS or sum(part.file_size for part in parts) > fields.MOST_UNPACKED:
        raise Refused(UNPACKS)
    names = {part.filename for part in parts}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(MACROS)
    for folder, kind in OFFICE_PARTS.items():
        if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
            return kind
    raise Refused(UNKNOWN)


def _old_office(file: BinaryIO) -> Kind:
    """Old Office files name their streams in UTF-16; the first name known tells the kind."""
    kinds = {name.encode("utf-16-le"): kind for name, kind in OLD_STREAMS.items()}
    found: set[bytes] = set()
    for chunk in _overlapping(file):
        if "_VBA_PROJECT".encode("utf-16-le") in chunk:
            raise Refused(MACROS)
        if "EncryptedPackage".encode("utf-16-le") in chunk:
            raise Refused(LOCKED)
        found |= {mark for mark in kinds if mark in chunk}
    for mark, kind in kinds.items():
        if mark in found:
            return kind
    raise Refused(UNKNOWN)


def _overlapping(file: BinaryIO) -> Iterator[bytes]:
    """The file in pieces, each beginning with the end of the last, so that no mark is cut in two."""
    file.seek(0)
    before = b""
    while chunk := file.read(CHUNK):
        yield before + chunk
        before = chunk[-LONGEST_MARK:]


def _text(file: BinaryIO) -> Kind:
    """UTF-8 or GB18030 without control characters."""
    for encoding in ("utf-8", "gb18030"):
        if _reads_as(file, encoding):
            return fields.TEXT
    raise Refused(UNKNOWN)


def _reads_as(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            if CONTROLS.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True

"""Which kinds of file we take, how they are called, and how long their words may be."""

from __future__ import annotations

from msgspec import Struct

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l

HOLDER_KIND = 40
PURPOSE = 40
NAME = 200
CONTENT_TYPE = 100

MOST_PIXELS = 50_000_000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_PARTS = 5_000

# Every look at a file kept for one of these is put down in the access log.
SENSITIVE_PURPOSES = frozenset({"identity", "bank_proof", "incident", "consent"})


class Kind(Struct, frozen=True, eq=False):
    """A kind of file: its name in a sentence, the endings it may have, and what browsers call it.

    Equal only to itself: its name reads differently in every language, and so would its hash.
    """

    name: Sentence
    endings: tuple[str, ...]
    content_type: str
    is_shown_inline: bool = False


OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = Kind(_l("a PDF"), ("pdf",), "application/pdf", is_shown_inline=True)
JPEG = Kind(_l("a JPEG picture"), ("jpg", "jpeg", "jfif"), "image/jpeg", is_shown_inline=True)
PNG = Kind(_l("a PNG picture"), ("png",), "image/png", is_shown_inline=True)
GIF = Kind(_l("a GIF picture"), ("gif",), "image/gif", is_shown_inline=True)
WEBP = Kind(_l("a WebP picture"), ("webp",), "image/webp", is_shown_inline=True)
DOCX = Kind(_l("a Word document"), ("docx",), f"{OFFICE}.wordprocessingml.document")
XLSX = Kind(_l("an Excel workbook"), ("xlsx",), f"{OFFICE}.spreadsheetml.sheet")
PPTX = Kind(_l("a PowerPoint presentation"), ("pptx",), f"{OFFICE}.presentationml.presentation")
OLD_WORD = Kind(_l("an old Word document"), ("doc", "wps"), "application/msword")
OLD_EXCEL = Kind(_l("an old Excel workbook"), ("xls", "et"), "application/vnd.ms-excel")
OLD_POWERPOINT = Kind(_l("an old PowerPoint presentation"), ("ppt", "dps"), "application/vnd.ms-powerpoint")
MP4 = Kind(_l("an MP4 video"), ("mp4", "m4v", "m4a", "mov"), "video/mp4")
TEXT = Kind(_l("a plain text"), ("txt", "csv"), "text/plain")
# Never taken from people: archives that the house packs.
ZIP = Kind(_l("a zip archive"), ("zip",), "application/zip")

KINDS = (
    PDF, JPEG, PNG, GIF, WEBP, DOCX, XLSX, PPTX, OLD_WORD, OLD_EXCEL, OLD_POWERPOINT, MP4, TEXT,
)  # fmt: skip
PICTURES = {JPEG: "JPEG", PNG: "PNG", GIF: "GIF", WEBP: "WEBP"}
BY_CONTENT_TYPE = {kind.content_type: kind for kind in KINDS}
ENDINGS = frozenset(ending for kind in KINDS for ending in kind.endings)
ACCEPT = ",".join(f".{ending}" for ending in sorted(ENDINGS))

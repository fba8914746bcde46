"""Paper from a committed typst template and plain data: PDF/A-2b, the same bytes for the same input."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from grants.core.checkcodes import canonical_json, grouped
from grants.papers.glyphs import MISSING, coverage, draws, invisible

TIME_LIMIT = 60
"""Seconds, of the processor and of the clock, before a paper is given up."""
MEMORY_LIMIT = 2 * 1024**3
"""Bytes of address space; a paper of a hundred rows needs about 130 MB of real memory."""

_PACKAGE = Path(__file__).parent
_CHILD = _PACKAGE / "typesetter.py"
_OWN_FONTS = _PACKAGE / "fonts"
_OWN_FONT = _OWN_FONTS / "GreenshootsSans-Regular.otf"
_FULL_FONTS = Path("/usr/share/fonts/opentype/noto")
_FULL_FONT = _FULL_FONTS / "NotoSansCJK-Regular.ttc"
_FULL_FONT_FACE = 2
_TEMPLATE_NAME = re.compile(r"[a-z][a-z_]*")
_log = logging.getLogger(__name__)


class TypesettingFailed(Exception):
    """The template and the data do not make a paper, or not within the limits: a fault of ours, not of a person."""


def typeset(template: str, data: Mapping[str, object], *, created_at: datetime) -> bytes:
    """The PDF of `templates/documents/<template>.typ` filled with `data`.

    Data is passed as data: nothing in it is ever read as typst. Its shape is told at the head of the
    template; `data["check"]`, when there, is {code, url} and gains the code in groups and a QR code.
    A character that no font can draw is set as 〓 and named in a warning. `created_at` is the date in
    the file: same template, data, date and fonts give the same bytes. Takes about a second in a child
    process, so call it from a job. Raises TypesettingFailed; ValueError for data without canonical form.
    """
    root = templates_folder()
    path = root / f"{template}.typ"
    if not _TEMPLATE_NAME.fullmatch(template) or not path.is_file():
        raise TypesettingFailed(f"There is no template {template!r}.")
    plain = json.loads(canonical_json(_with_check(data)))
    drawable, fonts = _drawable(plain, template)
    request = {
        "template": str(path),
        "root": str(root),
        "fonts": [str(folder) for folder in fonts],
        "data": drawable,
        "timestamp": int(created_at.timestamp()),
        "seconds": TIME_LIMIT,
        "memory": MEMORY_LIMIT,
    }
    return _compile(request, template)


def templates_folder() -> Path:
    """Inside the package when installed from a wheel, beside it in a checkout."""
    packed = _PACKAGE.parent / "_templates" / "documents"
    return packed if packed.is_dir() else _PACKAGE.parent.parent / "templates" / "documents"


def _with_check(data: Mapping[str, object]) -> dict[str, object]:
    check = data.get("check")
    if not isinstance(check, Mapping):
        return dict(data)
    url = str(check["url"])
    return {**data, "check": {"code": grouped(str(check["code"])), "url": url, "qr": _qr(url)}}


def _qr(url: str) -> str:
    """An SVG without a quiet zone; the template leaves the white around it."""
    import segno

    svg = io.BytesIO()
    segno.make(url, error="m", micro=False).save(svg, kind="svg", border=0, xmldecl=False, svgns=True)
    return svg.getvalue().decode()


def _drawable(plain: object, template: str) -> tuple[object, Sequence[Path]]:
    """The data with only what can be drawn, and the folders of the fonts that draw it."""
    characters = set(unicodedata.normalize("NFC", "\n".join(_texts(plain))))
    unseen = {character for character in characters - {"\n"} if invisible(character)}
    rare = {
        character for character in characters - unseen - {"\n"} if not draws(coverage(_OWN_FONT), character)
    }
    full = coverage(_FULL_FONT, _FULL_FONT_FACE) if rare and _FULL_FONT.is_file() else ()
    missing = {character for character in rare if not draws(full, character)}
    for character in sorted(missing):
        _log.warning("No glyph for %s (U+%04X) on a paper made from %s.", character, ord(character), template)
    table = dict.fromkeys(map(ord, unseen), "") | dict.fromkeys(map(ord, missing), MISSING)
    return _translated(plain, table), [_OWN_FONTS, _FULL_FONTS] if rare - missing else [_OWN_FONTS]


def _texts(plain: object) -> Iterator[str]:
    match plain:
        case str():
            yield plain
        case list():
            for item in plain:
                yield from _texts(item)
        case dict():
            for item in plain.values():
                yield from _texts(item)


def _translated(plain: object, table: Mapping[int, str]) -> object:
    match plain:
        case str():
            return unicodedata.normalize("NFC", plain).translate(table)
        case list():
            return [_translated(item, table) for item in plain]
        case dict():
            return {name: _translated(item, table) for name, item in plain.items()}
        case _:
            return plain


def _compile(request: Mapping[str, object], template: str) -> bytes:
    try:
        child = subprocess.run(  # noqa: S603 - our own program, by its full path
            [sys.executable, "-I", str(_CHILD)],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=TIME_LIMIT,
            env={"RAYON_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TypesettingFailed(f"{template} took longer than {TIME_LIMIT} seconds.") from error
    if child.returncode != 0 or not child.stdout.startswith(b"%PDF-"):
        reason = child.stderr.decode(errors="replace").strip()[-2000:] or f"exit {child.returncode}"
        raise TypesettingFailed(f"{template}: {reason}")
    return child.stdout

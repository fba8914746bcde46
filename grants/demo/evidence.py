"""What stands for the demo's photos and sign-in sheets: drawn, so that files are files and nobody is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct
from PIL import Image, ImageDraw, ImageFont

from grants.documents import actions as documents
from grants.documents.actions import Spooled

_FONT = Path(__file__).parents[1] / "papers" / "fonts" / "GreenshootsSans-Regular.otf"
_PAPER, _INK, _LEAF = "#fffdf7", "#20281f", "#1c6a42"
_LINES = 24


class Paper(Struct, frozen=True):
    """A file as a browser would send it."""

    filename: str | None
    stream: BinaryIO


def evidence_of(activity: Mapping[str, Any], group: str, names: Sequence[str]) -> list[Spooled]:
    """A sign-in sheet with the names that are known and a picture, as the data lists them."""
    heading = [activity["title_zh"], group, f"{activity['date']}  {activity['volunteers']}人"]
    return [
        _sheet(name, heading, names) if name.endswith(".pdf") else _photo(name, heading)
        for name in activity["evidence"]
    ]


def proof_of_account(name: str, bank: str, number: str) -> Spooled:
    """What a bank gives to show whose account it is."""
    page = Image.new("RGB", (640, 400), _PAPER)
    draw = ImageDraw.Draw(page)
    draw.text((40, 40), "开户证明（演示）", font=_font(26), fill=_LEAF)
    for place, line in enumerate((f"户名  {name}", f"开户行  {bank}", f"账号  {number}")):
        draw.text((40, 110 + 44 * place), line, font=_font(20), fill=_INK)
    return _stored("开户证明.pdf", page, "PDF")


def _sheet(file: str, heading: Sequence[str], names: Sequence[str]) -> Spooled:
    page = Image.new("RGB", (620, 877), _PAPER)
    draw = ImageDraw.Draw(page)
    draw.text((40, 40), "活动签到表（演示）", font=_font(26), fill=_LEAF)
    for place, line in enumerate(heading):
        draw.text((40, 90 + 28 * place), line, font=_font(17), fill=_INK)
    for place in range(_LINES):
        top = 190 + 27 * place
        draw.line((40, top + 24, 580, top + 24), fill="#cfc8b6")
        label = f"{place + 1}  {names[place] if place < len(names) else ''}"
        draw.text((44, top), label, font=_font(15), fill=_INK)
    return _stored(file, page, "PDF")


def _photo(file: str, heading: Sequence[str]) -> Spooled:
    picture = Image.new("RGB", (640, 480), "#e4efdc")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((200, 250, 440, 490), fill="#a9cf9b")
    draw.ellipse((120, 320, 300, 500), fill="#7fb574")
    draw.text((30, 30), "现场照片（演示）", font=_font(24), fill=_LEAF)
    draw.text((30, 70), heading[0], font=_font(20), fill=_INK)
    return _stored(file, picture, "JPEG")


def _stored(file: str, picture: Image.Image, kind: str) -> Spooled:
    content = BytesIO()
    picture.save(content, kind)
    return documents.receive(Paper(file, content))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONT), size)

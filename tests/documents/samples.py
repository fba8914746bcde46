"""Small real files of every kind we take, and some that only pretend."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import xlsxwriter
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from pypdf import PdfWriter


@dataclass
class Upload:
    filename: str | None
    stream: io.BytesIO


def upload(name: str | None, content: bytes) -> Upload:
    return Upload(name, io.BytesIO(content))


def pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), *, orientation: int = 1) -> bytes:
    """A picture that says where it was taken."""
    image = Image.new("RGB", size, "teal")
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Model] = "Secret Camera 9"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (23.0, 7.0, 44.0)
    out = io.BytesIO()
    image.save(out, kind, exif=exif, **({"comment": "Secret Comment"} if kind in {"JPEG", "GIF"} else {}))
    return out.getvalue()


def xlsx() -> bytes:
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out)
    workbook.add_worksheet().write(0, 0, "项目")
    workbook.close()
    return out.getvalue()


def zipped(*names: str, content: bytes = b"<x/>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


def docx() -> bytes:
    return zipped("[Content_Types].xml", "word/document.xml")


def old_office(*streams: str) -> bytes:
    marks = b"".join(name.encode("utf-16-le") + b"\0\0" for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_048_560) + marks + bytes(512)


def mp4() -> bytes:
    return b"\0\0\0\x18ftypmp42" + bytes(100)

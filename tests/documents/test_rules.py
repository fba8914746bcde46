from __future__ import annotations

import io

import pytest
from flask import Flask

from grants.core.i18n import speaking
from grants.documents import fields
from grants.documents.fields import Kind
from grants.documents.rules import Refused, differs, kind_of, shown_name
from tests.documents import samples


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (samples.pdf(), fields.PDF),
        (samples.picture("JPEG"), fields.JPEG),
        (samples.picture("PNG"), fields.PNG),
        (samples.picture("GIF"), fields.GIF),
        (samples.picture("WEBP"), fields.WEBP),
        (samples.xlsx(), fields.XLSX),
        (samples.docx(), fields.DOCX),
        (samples.zipped("[Content_Types].xml", "ppt/presentation.xml"), fields.PPTX),
        (samples.old_office("WordDocument"), fields.OLD_WORD),
        (samples.old_office("Workbook"), fields.OLD_EXCEL),
        (samples.old_office("PowerPoint Document"), fields.OLD_POWERPOINT),
        (samples.mp4(), fields.MP4),
        ("编号,名称\r\n1,青苗\r\n".encode(), fields.TEXT),
        ("编号,名称\r\n1,青苗\r\n".encode("gb18030"), fields.TEXT),
        (b"\xef\xbb\xbfnumber,name\n", fields.TEXT),
    ],
)
def test_the_content_tells_the_kind(content: bytes, kind: Kind) -> None:
    assert kind_of(io.BytesIO(content)) is kind


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_a_kind_is_the_same_in_every_language(app: Flask, language: str) -> None:
    with app.app_context(), speaking(language):
        assert (fields.JPEG in fields.PICTURES, fields.PDF in fields.PICTURES) == (True, False)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ\x90\0\x03\0\0\0 a program", "file_kind"),
        (b"\x7fELF\x02\x01\x01\0", "file_kind"),
        (samples.zipped("readme.txt"), "file_kind"),
        (samples.old_office("Something"), "file_kind"),
        (b"text with a \0 in it", "file_kind"),
        (b"%PDF-1.7\n cut short", "file_broken"),
        (b"PK\x03\x04 not a zip at all", "file_broken"),
        (samples.docx()[:-30], "file_broken"),
        (samples.old_office("EncryptedPackage"), "file_locked"),
        (samples.old_office("WordDocument", "_VBA_PROJECT"), "file_macros"),
        (samples.zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "file_macros"),
        (samples.zipped("[Content_Types].xml", *(f"word/{n}" for n in range(5000))), "file_unpacks"),
        (samples.zipped(*(f"word/{n}" for n in range(40_000)), content=b""), "file_unpacks"),
    ],
)
def test_what_we_do_not_take_says_why(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        kind_of(io.BytesIO(content))
    assert refused.value.violation.code == code


def test_a_zip_bomb_is_weighed_and_never_unpacked() -> None:
    bomb = samples.zipped("[Content_Types].xml", "word/document.xml", content=bytes(160 * 1024 * 1024))
    assert len(bomb) < 1_000_000
    with pytest.raises(Refused) as refused:
        kind_of(io.BytesIO(bomb))
    assert refused.value.violation.code == "file_unpacks"


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("photo.JPG", fields.JPEG, None),
        ("photo.jpg", fields.DOCX, "file_differs"),
        ("report.pdf", fields.JPEG, "file_differs"),
        ("report", fields.PDF, "file_differs"),
        ("list.csv", fields.TEXT, None),
        ("photo.jpg", fields.TEXT, "file_differs"),
        ("page.html", fields.TEXT, "file_kind"),
        ("run.sh", fields.TEXT, "file_kind"),
    ],
)
def test_a_name_must_fit_the_content(name: str, kind: Kind, code: str | None) -> None:
    violation = differs(name, kind)
    assert (violation.code if violation else None) == code


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\Users\\lin\\项目书.docx", "项目书.docx"),
        ("../../etc/passwd", "passwd"),
        ("a\0b\u202ecod.exe", "abcod.exe"),
        ("", "file"),
        ("字" * 300 + ".docx", "字" * 195 + ".docx"),
        (" two   words .pdf", "two words .pdf"),
    ],
)
def test_names_are_cleaned_before_they_are_shown(given: str, shown: str) -> None:
    assert shown_name(given) == shown

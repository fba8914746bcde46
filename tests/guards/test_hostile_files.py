"""Files that are not what they say, at every place of the house that takes files: told beside the field, nothing kept, no word lost."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from tests.demo_year import Year
from tests.documents.samples import pdf
from tests.guards.everybody import Everybody
from tests.guards.forms_gathered import Gathered
from tests.guards.forms_reached import Shown
from tests.guards.hostile import BOUNDARY, MULTIPART, Assault, Sent, as_shown, encoded, typed_in
from tests.guards.matrix import Matrix

pytestmark = pytest.mark.slow

MEGABYTE = 1024 * 1024
PLACES = ("activities.create", "activities.edit", "milestones.submit", "payees.propose")


def bomb() -> bytes:
    """A workbook of a few hundred kilobytes that unpacks to 400 MB."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/sheet.xml", "w") as part:
            for _ in range(100):
                part.write(bytes(4 * MEGABYTE))
    return held.getvalue()


LIARS: Mapping[str, tuple[str, bytes]] = {
    "a program": ("承诺书.pdf", b"MZ\x90\x00" + bytes(4096)),
    "a page": ("照片.png", b"<!DOCTYPE html><script>alert(1)</script>"),
    "a drawing with a script": ("图.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "a page and a PDF at once": ("both.html", pdf() + b"<script>alert(1)</script>"),
    "nothing": ("空.pdf", b""),
    "half a PDF": ("半.pdf", pdf()[:40]),
    "a bomb": ("表.xlsx", bomb()),
    "30 MB and more": ("大.pdf", b"MZ" + bytes(30 * MEGABYTE + 1)),
    "a name with a folder": ("../../etc/passwd", b"\x7fELF" + bytes(64)),
    "a name with NUL": ("a\x00b.pdf", b"MZ\x00"),
    "a rare name": ("𬱖🌱" * 10 + ".docx", b"PK\x03\x04 no zip"),
    "a long name": ("长" * 500 + ".pdf", b"MZ\x00"),
}


@pytest.fixture(scope="session")
def _with_files(_matrix: Matrix, _everybody: Everybody) -> list[Shown]:
    gathered = Gathered(_matrix, _everybody)
    for endpoint in PLACES:
        gathered.offer(endpoint)
    found = {form.endpoint: form for form in gathered.forms.values() if form.files}
    return list(found.values())


@pytest.fixture
def places(_with_files: list[Shown], year: Year) -> list[Shown]:
    return _with_files


def sent(form: Shown, token: str, what: str) -> Sent:
    name, content = LIARS[what]
    good = as_shown(form, token)
    body, _ = encoded(good, multipart=True)
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{form.files[0].name}"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
    return Sent(what, part.encode() + content + b"\r\n" + body, MULTIPART, typed=typed_in(form, good))


@pytest.mark.parametrize("what", LIARS)
def test_a_lying_file_is_told_beside_its_field(
    year: Year, places: list[Shown], assault: Assault, what: str
) -> None:
    assert len(places) >= 3, [form.endpoint for form in places]
    wrong = []
    for form in places:
        wrong += assault.post(form, sent(form, year.tokens[form.person], what), frozenset({422}))
    assert wrong == [], "\n".join(wrong)

"""The archive: everything of the case with an index, the same bytes for the same content, packed by a job."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.closeouts import dossier, queries
from grants.closeouts.actions import closing
from grants.closeouts.actions.archive import ARCHIVE
from grants.closeouts.models import Closeout
from grants.closeouts.packing import Piece, packed
from grants.core import i18n, jobs
from grants.core.policy import SYSTEM
from grants.core.storage import storage
from grants.documents.models import Document
from grants.projects.fields import ProjectState
from grants.projects.queries import projects
from tests.cast import Browser, Cast
from tests.granted import funded
from tests.projects.conftest import LATER, Running, planned, running
from tests.projects.steps import record, verify

__all__ = ["funded", "planned", "running"]
Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SOME = {"乙/文件.txt": b"two", "甲/a.txt": b"one", "甲/空.txt": b""}


def pieces(content: Mapping[str, bytes]) -> list[Piece]:
    return [Piece(path, f"what {path}", lambda text=text: [text]) for path, text in content.items()]  # type: ignore[misc]


def zipped(content: Mapping[str, bytes], at: datetime = AT) -> bytes:
    file, _index = packed(pieces(content), title="档案", at=at)
    with file:
        file.seek(0)
        return file.read()


def test_the_same_content_gives_the_same_bytes_in_whatever_order() -> None:
    assert zipped(SOME) == zipped(dict(reversed(SOME.items())))
    assert zipped(SOME) != zipped({**SOME, "甲/a.txt": b"One"})


def test_the_index_names_every_file_with_its_hash() -> None:
    archive = zipfile.ZipFile(io.BytesIO(zipped(SOME)))
    assert archive.testzip() is None
    rows = list(csv.reader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))[1:]
    assert {row[0]: row[3] for row in rows} == {
        path: hashlib.sha256(text).hexdigest() for path, text in SOME.items()
    }
    page = archive.read("index.html").decode()
    assert all(hashlib.sha256(text).hexdigest() in page for text in SOME.values())


def test_two_files_of_one_name_are_both_kept() -> None:
    twins = [Piece("甲/a.txt", what, lambda: [b"x"]) for what in ("one", "two")]
    file, index = packed(twins, title="档案", at=AT)
    assert [row.path for row in index] == ["甲/a.txt", "甲/a (2).txt"]
    file.close()


def test_names_cannot_climb_out_of_the_archive() -> None:
    assert dossier._safe("../../etc/passwd") == "_.._etc_passwd"
    assert dossier._safe("签到表：6月.pdf") == "签到表：6月.pdf"
    assert dossier._safe("...") == "file"


def test_text_is_never_escaped_into_html() -> None:
    page = zipfile.ZipFile(io.BytesIO(zipped({"<b>.txt": b"x"}))).read("index.html").decode()
    assert "<b>" not in page


@pytest.fixture
def closeout(inside: Inside, cast: Cast, running: Running) -> str:
    verify(inside, cast, running, record(inside, cast, running))
    with inside():
        project = queries.project(projects.by_public_id(running.project).public_id)
        project.state = ProjectState.CLOSING
        return closing.open_closeout(project, by=SYSTEM, at=LATER).public_id


def test_a_real_case_is_packed_whole(app: Flask, inside: Inside, rows: Session, closeout: str) -> None:
    with inside():
        closing.ask_for_archive(queries.by_public_id(closeout), at=AT)
    jobs.run_due(app)
    row = rows.scalars(select(Closeout)).one()
    assert row.archive_id is not None
    assert row.archive_done == row.archive_total > 5
    document = rows.get_one(Document, row.archive_id)
    with app.app_context():
        content = storage().read(document.storage_key)
    assert hashlib.sha256(content).hexdigest() == document.sha256
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    folders = {name.split("/")[0] for name in names}
    assert {"01 协议", "02 项目书", "04 证据", "06 资金", "08 经过", "index.csv", "index.html"} <= folders
    assert any(name.endswith("签到表.jpg") for name in names)


def test_packing_again_gives_the_same_bytes(app: Flask, inside: Inside, rows: Session, closeout: str) -> None:
    with inside(read_only=True):
        closeout_id = queries.by_public_id(closeout).id
    payload = {"closeout_id": closeout_id, "at": AT.isoformat()}
    hashes = set()
    for _ in range(2):
        with app.app_context():
            hashes.add(ARCHIVE.prepare(payload).spooled.sha256)
    assert len(hashes) == 1


def test_who_may_open_it(
    app: Flask, inside: Inside, rows: Session, sign_in: SignIn, cast: Cast, closeout: str
) -> None:
    with inside():
        closing.ask_for_archive(queries.by_public_id(closeout), at=AT)
    jobs.run_due(app)
    document = rows.get_one(Document, rows.scalars(select(Closeout.archive_id)).one())
    for name in ("olu", "aud", "fay", "eve"):
        assert sign_in(name).get(f"/files/{document.public_id}").status_code == 200
    for name in ("ada", "cy", "gus", "di", "dee"):
        assert sign_in(name).get(f"/files/{document.public_id}").status_code == 404


def test_the_archive_speaks_chinese_whoever_packs_it(app: Flask, inside: Inside, closeout: str) -> None:
    with app.app_context(), i18n.speaking("zh-Hans"), inside(read_only=True):
        paths = [piece.path for piece in dossier.pieces(queries.by_public_id(closeout))]
    assert "06 资金/账目.csv" in paths


def test_the_grade_stands_beside_the_next_proposal(
    inside: Inside, rows: Session, sign_in: SignIn, running: Running
) -> None:
    """S003-36: staff see it, the group's own page and others do not say it there."""
    from decimal import Decimal

    from grants.calls.models import GradeBand
    from grants.closeouts.fields import CloseoutState
    from grants.core.db import db
    from grants.projects.models import Project
    from grants.proposals.models import Proposal

    with inside():
        project = queries.project(running.project)
        db.session.add(
            GradeBand(call_id=running.call_id, key="good", name={"en": "Good"}, minimum=Decimal(80))
        )
        project.state = ProjectState.CLOSING
        closeout = closing.open_closeout(project, by=SYSTEM, at=LATER)
        closeout.score, closeout.grade, closeout.closed_at = Decimal("88.5"), "good", LATER
        closeout.state = CloseoutState.CLOSED
    proposal = rows.scalars(select(Proposal.public_id)).one()
    assert rows.scalars(select(Project.public_id)).one() == running.project
    assert "88.5 points" in sign_in("olu").page(f"/proposals/{proposal}")
    assert "88.5 points" not in sign_in("ada").page(f"/proposals/{proposal}")

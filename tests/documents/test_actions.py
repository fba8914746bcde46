from __future__ import annotations

import hashlib
import io
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from grants.core import clock, scanning, storage
from grants.core.audit import AuditEntry
from grants.core.db import db
from grants.core.errors import RulesBroken
from grants.core.jobs import Job
from grants.core.policy import SYSTEM
from grants.core.unit_of_work import unit_of_work
from grants.documents.actions import SWEEP, Spooled, keep, receive, withdraw
from grants.documents.models import Document
from grants.documents.queries import document_at, documents_by_holder, documents_of
from tests.documents import samples
from tests.documents.samples import Upload, upload

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
LIMIT = 2 * 1024 * 1024


@pytest.fixture(autouse=True)
def house(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A store of the test's own, small enough to fill."""
    monkeypatch.setattr(app, "extensions", dict(app.extensions))
    app.extensions.pop("grants.storage", None)
    storage.install(app, url=f"file:{tmp_path / 'files'}", largest=LIMIT)
    with app.app_context():
        yield


@pytest.fixture
def holder() -> Job:
    """Any row can hold files."""
    with unit_of_work():
        job = Job(kind="holder", payload={}, run_at=AT)
        db.session.add(job)
    db.session.refresh(job)
    db.session.expunge(job)
    return job


def codes(given: Upload) -> list[tuple[str, str | None]]:
    with pytest.raises(RulesBroken) as broken:
        receive(given, field="paper")
    return [(violation.code, violation.field) for violation in broken.value.violations]


def stored() -> list[str]:
    return [key for batch in storage.storage().listing() for key, _at in batch]


def kept(spooled: Spooled, holder: Job, purpose: str = "attachment") -> str:
    with unit_of_work():
        document = keep(spooled, holder=holder, purpose=purpose, by=SYSTEM, at=AT)
        db.session.flush()
        return document.public_id


def test_a_file_is_kept_as_it_came(holder: Job) -> None:
    content = samples.pdf()
    public_id = kept(receive(upload("项目书.pdf", content)), holder)
    document = document_at(public_id)
    assert document is not None
    assert (document.name, document.content_type, document.size) == (
        "项目书.pdf",
        "application/pdf",
        len(content),
    )
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert (document.holder_kind, document.holder_id, document.uploaded_at) == ("job", holder.id, AT)
    assert storage.storage().read(document.storage_key) == content


def test_keeping_and_withdrawing_leave_an_audit_entry(holder: Job) -> None:
    public_id = kept(receive(upload("a.pdf", samples.pdf())), holder)
    for _ in range(2):
        with unit_of_work():
            document = document_at(public_id) or db.session.scalars(select(Document)).one()
            withdraw(document, by=SYSTEM, at=AT)
    verbs = db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.number)).all()
    assert verbs == ["attach", "withdraw"]
    assert document_at(public_id) is None
    assert documents_of(holder) == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_pictures_lose_place_camera_and_comment(holder: Job, kind: str) -> None:
    given = samples.picture(kind, orientation=6)
    spooled = receive(upload(f"photo.{kind.lower()}", given))
    after = storage.storage().read(spooled.storage_key)
    assert b"Secret" not in after
    with Image.open(io.BytesIO(after)) as image:
        assert dict(image.getexif()) == {}
        assert image.info.get("comment") is None
        assert image.size == ((60, 40) if kind == "GIF" else (40, 60)), "the picture stands upright"
    assert spooled.sha256 == hashlib.sha256(after).hexdigest()


def test_large_photos_are_scaled_down() -> None:
    spooled = receive(upload("big.jpg", samples.picture("JPEG", (6000, 3000))))
    with Image.open(io.BytesIO(storage.storage().read(spooled.storage_key))) as image:
        assert image.size == (4096, 2048)


def test_a_picture_with_too_many_pixels_is_refused_unread() -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    assert len(out.getvalue()) < LIMIT
    assert codes(upload("bomb.png", out.getvalue())) == [("file_unpacks", "paper")]


@pytest.mark.parametrize("content", [samples.picture("JPEG")[:300], b"\x89PNG\r\n\x1a\n" + b"\xff" * 90])
def test_a_damaged_picture_is_refused(content: bytes) -> None:
    name = "a.jpg" if content.startswith(b"\xff") else "a.png"
    assert codes(upload(name, content)) == [("file_broken", "paper")]


def test_an_empty_file_is_refused() -> None:
    assert codes(upload("empty.pdf", b"")) == [("file_empty", "paper")]


def test_the_largest_file_is_in_and_one_byte_more_is_out() -> None:
    receive(upload("a.txt", b"a" * LIMIT))
    assert codes(upload("a.txt", b"a" * (LIMIT + 1))) == [("file_too_large", "paper")]


def test_a_lying_ending_is_refused_and_nothing_is_stored() -> None:
    assert codes(upload("photo.jpg", samples.docx())) == [("file_differs", "paper")]
    assert codes(upload("virus.exe", b"MZ\x90\0")) == [("file_kind", "paper")]
    assert codes(upload(None, b"MZ\x90\0")) == [("file_kind", "paper")]
    assert stored() == []


def test_files_of_many_holders_come_in_one_query(holder: Job, statements: Any) -> None:
    kept(receive(upload("a.pdf", samples.pdf())), holder)
    kept(receive(upload("b.pdf", samples.pdf())), holder, "photo")
    with statements() as seen:
        found = documents_by_holder("job", [holder.id, holder.id + 1])
        names = {id_: [document.name for document in found[id_]] for id_ in (holder.id, holder.id + 1)}
    assert names == {holder.id: ["a.pdf", "b.pdf"], holder.id + 1: []}
    assert len(seen) == 1 + sum(statement.startswith("BEGIN") for statement in seen)
    assert [document.name for document in documents_of(holder, purpose="photo")] == ["b.pdf"]


def test_what_nobody_kept_is_swept_after_a_day(holder: Job) -> None:
    mine = receive(upload("mine.pdf", samples.pdf()))
    kept(mine, holder)
    receive(upload("forgotten.pdf", samples.pdf()))
    assert SWEEP.prepare({}) == 0
    with time_machine.travel(clock.real_now() + timedelta(days=2)):
        assert SWEEP.prepare({}) == 1
    assert stored() == [mine.storage_key]


def test_a_unit_of_work_that_fails_keeps_no_row(holder: Job) -> None:
    spooled = receive(upload("a.pdf", samples.pdf()))
    with pytest.raises(ZeroDivisionError):
        _keep_and_fail(spooled, holder)
    assert db.session.scalar(select(func.count()).select_from(Document)) == 0


def _keep_and_fail(spooled: Spooled, holder: Job) -> None:
    with unit_of_work():
        keep(spooled, holder=holder, purpose="attachment", by=SYSTEM, at=AT)
        raise ZeroDivisionError


class FakeScanner(socketserver.BaseRequestHandler):
    """Speaks clamd's INSTREAM and finds the word EICAR."""

    def handle(self) -> None:
        line = self.request.makefile("rb")
        assert line.read(10) == b"zINSTREAM\0"
        content = b""
        while size := int.from_bytes(line.read(4), "big"):
            content += line.read(size)
        self.request.sendall(b"stream: Eicar-Test FOUND\0" if b"EICAR" in content else b"stream: OK\0")


@contextmanager
def scanner() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), FakeScanner) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"clamd://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_what_the_scanner_finds_is_refused(app: Flask) -> None:
    with scanner() as url:
        scanning.install(app, url=url)
        assert codes(upload("a.txt", b"x" * 200_000 + b"EICAR")) == [("file_infected", "paper")]
        receive(upload("a.txt", b"x" * 200_000))
    assert len(stored()) == 1


def test_a_silent_scanner_lets_nothing_through(app: Flask) -> None:
    with scanner() as url:
        pass
    scanning.install(app, url=url)
    with pytest.raises(scanning.ScannerSilent):
        receive(upload("a.txt", b"x"))
    assert stored() == []

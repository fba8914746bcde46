from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grants.core import registries, storage
from grants.core.access_log import AccessEntry
from grants.core.db import db
from grants.core.jobs import Job
from grants.core.policy import SYSTEM, Predicate
from grants.core.unit_of_work import unit_of_work
from grants.documents.actions import keep, receive, withdraw
from grants.documents.queries import document_at
from tests.documents import samples
from tests.documents.samples import upload

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
NAME = "项目书 “最终” 版.pdf"
Keep = Callable[..., str]


def load_job(id_: int) -> Job | None:
    return db.session.get(Job, id_)


@pytest.fixture(autouse=True)
def house(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of jobs open for everyone when the job is of kind `open`; those for finance, never."""
    monkeypatch.setattr(app, "extensions", dict(app.extensions))
    app.extensions.pop("grants.storage", None)
    storage.install(app, url=f"file:{tmp_path / 'files'}", largest=30 * 1024 * 1024)
    app.extensions["grants.permissions"] = {
        **app.extensions["grants.permissions"],
        "job.view": Predicate("open", "anyone", lambda _actor, job: job.kind == "open"),
        "job.finance": Predicate("nobody", "nobody", lambda _actor, _job: False),
    }
    loader = "tests.documents.test_views:load_job"
    doors = {"job": (loader, "job.view"), "job:bank_proof": (loader, "job.finance")}
    registries.install(app, files=doors)


@pytest.fixture
def keep_file(app: Flask) -> Keep:
    def kept(
        name: str = NAME, content: bytes = b"", *, kind: str = "open", purpose: str = "attachment"
    ) -> str:
        with app.app_context():
            spooled = receive(upload(name, content or samples.pdf()))
            with unit_of_work():
                job = Job(kind=kind, payload={}, run_at=AT)
                db.session.add(job)
                document = keep(spooled, holder=job, purpose=purpose, by=SYSTEM, at=AT)
                db.session.flush()
                return document.public_id

    return kept


def get(app: Flask, address: str, **options: Any) -> TestResponse:
    return app.test_client().get(address, **options)


def test_a_file_comes_with_its_chinese_name_and_behind_glass(app: Flask, keep_file: Keep) -> None:
    public_id = keep_file()
    response = get(app, f"/files/{public_id}")
    assert response.status_code == 200
    assert response.data.startswith(b"%PDF-")
    headers = response.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == (
        f'inline; filename="{public_id}.pdf"; '
        "filename*=UTF-8''%E9%A1%B9%E7%9B%AE%E4%B9%A6%20%E2%80%9C%E6%9C%80%E7%BB%88%E2%80%9D%20%E7%89%88.pdf"
    )
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert int(headers["Content-Length"]) == len(response.data)


def test_only_pictures_and_pdfs_are_shown_in_the_browser(app: Flask, keep_file: Keep) -> None:
    shown = {
        name: get(app, f"/files/{keep_file(name, content)}").headers["Content-Disposition"].split(";")[0]
        for name, content in {
            "a.png": samples.picture("PNG"),
            "a.pdf": samples.pdf(),
            "a.txt": b"<script>alert(1)</script>",
            "a.docx": samples.docx(),
        }.items()
    }
    assert shown == {"a.png": "inline", "a.pdf": "inline", "a.txt": "attachment", "a.docx": "attachment"}


def test_a_reader_may_ask_to_save_instead(app: Flask, keep_file: Keep) -> None:
    response = get(app, f"/files/{keep_file()}?download")
    assert response.headers["Content-Disposition"].startswith("attachment;")


def test_everything_else_is_sandboxed(app: Flask, keep_file: Keep) -> None:
    response = get(app, f"/files/{keep_file('a.png', samples.picture('PNG'))}")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def answers(client: FlaskClient, public_ids: list[str]) -> set[tuple[int, str]]:
    """Status and page, the address itself taken out of it."""
    return {
        (response.status_code, response.get_data(as_text=True).replace(public_id, "…"))
        for public_id in public_ids
        for response in [client.get(f"/files/{public_id}")]
    }


@pytest.fixture
def hidden_ones(app: Flask, keep_file: Keep) -> list[str]:
    """Withdrawn, hidden, guarded by its purpose, absent."""
    taken_back = keep_file()
    with app.app_context(), unit_of_work():
        document = document_at(taken_back)
        assert document is not None
        withdraw(document, by=SYSTEM, at=AT)
    return [taken_back, keep_file(kind="hidden"), keep_file(purpose="bank_proof"), "0" * 16]


def test_hidden_withdrawn_and_absent_files_answer_alike_to_visitors(
    app: Flask, hidden_ones: list[str]
) -> None:
    assert {status for status, _page in answers(app.test_client(), hidden_ones)} == {303}
    assert len(answers(app.test_client(), hidden_ones)) == 1


def test_hidden_withdrawn_and_absent_files_answer_alike_to_people(
    app: Flask, hidden_ones: list[str], sign_in: Callable[[str], FlaskClient]
) -> None:
    found = answers(sign_in("ada"), hidden_ones)
    assert {status for status, _page in found} == {404}
    assert len(found) == 1


def test_files_of_kinds_that_no_door_knows_stay_shut(
    app: Flask, keep_file: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_id = keep_file()
    registries.install(app, files={})
    assert get(app, f"/files/{public_id}").status_code == 303


def test_a_file_known_by_its_hash_is_not_sent_twice(app: Flask, keep_file: Keep) -> None:
    address = f"/files/{keep_file()}"
    etag = get(app, address).headers["ETag"]
    again = get(app, address, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_looks_at_sensitive_files_are_remembered(app: Flask, keep_file: Keep, rows: Session) -> None:
    get(app, f"/files/{keep_file()}")
    assert rows.scalars(select(AccessEntry)).all() == []
    rows.rollback()
    get(app, f"/files/{keep_file(purpose='identity')}")
    [entry] = rows.scalars(select(AccessEntry)).all()
    assert (entry.what, entry.subject_type) == ("file", "job")


def test_a_file_lost_from_the_store_is_no_crash(app: Flask, keep_file: Keep, rows: Session) -> None:
    public_id = keep_file()
    with app.app_context():
        document = document_at(public_id)
        assert document is not None
        storage.storage().delete(document.storage_key)
    assert get(app, f"/files/{public_id}").status_code == 404

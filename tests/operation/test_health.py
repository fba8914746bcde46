"""What machines are told about the house, and what the operator is told."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from grants.core.db import db
from grants.operation import health
from grants.operation.cli import check


@pytest.fixture
def migrated(app: Flask) -> Flask:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(
            text("INSERT INTO alembic_version VALUES (:now)"), {"now": health.newest_migration()}
        )
    yield app
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))


def test_alive_says_so_without_a_database(app: Flask) -> None:
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (200, "alive\n")


def test_ready_when_every_part_is_in_order(migrated: Flask) -> None:
    answer = migrated.test_client().get("/readyz")
    parts = {"database": True, "migrations": True, "storage": True, "queue": True}
    assert (answer.status_code, json.loads(answer.text)) == (200, {"ready": True, "parts": parts})


def test_a_database_without_migrations_is_not_ready_and_visitors_are_not_told_why(app: Flask) -> None:
    answer = app.test_client().get("/readyz")
    parts = {"database": True, "migrations": False, "storage": True, "queue": True}
    assert (answer.status_code, json.loads(answer.text)) == (503, {"ready": False, "parts": parts})


def test_an_older_database_is_named_to_the_operator(migrated: Flask) -> None:
    with migrated.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
        found = {part.name: part for part in health.examine(migrated)}["migrations"]
    expected = f"the database stands at older, this version needs {health.newest_migration()}"
    assert (found.in_order, found.found) == (False, expected)


def test_the_newest_migration_is_the_one_alembic_would_run_last() -> None:
    from grants.operation.database import head

    assert health.newest_migration() == head()


def test_storage_that_takes_no_file_is_not_in_order(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        health.storage(f"file:{tmp_path / 'file'}")


def test_check_lists_settings_and_fails_when_a_part_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRANTS_INSTANCE", str(tmp_path))
    done = CliRunner().invoke(check)
    assert "GRANTS_BASE_URL" in done.output
    assert "migrations                   BAD" in done.output
    assert done.exit_code == 1

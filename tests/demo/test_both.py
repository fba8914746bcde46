"""The demo year is one year, whichever database it is loaded into."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import Table, select

from grants.app import create_app
from grants.config import Settings
from grants.core import clock
from grants.core.db import Base, db
from grants.core.unit_of_work import unit_of_work
from grants.workspace.queries.invariants import INVARIANTS
from tests.demo_year import ROOT, Year, environment

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

# Made by chance: opaque ids, codes of papers, hashes over them, the length of a file that bears one,
# addresses in the storage, salts of passwords.
CHANCE = re.compile(
    r"\b([0-9a-z]{16}|[0-9A-Z]{16}|[0-9a-f]{64}|[0-9]{6}/[0-9a-f]{32})\b|\$argon2id\$\S+|\"size\": [0-9]+"
)
# Read from the machine's clock, or a file's length again; `number_series.id` counts on PostgreSQL how
# often somebody asked.
OF_THE_RUN = {
    "user.created_at",
    "audit_entry.recorded_at",
    "job.created_at",
    "job.run_at",
    "document.size",
    "number_series.id",
    "demo_clock.ahead",
}


@pytest.fixture(scope="module")
def on_postgres(postgres_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A house on PostgreSQL into which the year was loaded by the command the demo uses."""
    folder = tmp_path_factory.mktemp("year-on-postgres")
    variables = environment(folder) | {
        "GRANTS_DATABASE_URL": postgres_database,
        "GRANTS_SECRET_KEY": "tests only, but long enough",
        "GRANTS_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    }
    command = [sys.executable, "-m", "grants.operation.preparation", str(folder)]
    subprocess.run(command, cwd=ROOT, env=variables, check=True, timeout=400)
    app = create_app(Settings.from_environment(variables))
    clock.install(zone_name="Asia/Shanghai", offset=timedelta)  # a demo's app sets the clock of its process
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_year_is_the_same_row_by_row(year: Year, on_postgres: Flask) -> None:
    expected, found = rows_of(year.app), rows_of(on_postgres)
    assert {name: len(rows) for name, rows in found.items()} == {
        name: len(rows) for name, rows in expected.items()
    }
    for name, rows in found.items():
        assert (
            next(
                ((row, other) for row, other in zip(rows, expected[name], strict=True) if row != other), None
            )
            is None
        ), name
    assert len(expected["proposal"]) == 30


def test_postgresql_keeps_every_invariant_too(on_postgres: Flask) -> None:
    with on_postgres.app_context(), unit_of_work(read_only=True):
        complaints = {name: list(check()) for name, check in INVARIANTS.items()}
    assert complaints == {name: [] for name in INVARIANTS}


def rows_of(app: Flask) -> Mapping[str, list[str]]:
    """Every row of every table as text without what chance and the day of the run put into it, sorted."""
    with app.app_context(), unit_of_work(read_only=True):
        return {table.name: _rows(table) for table in Base.metadata.sorted_tables}


def _rows(table: Table) -> list[str]:
    columns = [column for column in table.columns if f"{table.name}.{column.name}" not in OF_THE_RUN]
    return sorted(_text(row) for row in db.session.execute(select(*columns)))


def _text(row: Any) -> str:
    return CHANCE.sub("•", json.dumps(list(row), ensure_ascii=False, sort_keys=True, default=str))

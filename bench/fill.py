"""Fills a loaded demo year with more proposals: copies of rows that real actions made.

Only the benchmarks do this. Every unique text is made anew; each copy has a group of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Row, String, Table, UniqueConstraint, func, select

from grants.core import search
from grants.core.checkcodes import public_id
from grants.core.db import Base, db
from grants.core.unit_of_work import unit_of_work

BATCH = 500
CHILDREN = {"sheet": ("section_answers",), "proposal": ("proposal_version", "proposal_field")}


def fill(app: Flask, total: int) -> None:
    """Add proposals until `total` have been handed in."""
    with app.app_context(), unit_of_work():
        connection = db.session.connection()
        patterns = _patterns(connection)
        missing = total - len(patterns)
        for first in range(0, max(missing, 0), BATCH):
            for number in range(first, min(first + BATCH, missing)):
                _copy(connection, patterns[number % len(patterns)], number)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _patterns(connection: Connection) -> list[Row[Any]]:
    proposal = _table("proposal")
    rows = connection.execute(
        select(proposal).where(proposal.c.submitted_at.is_not(None)).order_by(proposal.c.id)
    )
    return list(rows)


def _copy(connection: Connection, pattern: Row[Any], number: int) -> None:
    organisation = _one(connection, "organisation", pattern.organisation_id)
    own = {
        "credit_code": None,
        "legal_status": "unregistered",
        "host_id": organisation["host_id"] or organisation["id"],
        "name": {code: f"{name} {number}" for code, name in organisation["name"].items()},
    }
    group = _clone(connection, "organisation", organisation, own)
    sheet = _clone(connection, "answer_sheet", _one(connection, "answer_sheet", pattern.sheet_id))
    _clone_children(connection, "section_answers", "sheet_id", pattern.sheet_id, sheet)
    row = dict(pattern._mapping)  # noqa: SLF001 - the public way to a row by name
    title = f"{pattern.title} {number}"
    changes = {"organisation_id": group, "sheet_id": sheet, "number": f"BENCH-{number:05}", "title": title}
    copy = _clone(connection, "proposal", row, changes)
    for child in CHILDREN["proposal"]:
        _clone_children(connection, child, "proposal_id", pattern.id, copy)
    search.put("proposal", copy, title=title, body=title, case=f"proposal/{copy}")


def _one(connection: Connection, name: str, row_id: int) -> dict[str, Any]:
    table = _table(name)
    return dict(connection.execute(select(table).where(table.c.id == row_id)).mappings().one())


def _clone(
    connection: Connection, name: str, row: Mapping[str, Any], changes: Mapping[str, Any] | None = None
) -> int:
    table = _table(name)
    values = {
        **row,
        **{column: _fresh(column) for column in _unique_texts(table) if row[column]},
        **(changes or {}),
    }
    values.pop("id")
    made = connection.execute(table.insert().values(values).returning(table.c.id))
    return int(made.scalar_one())


def _clone_children(connection: Connection, name: str, parent: str, old: int, new: int) -> None:
    table = _table(name)
    for row in connection.execute(select(table).where(table.c[parent] == old)).mappings().all():
        _clone(connection, name, row, {parent: new})


_counter = itertools.count()


def _fresh(column: str) -> str:
    return public_id() if column == "public_id" else f"{next(_counter):08x}{public_id()[:8]}"


def _unique_texts(table: Table) -> Iterator[str]:
    """Columns that must differ in every row and hold text."""
    for column in table.columns:
        alone = column.unique or any(
            isinstance(rule, UniqueConstraint) and list(rule.columns) == [column]
            for rule in table.constraints
        )
        if alone and isinstance(column.type, String) and not column.foreign_keys:
            yield column.name


def count(app: Flask) -> int:
    """How many proposals have been handed in."""
    with app.app_context(), unit_of_work(read_only=True):
        proposal = _table("proposal")
        found = select(func.count()).select_from(proposal).where(proposal.c.submitted_at.is_not(None))
        return int(db.session.execute(found).scalar_one())

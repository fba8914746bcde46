"""Fills a loaded demo year with more proposals: copies of rows that real actions made.

Only the benchmarks and proofs do this. Every unique text is made anew; each copy has a group of its
own, and brings along what hangs on it: its answers, versions, duties, timeline and notifications.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import Column, ColumnElement, Connection, String, Table, UniqueConstraint, select

from grants.core import search
from grants.core.checkcodes import public_id
from grants.core.db import Base, db
from grants.core.unit_of_work import unit_of_work

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Pattern:
    """A proposal with everything that is copied along with it, read once."""

    proposal: Row
    organisation: Row
    sheet: Row
    sections: Sequence[Row]
    children: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    on_the_case: Mapping[str, Sequence[Row]] = field(default_factory=dict)


def fill(app: Flask, total: int) -> None:
    """Add proposals until `total` have been handed in."""
    with app.app_context(), unit_of_work():
        connection = db.session.connection()
        proposal = table("proposal")
        patterns = list(patterns_where(connection, proposal.c.submitted_at.is_not(None)))
        for number in range(total - len(patterns)):
            pattern = patterns[number % len(patterns)]
            title = f"{pattern.proposal['title']} {number}"
            copied = copy_of(connection, pattern, number, {"number": f"BENCH-{number:05}", "title": title})
            search.put("proposal", copied, title=title, body=title, case=f"proposal/{copied}")


def table(name: str) -> Table:
    return Base.metadata.tables[name]


def patterns_where(connection: Connection, condition: ColumnElement[bool]) -> Iterator[Pattern]:
    """The proposals of the condition, in the order in which they were made."""
    proposal = table("proposal")
    found = connection.execute(select(proposal).where(condition).order_by(proposal.c.id)).mappings().all()
    for row in found:
        case, own = f"proposal/{row['id']}", row["id"]
        yield Pattern(
            proposal=dict(row),
            organisation=_rows(connection, "organisation", "id", row["organisation_id"])[0],
            sheet=_rows(connection, "answer_sheet", "id", row["sheet_id"])[0],
            sections=_rows(connection, "section_answers", "sheet_id", row["sheet_id"]),
            children={
                name: _rows(connection, name, "proposal_id", own)
                for name in ("proposal_version", "proposal_field", "proposal_return", "recommendation")
            },
            on_the_case={
                name: _rows(connection, name, "case", case)
                for name in ("timeline_entry", "notification", "obligation")
            },
        )


def _rows(connection: Connection, name: str, column: str, value: object) -> Sequence[Row]:
    found = table(name)
    statement = select(found).where(found.c[column] == value).order_by(found.c.id)
    return [dict(row) for row in connection.execute(statement).mappings()]


def copy_of(connection: Connection, pattern: Pattern, number: int, changes: Row) -> int:
    """One more of this pattern, by a new group; answers with its id."""
    organisation = pattern.organisation
    own = {
        "credit_code": None,
        "legal_status": "unregistered",
        "host_id": organisation["host_id"] or organisation["id"],
        "name": {code: f"{name} {number}" for code, name in organisation["name"].items()},
    }
    group = clone(connection, "organisation", organisation, own)
    sheet = clone(connection, "answer_sheet", pattern.sheet)
    _clone_all(connection, "section_answers", pattern.sections, {"sheet_id": sheet})
    belongs = {"organisation_id": group, "sheet_id": sheet}
    copied = clone(connection, "proposal", pattern.proposal, {**belongs, **changes})
    for name, rows in pattern.children.items():
        _clone_all(connection, name, rows, {"proposal_id": copied})
    _copy_case(connection, pattern, copied, group)
    return copied


def _copy_case(connection: Connection, pattern: Pattern, copied: int, group: int) -> None:
    was, case = pattern.proposal["id"], f"proposal/{copied}"
    for name in ("timeline_entry", "notification"):
        _clone_all(connection, name, pattern.on_the_case[name], {"case": case})
    for row in pattern.on_the_case["obligation"]:
        if (row["subject_kind"], row["subject_id"]) == ("proposal", was):
            owner = {"owner_key": str(group)} if row["owner_kind"] == "organisation" else {}
            about = {"number": f"BENCH-{copied}", "title": f"{pattern.proposal['title']} {copied}"}
            values = {
                **row["values"],
                **{name: said for name, said in about.items() if name in row["values"]},
            }
            changes = {"case": case, "subject_id": copied, "values": values, **owner}
            clone(connection, "obligation", row, changes)


def clone(connection: Connection, name: str, row: Row, changes: Row | None = None) -> int:
    """Insert the row again with a fresh id and fresh unique texts; answers with its id."""
    found = table(name)
    made = connection.execute(found.insert().values(_values(name, row, changes)).returning(found.c.id))
    return int(made.scalar_one())


def _clone_all(connection: Connection, name: str, rows: Sequence[Row], changes: Row) -> None:
    if rows:
        connection.execute(table(name).insert(), [_values(name, row, changes) for row in rows])


def _values(name: str, row: Row, changes: Row | None) -> dict[str, Any]:
    fresh = {column: _fresh(column) for column in _unique_texts(name) if row[column]}
    values = {**row, **fresh, **(changes or {})}
    values.pop("id")
    return values


_counter = itertools.count()


def _fresh(column: str) -> str:
    return public_id() if column == "public_id" else f"{next(_counter):08x}{public_id()[:8]}"


@cache
def _unique_texts(name: str) -> Sequence[str]:
    """Columns that must differ in every row and hold text."""
    found = table(name)
    return [column.name for column in found.columns if _is_unique_text(found, column)]


def _is_unique_text(found: Table, column: Column[Any]) -> bool:
    rules = [list(rule.columns) for rule in found.constraints if isinstance(rule, UniqueConstraint)]
    unique = column.unique or [column] in rules or (found.name, column.name) == ("notification", "key")
    return bool(unique and isinstance(column.type, String) and not column.foreign_keys)

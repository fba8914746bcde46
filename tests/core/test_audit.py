"""Every change is in the record, in order, and the record cannot be changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.core import audit
from grants.core.access_log import AccessEntry
from grants.core.audit import AuditEntry
from grants.core.db import db
from grants.core.policy import Actor
from tests.core.test_unit_of_work import row

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
ADA = Actor(user_id=1, name="Ada")
Inside = Callable[..., AbstractContextManager[None]]


def change(inside: Inside, what: str) -> None:
    with inside():
        thing = db.session.scalars(select(AccessEntry)).first() or row()
        db.session.add(thing)
        db.session.flush()
        thing.what = what
        audit.record("rename", thing, by=ADA, at=NOON, note="why")


def test_an_entry_says_who_changed_what_from_what_to_what(inside: Inside, rows: Session) -> None:
    change(inside, "first")
    entry = rows.scalars(select(AuditEntry)).one()
    assert (entry.number, entry.verb, entry.subject_type, entry.actor_id) == (1, "rename", "access_entry", 1)
    assert (entry.before, entry.after, entry.at, entry.note) == (
        {"what": "look"},
        {"what": "first"},
        NOON,
        "why",
    )


def test_numbers_follow_without_gaps_and_the_head_tells_the_last(inside: Inside, rows: Session) -> None:
    for what in ("a", "b", "c"):
        change(inside, what)
    assert rows.scalars(select(AuditEntry.number).order_by(AuditEntry.number)).all() == [1, 2, 3]
    with inside(read_only=True):
        assert (audit.head(), list(audit.altered())) == (3, [])


def test_work_that_is_not_kept_leaves_no_entry(inside: Inside, rows: Session) -> None:
    with pytest.raises(RuntimeError), inside():
        thing = row()
        db.session.add(thing)
        audit.record("make", thing, by=ADA, at=NOON)
        raise RuntimeError
    change(inside, "later")
    assert rows.scalars(select(AuditEntry.verb)).all() == ["rename"]


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET note = 'x'", "DELETE FROM audit_entry"])
def test_the_database_itself_refuses_to_change_an_entry(
    inside: Inside, rows: Session, statement: str
) -> None:
    change(inside, "kept")
    with pytest.raises(DBAPIError, match="never changed"):
        rows.execute(text(statement))
    rows.rollback()
    assert rows.scalars(select(AuditEntry.note)).all() == ["why"]


def test_an_altered_entry_is_named(inside: Inside, rows: Session, stage: object) -> None:
    for what in ("a", "b", "c"):
        change(inside, what)
    tamper(rows, "UPDATE audit_entry SET note = 'someone was here' WHERE number = 2")
    with inside(read_only=True):
        assert list(audit.altered()) == [2]


def test_a_cut_off_chain_is_noticed(inside: Inside, rows: Session) -> None:
    for what in ("a", "b", "c"):
        change(inside, what)
    tamper(rows, "DELETE FROM audit_entry WHERE number = 3")
    with inside(read_only=True):
        assert list(audit.altered()) == [3]


def tamper(rows: Session, statement: str) -> None:
    """What somebody with the database file, past the application, could do."""
    if rows.get_bind().dialect.name == "postgresql":
        rows.execute(text("SET LOCAL session_replication_role = replica"))
        rows.execute(text(statement))
        rows.commit()
        return
    triggers = rows.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
    ).all()
    for name, _ in triggers:
        rows.execute(text(f"DROP TRIGGER {name}"))
    rows.execute(text(statement))
    for _, sql in triggers:
        rows.execute(text(sql))
    rows.commit()

"""The permanent record of who changed what from what to what, and why: append-only, hash-chained.

Entries wait in the session and are sealed just before the commit: each takes the next number
and the hash of the one before it, under one short lock, so that numbers follow commit order and
the head's hash tells every cache whether anything happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import DDL, CheckConstraint, String, event, select
from sqlalchemy import inspect as inspect_row
from sqlalchemy.orm import InstanceState, Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import NO_VALUE

from grants.core import clock
from grants.core.checkcodes import content_hash
from grants.core.db import Base, db
from grants.core.encryption import EncryptedText
from grants.core.plain import plain
from grants.core.policy import Actor

GENESIS = "0" * 64
_WAITING = "audit.waiting"


class AuditEntry(Base):
    """One change. `number` and `hash` are the chain; the application can neither edit nor delete a row."""

    __tablename__ = "audit_entry"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case: Mapped[str | None] = mapped_column(String(40), index=True)
    subject_type: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    verb: Mapped[str] = mapped_column(String(60))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    recorded_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(2000), default="")
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class AuditHead(Base):
    """The one row that says where the chain ends."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


def record(
    verb: str,
    subject: Any,
    *,
    by: Actor,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> None:
    """Put down a change of `subject` (a row) in the caller's transaction.

    Without `before` and `after` the unsaved changes of the row are taken. Encrypted values are
    never written: only that they changed. `subject.case`, where there is one, files the entry.
    """
    session = db.session()
    if before is None and after is None:
        before, after = changes(subject)
    if subject.id is None:
        session.flush()
    entry = {
        "case": getattr(subject, "case", None),
        "subject_type": subject.__tablename__,
        "subject_id": subject.id,
        "verb": verb,
        "before": plain(dict(before or {})),
        "after": plain(dict(after or {})),
        "actor_id": by.user_id,
        "at": at,
        "recorded_at": clock.real_now(),
        "note": note[:2000],
    }
    session.info.setdefault(_WAITING, []).append(entry)


def changes(row: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the session would write: column values before and after, changed ones only."""
    state: InstanceState[Any] = inspect_row(row)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].load_history()
        if not history.has_changes() or attribute.key == "version":
            continue
        secret = isinstance(attribute.columns[0].type, EncryptedText)
        old = history.deleted[0] if history.deleted else None
        new = history.added[0] if history.added else None
        if old is not None and old is not NO_VALUE:
            before[attribute.key] = "•••" if secret else old
        if new is not None:
            after[attribute.key] = "•••" if secret else new
    return before, after


def head() -> int:
    """The number of the newest entry."""
    return db.session.scalar(select(AuditHead.number)) or 0


def mark() -> str:
    """The hash of the newest entry: unchanged means nothing was done since, in this database or a restored one."""
    info = db.session().info
    if not info.get("read_only"):
        return db.session.scalar(select(AuditHead.hash)) or GENESIS
    if "mark" not in info:  # nothing is done while a page is only read
        info["mark"] = db.session.scalar(select(AuditHead.hash)) or GENESIS
    return str(info["mark"])


def seal(session: Session) -> None:
    """Chain the waiting entries. Called by the unit of work, just before its commit."""
    waiting = session.info.pop(_WAITING, [])
    if not waiting:
        return
    session.flush()
    end = session.scalar(select(AuditHead).with_for_update())
    if end is None:
        end = AuditHead(id=1, number=0, hash=GENESIS)
        session.add(end)
    for values in waiting:
        entry = AuditEntry(number=end.number + 1, previous_hash=end.hash, **values)
        entry.hash = link(entry)
        session.add(entry)
        end.number, end.hash = entry.number, entry.hash


def forget(session: Session) -> None:
    """Drop the waiting entries of a unit of work that kept nothing."""
    session.info.pop(_WAITING, None)


def link(entry: AuditEntry) -> str:
    """SHA-256 over the canonical JSON of everything in the entry and the hash before it."""
    names = ("number", "case", "subject_type", "subject_id", "verb", "before", "after", "actor_id",
             "at", "recorded_at", "note", "previous_hash")  # fmt: skip
    return content_hash(plain({name: getattr(entry, name) for name in names}))


def altered() -> Iterator[int]:
    """The numbers of entries whose content, order or predecessor is not what was sealed."""
    expected, last = GENESIS, 0
    for entry in db.session.scalars(
        select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=500)
    ):
        if entry.number != last + 1 or entry.previous_hash != expected or entry.hash != link(entry):
            yield entry.number
        expected, last = entry.hash, entry.number
    end = db.session.scalar(select(AuditHead))
    if (end.number if end else 0) != last:
        yield last + 1


# The words of the statements live here once; migrations execute the same lists.
APPEND_ONLY_SQLITE = tuple(
    f"CREATE TRIGGER audit_entry_no_{verb} BEFORE {verb.upper()} ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END"
    for verb in ("update", "delete")
)
APPEND_ONLY_POSTGRESQL = (
    "CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit entries are never changed'; END $$",
    "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry "
    "FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()",
)
for _dialect, _statements in (("sqlite", APPEND_ONLY_SQLITE), ("postgresql", APPEND_ONLY_POSTGRESQL)):
    for _statement in _statements:
        event.listen(
            AuditEntry.__table__,
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),
        )

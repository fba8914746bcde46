"""Ties that keep a person out: declared by themselves, noted by staff, or found by comparing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from grants.accounts.queries import user_by_id
from grants.core import audit, clock, text
from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.events import publish
from grants.core.policy import Actor, authorise
from grants.organisations import fields, ties
from grants.organisations.events import ConflictNoted
from grants.organisations.fields import ConflictKind, ConflictSource, ConflictState
from grants.organisations.lifecycle import CONFLICT
from grants.organisations.models import Conflict, Organisation
from grants.organisations.ties import Tie


def declare_conflict(
    organisation_id: int, *, kind: ConflictKind, evidence: str = "", by: Actor, at: datetime
) -> Conflict:
    """The person who acts says that they have a tie. It counts at once and needs nobody's word."""
    authorise(by, "conflict.declare")
    if by.user_id is None:
        raise NotFound
    tie = Tie(by.user_id, organisation_id, kind, evidence)
    return _put_down(tie, ConflictSource.DECLARED, ConflictState.CONFIRMED, by=by, at=at)


def note_conflict(
    user_id: int,
    organisation_id: int,
    *,
    kind: ConflictKind,
    evidence: str = "",
    by: Actor,
    at: datetime,
) -> Conflict:
    """Staff know of a tie."""
    authorise(by, "conflict.note")
    tie = Tie(user_id, organisation_id, kind, evidence)
    return _put_down(tie, ConflictSource.STAFF, ConflictState.CONFIRMED, by=by, at=at)


def detect_conflicts(
    user_ids: Iterable[int], organisation_ids: Iterable[int], *, by: Actor, at: datetime
) -> list[Conflict]:
    """Compare people with organisations: membership now or before, host, mail domain, phone.

    What is found is suspected and keeps the person out until staff have looked at it; what staff
    have cleared stays cleared. Returns what is new.
    """
    found = ties.ties_between(set(user_ids), set(organisation_ids))
    known = ties.known_ties({tie.user_id for tie in found}, {tie.organisation_id for tie in found})
    return [
        _put_down(tie, ConflictSource.DETECTED, ConflictState.SUSPECTED, by=by, at=at)
        for tie in found
        if (tie.user_id, tie.organisation_id, tie.kind) not in known
    ]


def _put_down(tie: Tie, source: ConflictSource, state: ConflictState, *, by: Actor, at: datetime) -> Conflict:
    """Note the tie, or confirm the same one that was cleared or suspected before."""
    row = db.session.scalar(
        select(Conflict).where(
            Conflict.user_id == tie.user_id,
            Conflict.organisation_id == tie.organisation_id,
            Conflict.kind == tie.kind,
        )
    )
    if row is None:
        row = _new(tie, source, state, at)
        audit.record("note", row, by=by, at=at)
    elif CONFLICT.can_fire("confirm", row) and state is ConflictState.CONFIRMED:
        CONFLICT.fire("confirm", row, by=by, at=at, note=tie.evidence)
    _report(row, by=by, at=at)
    return row


def _report(row: Conflict, *, by: Actor, at: datetime) -> None:
    publish(
        ConflictNoted(
            occurred_at=at,
            actor_id=by.user_id,
            case=row.case,
            organisation_id=row.organisation_id,
            user_id=row.user_id,
            name=user_by_id(row.user_id).name,
            kind=row.kind.value,
            suspected=row.state is ConflictState.SUSPECTED,
        )
    )


def _new(tie: Tie, source: ConflictSource, state: ConflictState, at: datetime) -> Conflict:
    if db.session.get(Organisation, tie.organisation_id) is None:
        raise NotFound
    row = Conflict(
        user_id=user_by_id(tie.user_id).id,
        organisation_id=tie.organisation_id,
        kind=tie.kind,
        source=source,
        state=state,
        evidence=text.clean_line(tie.evidence)[: fields.NOTE],
        declared_on=clock.day_of(at),
    )
    db.session.add(row)
    return row


def confirm_conflict(conflict: Conflict, *, note: str = "", by: Actor, at: datetime) -> None:
    """The tie stands. Where it had been cleared, what the person did meanwhile counts no longer."""
    authorise(by, "conflict.settle", conflict)
    CONFLICT.fire("confirm", conflict, by=by, at=at, note=note)
    _report(conflict, by=by, at=at)


def clear_conflict(conflict: Conflict, *, note: str = "", by: Actor, at: datetime) -> None:
    """There is no tie after all: the person may see and judge again."""
    authorise(by, "conflict.settle", conflict)
    CONFLICT.fire("clear", conflict, by=by, at=at, note=note)

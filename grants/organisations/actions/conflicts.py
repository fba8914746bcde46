"""Ties that keep a person out: declared by themselves, noted by staff, or found by comparing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from grants.accounts.models import User
from grants.core import audit, clock, text
from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.events import publish
from grants.core.policy import Actor, authorise
from grants.organisations import fields, queries
from grants.organisations.events import ConflictNoted
from grants.organisations.fields import ConflictKind, ConflictSource, ConflictState
from grants.organisations.lifecycle import CONFLICT
from grants.organisations.models import Conflict, Organisation


def declare_conflict(
    organisation_id: int, *, kind: ConflictKind, evidence: str = "", by: Actor, at: datetime
) -> Conflict:
    """The person who acts says that they have a tie. It counts at once and needs nobody's word."""
    authorise(by, "conflict.declare")
    if by.user_id is None:
        raise NotFound
    return _put_down(
        by.user_id, organisation_id, kind, ConflictSource.DECLARED, ConflictState.CONFIRMED, evidence, by, at
    )


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
    return _put_down(
        user_id, organisation_id, kind, ConflictSource.STAFF, ConflictState.CONFIRMED, evidence, by, at
    )


def detect_conflicts(
    user_ids: Iterable[int], organisation_ids: Iterable[int], *, by: Actor, at: datetime
) -> list[Conflict]:
    """Compare people with organisations: membership now or before, host, mail domain, phone.

    What is found is suspected and keeps the person out until staff have looked at it; what staff
    have cleared stays cleared. Returns what is new.
    """
    found = queries.ties_between(set(user_ids), set(organisation_ids))
    known = queries.known_ties({tie.user_id for tie in found}, {tie.organisation_id for tie in found})
    return [
        _put_down(
            tie.user_id, tie.organisation_id, tie.kind, ConflictSource.DETECTED, ConflictState.SUSPECTED,
            tie.evidence, by, at,
        )
        for tie in found
        if (tie.user_id, tie.organisation_id, tie.kind) not in known
    ]  # fmt: skip


def _put_down(
    user_id: int,
    organisation_id: int,
    kind: ConflictKind,
    source: ConflictSource,
    state: ConflictState,
    evidence: str,
    by: Actor,
    at: datetime,
) -> Conflict:
    """Note the tie, or confirm the same one that was cleared or suspected before."""
    user, organisation = db.session.get(User, user_id), db.session.get(Organisation, organisation_id)
    if user is None or organisation is None:
        raise NotFound
    same = select(Conflict).where(
        Conflict.user_id == user_id, Conflict.organisation_id == organisation_id, Conflict.kind == kind
    )
    row = db.session.scalar(same)
    if row is None:
        row = Conflict(
            user_id=user_id,
            organisation_id=organisation_id,
            kind=kind,
            source=source,
            state=state,
            evidence=text.clean_line(evidence)[: fields.NOTE],
            declared_on=clock.day_of(at),
        )
        db.session.add(row)
        audit.record("note", row, by=by, at=at)
    elif CONFLICT.can_fire("confirm", row) and state is ConflictState.CONFIRMED:
        CONFLICT.fire("confirm", row, by=by, at=at, note=evidence)
    publish(
        ConflictNoted(
            occurred_at=at,
            actor_id=by.user_id,
            case=organisation.case,
            organisation_id=organisation_id,
            user_id=user_id,
            name=user.name,
            kind=kind.value,
            suspected=row.state is ConflictState.SUSPECTED,
        )
    )
    return row


def confirm_conflict(conflict: Conflict, *, note: str = "", by: Actor, at: datetime) -> None:
    authorise(by, "conflict.settle", conflict)
    CONFLICT.fire("confirm", conflict, by=by, at=at, note=note)


def clear_conflict(conflict: Conflict, *, note: str = "", by: Actor, at: datetime) -> None:
    """There is no tie after all: the person may see and judge again."""
    authorise(by, "conflict.settle", conflict)
    CONFLICT.fire("clear", conflict, by=by, at=at, note=note)

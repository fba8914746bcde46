"""Opening, meeting and moving duties. Called by the action that makes or meets the duty, which authorises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from grants.core.db import db
from grants.core.plain import plain
from grants.core.policy import Actor
from grants.core.registries import registry
from grants.obligations.fields import Owner, OwnerKind
from grants.obligations.models import Obligation

Subject = tuple[str, int]
"""What it is about: kind of thing and id."""


def open_duty(
    kind: str,
    *,
    subject: Subject,
    owner: Owner,
    due_at: datetime | None,
    case: str,
    values: Mapping[str, Any] | None = None,
    at: datetime,
) -> Obligation:
    """Somebody owes something from now on. The same duty of the same owner is only renewed.

    `values` fill the sentence and the address of the kind (wiring.OBLIGATIONS).
    """
    _must_be_worded(kind)
    same = [
        duty
        for duty in _open(kind, subject)
        if (duty.owner_kind, duty.owner_key, duty.scope_key) == (owner.kind, owner.key, owner.scope_key)
    ]
    duty = same[0] if same else _new(kind, subject, owner, case=case, at=at)
    duty.due_at, duty.values = due_at, plain(dict(values or {}))
    db.session.flush()
    return duty


def _must_be_worded(kind: str) -> None:
    if kind not in registry("obligations"):
        raise LookupError(f"the duty {kind!r} has no words yet: give it a line in wiring.OBLIGATIONS")


def _new(kind: str, subject: Subject, owner: Owner, *, case: str, at: datetime) -> Obligation:
    duty = Obligation(
        kind=kind,
        subject_kind=subject[0],
        subject_id=subject[1],
        owner_kind=owner.kind,
        owner_key=owner.key,
        scope=owner.scope,
        scope_key=owner.scope_key,
        case=case,
        opened_at=at,
    )
    db.session.add(duty)
    return duty


def meet(kind: str, *, subject: Subject, by: Actor, at: datetime) -> None:
    """The duty is done, or has fallen away, for everybody who owed it. Nothing owed is no fault."""
    for duty in _open(kind, subject):
        duty.closed_at, duty.closed_by_id = at, by.user_id
    db.session.flush()


def postpone(kind: str, *, subject: Subject, due_at: datetime | None) -> None:
    """The same duty, at another time."""
    for duty in _open(kind, subject):
        duty.due_at = due_at
    db.session.flush()


def hand_on(case: str, *, from_user: int, to: Owner) -> None:
    """What a person owed in a case is from now on owed by others."""
    owed = select(Obligation).where(
        Obligation.case == case,
        Obligation.owner_kind == OwnerKind.USER,
        Obligation.owner_key == str(from_user),
        Obligation.closed_at.is_(None),
    )
    for duty in db.session.scalars(owed):
        duty.owner_kind, duty.owner_key = to.kind, to.key
        duty.scope, duty.scope_key = to.scope, to.scope_key
    db.session.flush()


def _open(kind: str, subject: Subject) -> Sequence[Obligation]:
    found = select(Obligation).where(
        Obligation.kind == kind,
        Obligation.subject_kind == subject[0],
        Obligation.subject_id == subject[1],
        Obligation.closed_at.is_(None),
    )
    return db.session.scalars(found.order_by(Obligation.id)).all()

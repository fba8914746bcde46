"""Keeping what was told: messages, wishes, and the log of mails that left."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import delete, update

from grants.accounts.queries import actor_of
from grants.core import i18n, jobs
from grants.core.db import db, upsert
from grants.core.doors import opens_to
from grants.core.policy import Actor
from grants.core.unit_of_work import aside
from grants.messaging.fields import Recipient, Tell, ToAddress, Values
from grants.messaging.models import Notification, Preference, SentMail
from grants.messaging.queries import tells, tells_by_key
from grants.organisations import walls


def tell_all(event: str, fact: Values) -> None:
    """Write the messages of a fact and order its mails; a second run of the same fact changes nothing.

    Whoever has a tie to somebody behind the case hears nothing of it; nor does anybody to whom the page
    that the message leads to would not open.
    """
    ways = tells().get(event, ())
    kept_out = walls.kept_out_of(str(fact["case"])) if ways else frozenset()
    for tell in ways:
        for recipient in dict.fromkeys(tell.who(fact)):
            if recipient not in kept_out and _may_follow(tell, fact, recipient):
                _tell(tell, event, fact, recipient)


def _may_follow(tell: Tell, fact: Values, recipient: Recipient) -> bool:
    if not tell.address or not isinstance(recipient, int):
        return True
    return opens_to(actor_of(recipient), i18n.filled_address(tell.address, fact))


def _tell(tell: Tell, event: str, fact: Values, recipient: Recipient) -> None:
    key = _key(tell, event, fact, recipient)
    if tell.in_app and isinstance(recipient, int):
        row = upsert(Notification).values(
            user_id=recipient,
            kind=tell.key,
            key=key,
            values=dict(fact),
            case=str(fact["case"]),
            at=datetime.fromisoformat(str(fact["occurred_at"])),
        )
        db.session.execute(row.on_conflict_do_nothing(index_elements=["user_id", "key"]))
    if tell.mail:
        to = asdict(recipient) if isinstance(recipient, ToAddress) else {"user_id": recipient}
        order = {"tell": tell.key, "key": key, "fact": dict(fact), "to": dict(to)}
        jobs.enqueue("send_mail", order, unique_key=f"mail:{key}")


def _key(tell: Tell, event: str, fact: Values, recipient: Recipient) -> str:
    """One fact, one way, one reader: the same for ever, so that nothing is told twice."""
    reader = recipient.email if isinstance(recipient, ToAddress) else str(recipient)
    told = json.dumps([tell.key, event, dict(fact), reader], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def record_sent(*, order: Values, user_id: int | None, to: str, subject: str, message_id: str,
                at: datetime, error: str = "") -> None:  # fmt: skip
    """Put down that a mail left, or was refused for good."""
    row: dict[str, Any] = {
        "key": order["key"],
        "user_id": user_id,
        "to": to,
        "kind": order["tell"],
        "subject": subject[:300],
        "message_id": message_id,
        "at": at,
        "error": error[:500],
    }
    db.session.execute(upsert(SentMail).values(**row).on_conflict_do_nothing(index_elements=["key"]))


def mark_opened(notification: Notification, *, at: datetime) -> None:
    """Remember that its reader opened it, beside the page they go on to."""
    if notification.read_at is None:
        read = update(Notification).where(Notification.id == notification.id).values(read_at=at)
        with aside() as session:
            session.execute(read)


def mark_all_read(*, by: Actor, at: datetime) -> None:
    unread = update(Notification).where(Notification.user_id == by.user_id, Notification.read_at.is_(None))
    db.session.execute(unread.values(read_at=at).execution_options(synchronize_session=False))


def wish(wanted: Collection[str], *, by: Actor) -> None:
    """Of the kinds one may switch off, mails of `wanted` come and of the others not."""
    offered = [tell.key for tell in tells_by_key().values() if tell.label is not None]
    db.session.execute(delete(Preference).where(Preference.user_id == by.user_id))
    for kind in offered:
        if kind not in wanted and by.user_id is not None:
            db.session.add(Preference(user_id=by.user_id, kind=kind, by_mail=False))

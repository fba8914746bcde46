"""What the officers of a call owe while its decisions are made and told."""

from __future__ import annotations

from datetime import datetime

from grants.calls.models import Call
from grants.decisions.fields import Duty
from grants.obligations import actions as obligations
from grants.obligations import fields as owners


def owe(kind: Duty, call: Call, *, due_at: datetime | None = None, at: datetime) -> None:
    """Open a duty of the officers about the decisions of a call, or move the one that is open."""
    obligations.open_duty(
        kind,
        subject=("call", call.id),
        owner=owners.role("officer"),
        due_at=due_at,
        case=call.case,
        values={"call": call.public_id, "title": dict(call.title)},
        at=at,
    )

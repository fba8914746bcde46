"""Whole drafts that wait to be handed in, each of a group of its own with an owner of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from bench.fill import Pattern, clone, copy_of, patterns_where, table
from grants.accounts.actions import sessions
from grants.accounts.models import User
from grants.calls.fields import CallState
from grants.core.db import db

OPEN = (CallState.OPEN, CallState.SCHEDULED)
UNSENT = {"number": None, "state": "draft", "submitted_at": None, "content_hash": None, "check_code": None}


@dataclass(frozen=True)
class Draft:
    """A draft that lacks nothing, and the key of the one who signs for it."""

    proposal: str
    owner: str


def seat_drafts(number: int) -> Iterator[Draft]:
    """Make so many in the call that is open now. Inside a unit of work."""
    connection = db.session.connection()
    pattern = _pattern(connection)
    member = _member(connection, pattern.proposal["organisation_id"])
    for each in range(number):
        owner = _owner(connection, member["user_id"], each)
        title = f"{pattern.proposal['title']} 草稿 {each}"
        copied = copy_of(connection, pattern, 100_000 + each, {**UNSENT, "title": title})
        proposal = table("proposal")
        row = connection.execute(select(proposal).where(proposal.c.id == copied)).mappings().one()
        clone(connection, "membership", member, {"organisation_id": row["organisation_id"], "user_id": owner})
        user = db.session.get_one(User, owner)
        yield Draft(row["public_id"], sessions.open_session(user, address="127.0.0.1", agent="bench"))


def _pattern(connection: Connection) -> Pattern:
    """One that was handed in and lies before the officers: its answers pass every check."""
    proposal, call = table("proposal"), table("call")
    open_calls = select(call.c.id).where(call.c.state.in_(OPEN))
    handed_in = (proposal.c.state == "submitted") & proposal.c.call_id.in_(open_calls)
    whole = next(patterns_where(connection, handed_in))
    return Pattern(
        proposal=whole.proposal,
        organisation=whole.organisation,
        sheet=whole.sheet,
        sections=whole.sections,
        children={"proposal_field": whole.children["proposal_field"]},
        on_the_case={"timeline_entry": (), "notification": (), "obligation": ()},
    )


def _member(connection: Connection, organisation_id: int) -> dict[str, object]:
    membership = table("membership")
    found = select(membership).where(
        membership.c.organisation_id == organisation_id, membership.c.role == "owner"
    )
    return dict(connection.execute(found.order_by(membership.c.id).limit(1)).mappings().one())


def _owner(connection: Connection, like: object, number: int) -> int:
    user = table("user")
    row = connection.execute(select(user).where(user.c.id == like)).mappings().one()
    address = f"drafter{number}@bench.example"
    return clone(connection, "user", dict(row), {"email": address, "email_key": address, "phone": None})

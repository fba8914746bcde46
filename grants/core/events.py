"""Facts. Reactions run inside the transaction; messages are made from the outbox after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from flask import Flask, current_app
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.db import Base, db, states
from grants.core.i18n import Sentence
from grants.core.plain import plain


class Visibility(StrEnum):
    """Who may read a fact on a timeline: everyone, the people of the case and staff, or staff alone."""

    PUBLIC = "public"
    CASE = "case"
    STAFF = "staff"


class Event(Struct, frozen=True, kw_only=True):
    """Named in the past tense; carries ids and plain values, never rows.

    `case` files the fact on one timeline (`proposal/12`); `sentence` is how the timeline tells it,
    with the fact's own values as placeholders; without a sentence it is not told.
    """

    sentence: ClassVar[Sentence | None] = None
    visibility: ClassVar[Visibility] = Visibility.CASE

    occurred_at: datetime
    actor_id: int | None
    case: str


Reaction = Callable[..., None]


class TimelineEntry(Base):
    """One fact on the timeline of a case, kept as plain values and worded for each reader."""

    __tablename__ = "timeline_entry"
    __table_args__ = (Index(None, "case", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    visibility: Mapped[Visibility] = mapped_column(states(Visibility))
    values: Mapped[dict[str, Any]]


def install(app: Flask, reactions: Mapping[type[Event], Sequence[Reaction]]) -> None:
    app.extensions["grants.reactions"] = reactions


def publish(fact: Event) -> None:
    """Run the reactions, then put the fact on its timeline and in the outbox.

    A failing reaction fails the work. The outbox is the job `tell`: messaging turns it into
    messages once the transaction is kept.
    """
    for reaction in current_app.extensions["grants.reactions"].get(type(fact), ()):
        reaction(fact)
    values = plain(asdict(fact))
    if fact.sentence is not None:
        db.session.add(
            TimelineEntry(
                case=fact.case,
                kind=type(fact).__name__,
                at=fact.occurred_at,
                actor_id=fact.actor_id,
                visibility=fact.visibility,
                values=values,
            )
        )
    from grants.core import jobs

    jobs.enqueue("tell", {"event": type(fact).__name__, "fact": values})

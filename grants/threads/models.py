"""Conversations about one thing, kept where the thing is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.core.db import Base, PublicId

LONGEST_MESSAGE = 10_000
LONGEST_TITLE = 200


class Thread(Base):
    """One conversation per thing and title; whoever may see the thing may read it."""

    __tablename__ = "thread"
    __table_args__ = (Index(None, "holder_kind", "holder_id", "id"), Index(None, "case", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    holder_kind: Mapped[str] = mapped_column(String(60))
    holder_id: Mapped[int]
    case: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    opened_at: Mapped[datetime]

    messages: Mapped[list[Message]] = relationship(
        back_populates="thread", order_by="Message.id", lazy="raise"
    )


class Message(Base):
    """What somebody wrote; never edited, so that both sides remember the same words."""

    __tablename__ = "message"
    __table_args__ = (Index(None, "thread_id", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    thread: Mapped[Thread] = relationship(back_populates="messages", lazy="raise")
    author: Mapped[User] = relationship(lazy="raise")


class ReadMark(Base):
    """Up to when somebody has read a thread."""

    __tablename__ = "read_mark"
    __table_args__ = (UniqueConstraint("thread_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    at: Mapped[datetime]

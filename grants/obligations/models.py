"""Anything owed by anyone: by whom, until when, and where it can be met."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.db import Base, PublicId, states
from grants.obligations.fields import OwnerKind

_OPEN = text("closed_at IS NULL")


class Obligation(Base):
    """Opened and closed by the actions that make and meet the duty; its words are made when it is read."""

    __tablename__ = "obligation"
    __table_args__ = (
        CheckConstraint("(scope = '') = (scope_key = '')", name="scope_has_key"),
        Index(
            "ix_obligation_open_owner", "owner_kind", "owner_key", "due_at", "id",
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        Index(
            "uq_obligation_open", "kind", "subject_kind", "subject_id", "owner_kind", "owner_key", "scope_key",
            unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        Index(None, "subject_kind", "subject_id"),
        Index(None, "case", "due_at", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    case: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    owner_kind: Mapped[OwnerKind] = mapped_column(states(OwnerKind))
    owner_key: Mapped[str] = mapped_column(String(60))
    scope: Mapped[str] = mapped_column(String(20), default="")
    scope_key: Mapped[str] = mapped_column(String(100), default="")
    values: Mapped[dict[str, Any]]
    due_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)

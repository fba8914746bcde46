"""The row that ends a project."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.closeouts.fields import CloseoutState
from grants.core.db import Base, PublicId, Versioned, states
from grants.core.money import Money
from grants.documents.models import Document
from grants.projects.models import Project


class Closeout(Versioned, Base):
    """The final account: what was spent, what comes back, the grade, the archive."""

    __tablename__ = "closeout"
    __table_args__ = (
        CheckConstraint("spent >= 0 AND to_return >= 0 AND returned >= 0", name="not_negative"),
        CheckConstraint("state IN ('open', 'submitted') OR grade <> ''", name="graded_has_a_grade"),
        CheckConstraint("state <> 'closed' OR returned = to_return", name="closed_with_nothing_owed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id), unique=True)
    spent: Mapped[Money]
    to_return: Mapped[Money]
    returned: Mapped[Money]
    account: Mapped[dict[str, Any]] = mapped_column(default=dict)
    checklist: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sources: Mapped[dict[str, Any]] = mapped_column(default=dict)
    score: Mapped[Decimal | None]
    grade: Mapped[str] = mapped_column(String(20), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    graded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    closed_at: Mapped[datetime | None]
    archive_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id), index=True)
    state: Mapped[CloseoutState] = mapped_column(states(CloseoutState), default=CloseoutState.OPEN)

    project: Mapped[Project] = relationship(lazy="raise")

    @property
    def case(self) -> str:
        return self.project.case

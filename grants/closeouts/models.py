"""Rows that end a project: the close-out, and the money that came back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.closeouts import fields
from grants.closeouts.fields import CloseoutState
from grants.core.db import Base, PublicId, Versioned, states
from grants.core.money import Money
from grants.documents.models import Document
from grants.projects.models import Project


class Closeout(Versioned, Base):
    """The final account: what was spent, what comes back, the grade, the archive.

    `account` is spent by budget category (plain yuan), `sources` the marks of those who evaluate,
    `checklist` the list as it stood at the end. A terminated project ends without a grade.
    """

    __tablename__ = "closeout"
    __table_args__ = (
        CheckConstraint("spent >= 0 AND to_return >= 0 AND returned >= 0", name="not_negative"),
        CheckConstraint("returned <= to_return", name="not_more_than_owed"),
        CheckConstraint(
            "state IN ('open', 'submitted') OR grade <> '' OR after_termination", name="graded_has_a_grade"
        ),
        CheckConstraint("(grade = '') = (score IS NULL)", name="grade_and_score"),
        CheckConstraint("state <> 'closed' OR returned = to_return", name="closed_with_nothing_owed"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at_a_time"),
        Index(None, "state", "opened_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id), unique=True)
    after_termination: Mapped[bool] = mapped_column(default=False)
    spent: Mapped[Money] = mapped_column(default=Money(0))
    to_return: Mapped[Money] = mapped_column(default=Money(0))
    returned: Mapped[Money] = mapped_column(default=Money(0))
    account: Mapped[dict[str, Any]] = mapped_column(default=dict)
    account_words: Mapped[str] = mapped_column(Text, default="")
    checklist: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sources: Mapped[dict[str, Any]] = mapped_column(default=dict)
    score: Mapped[Decimal | None]
    grade: Mapped[str] = mapped_column(String(fields.GRADE), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime]
    due_on: Mapped[date | None]
    submitted_at: Mapped[datetime | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    graded_at: Mapped[datetime | None]
    graded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    archive_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id), index=True)
    archive_asked_at: Mapped[datetime | None]
    archive_done: Mapped[int] = mapped_column(default=0)
    archive_total: Mapped[int] = mapped_column(default=0)
    state: Mapped[CloseoutState] = mapped_column(states(CloseoutState), default=CloseoutState.OPEN)

    project: Mapped[Project] = relationship(lazy="raise")
    archive: Mapped[Document | None] = relationship(lazy="raise")
    submitted_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[submitted_by_id])
    graded_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[graded_by_id])
    closed_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[closed_by_id])
    returns: Mapped[list[MoneyReturn]] = relationship(lazy="raise", order_by="MoneyReturn.id")

    @property
    def case(self) -> str:
        return self.project.case


class MoneyReturn(Base):
    """Money of a grant that the group sent back, as finance saw it arrive."""

    __tablename__ = "money_return"
    __table_args__ = (CheckConstraint("amount > 0", name="some_money"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    closeout_id: Mapped[int] = mapped_column(ForeignKey(Closeout.id), index=True)
    amount: Mapped[Money]
    received_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(fields.REFERENCE), default="")
    ledger_number: Mapped[str] = mapped_column(String(40))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    recorded_at: Mapped[datetime]

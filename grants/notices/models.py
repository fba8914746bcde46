"""Rows of public notices: a list that nothing can change once it is shown, corrections beside it, objections."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.core import clock
from grants.core.db import Base, PublicId, Versioned, states
from grants.core.encryption import EncryptedText
from grants.notices.fields import NoticeState, ObjectionState


class Notice(Versioned, Base):
    """The list of one decision, shown for N working days. `items` are plain values with a `key` each."""

    __tablename__ = "notice"
    __table_args__ = (
        Index(None, "state", "ends_at"),
        Index(None, "starts_on", "id"),
        Index(None, "holder_kind", "holder_id"),
        CheckConstraint("working_days BETWEEN 1 AND 60", name="some_days"),
        CheckConstraint(
            "state = 'draft' OR (content_hash IS NOT NULL AND check_code IS NOT NULL AND number IS NOT NULL "
            "AND starts_on IS NOT NULL AND ends_at IS NOT NULL AND published_at IS NOT NULL)",
            name="shown_means_frozen",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    holder_kind: Mapped[str] = mapped_column(String(20))
    holder_id: Mapped[int]
    case: Mapped[str] = mapped_column(String(40), index=True)
    title: Mapped[dict[str, Any]]
    introduction: Mapped[dict[str, Any]] = mapped_column(default=dict)
    items: Mapped[list[Any]]
    content_hash: Mapped[str | None] = mapped_column(String(64))
    check_code: Mapped[str | None] = mapped_column(String(16), unique=True)
    working_days: Mapped[int]
    starts_on: Mapped[date | None]
    ends_at: Mapped[datetime | None]
    calendar_version: Mapped[str] = mapped_column(String(40), default="")
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    state: Mapped[NoticeState] = mapped_column(states(NoticeState), default=NoticeState.DRAFT)

    @property
    def last_day(self) -> date | None:
        """The last of the days on which one may object."""
        return clock.day_of(self.ends_at - timedelta.resolution) if self.ends_at else None

    corrections: Mapped[list[NoticeCorrection]] = relationship(lazy="raise", order_by="NoticeCorrection.id")
    objections: Mapped[list[Objection]] = relationship(
        lazy="raise", order_by="Objection.id", back_populates="notice"
    )


class NoticeCorrection(Base):
    """What a shown list got wrong, said beside it for everybody to see."""

    __tablename__ = "notice_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    text: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)


class Objection(Versioned, Base):
    """What somebody raises against one item; who they are is read by staff only."""

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("number"),
        Index(None, "notice_id", "item_key"),
        CheckConstraint(
            "(state = 'received') = (decided_at IS NULL)",
            name="decided_has_a_time",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    number: Mapped[str] = mapped_column(String(40))
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    item_key: Mapped[str] = mapped_column(String(60))
    by_name: Mapped[str] = mapped_column(EncryptedText)
    contact: Mapped[str] = mapped_column(EncryptedText)
    content: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    state: Mapped[ObjectionState] = mapped_column(states(ObjectionState), default=ObjectionState.RECEIVED)
    decision: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)

    notice: Mapped[Notice] = relationship(lazy="raise", back_populates="objections")

    @property
    def case(self) -> str:
        return f"notice/{self.notice_id}"


FROZEN = (
    "number", "holder_kind", "holder_id", "case", "title", "introduction", "items", "content_hash",
    "check_code", "working_days", "starts_on", "ends_at", "calendar_version", "published_at",
)  # fmt: skip
_CHANGED_SQLITE = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in FROZEN)
_CHANGED_POSTGRESQL = " OR ".join(f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in FROZEN)
_SAYS = "a published notice is frozen"

# The words of the statements live here once; migrations execute the same lists.
FROZEN_SQLITE = (
    f"CREATE TRIGGER notice_frozen BEFORE UPDATE ON notice WHEN OLD.state <> 'draft' AND "
    f"({_CHANGED_SQLITE} OR NEW.state = 'draft') BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
    f"CREATE TRIGGER notice_kept BEFORE DELETE ON notice WHEN OLD.state <> 'draft' "
    f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END",
    *(
        f"CREATE TRIGGER notice_correction_no_{verb} BEFORE {verb.upper()} ON notice_correction "
        f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
        for verb in ("update", "delete")
    ),
)
FROZEN_POSTGRESQL = (
    "CREATE FUNCTION notice_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_SAYS}'; END $$",
    f"CREATE TRIGGER notice_frozen BEFORE UPDATE ON notice FOR EACH ROW WHEN (OLD.state <> 'draft' AND "
    f"({_CHANGED_POSTGRESQL} OR NEW.state = 'draft')) EXECUTE FUNCTION notice_refuse()",
    "CREATE TRIGGER notice_kept BEFORE DELETE ON notice FOR EACH ROW WHEN (OLD.state <> 'draft') "
    "EXECUTE FUNCTION notice_refuse()",
    "CREATE TRIGGER notice_correction_frozen BEFORE UPDATE OR DELETE ON notice_correction "
    "FOR EACH ROW EXECUTE FUNCTION notice_refuse()",
)
for _dialect, _statements in (("sqlite", FROZEN_SQLITE), ("postgresql", FROZEN_POSTGRESQL)):
    for _statement in _statements:
        event.listen(
            NoticeCorrection.__table__,
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),
        )

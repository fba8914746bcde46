"""Proposals, the frozen versions handed in, and what screening and the district said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.calls.models import Call
from grants.core.db import Base, PublicId, Versioned, states
from grants.core.money import Money
from grants.organisations.models import Organisation
from grants.proposals.fields import (
    NUMBER_CHARACTERS,
    REASON_CHARACTERS,
    TITLE_CHARACTERS,
    Opinion,
    Outcome,
    ProposalState,
    Risk,
)
from grants.questionnaires.models import AnswerSheet

LIVE = text("state <> 'withdrawn'")


class Proposal(Versioned, Base):
    """What a group asks of a call. The columns that repeat answers are filled from them on every save."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR (number IS NOT NULL AND submitted_at IS NOT NULL "
            "AND content_hash IS NOT NULL AND check_code IS NOT NULL)",
            name="proved_once_submitted",
        ),
        CheckConstraint("state <> 'draft' OR number IS NULL", name="a_draft_has_no_number"),
        CheckConstraint("state <> 'ineligible' OR refusal_reason <> ''", name="refused_with_a_reason"),
        Index(
            "uq_proposal_one_live",
            "organisation_id",
            "call_id",
            unique=True,
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        ),
        Index(None, "call_id", "state"),
        Index(None, "call_id", "submitted_at", "id"),
        Index(None, "submitted_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    region_path: Mapped[str] = mapped_column(String(200), index=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey(AnswerSheet.id), unique=True)
    title: Mapped[str] = mapped_column(String(TITLE_CHARACTERS), default="")
    number: Mapped[str | None] = mapped_column(String(NUMBER_CHARACTERS), unique=True)
    state: Mapped[ProposalState] = mapped_column(states(ProposalState), default=ProposalState.DRAFT)
    requested: Mapped[Money] = mapped_column(default=Money(0))
    total_cost: Mapped[Money] = mapped_column(default=Money(0))
    kind: Mapped[str] = mapped_column(String(40), default="")
    risk: Mapped[Risk] = mapped_column(states(Risk), default=Risk.LOW)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    started_at: Mapped[datetime]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    submitted_at: Mapped[datetime | None]
    content_hash: Mapped[str | None] = mapped_column(String(64))
    check_code: Mapped[str | None] = mapped_column(String(16), unique=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    extended_until: Mapped[datetime | None]
    refusal_reason: Mapped[str] = mapped_column(String(REASON_CHARACTERS), default="")
    appeal_until: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    sheet: Mapped[AnswerSheet] = relationship(lazy="raise")
    officer: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[officer_id])
    fields: Mapped[list[ProposalField]] = relationship(
        lazy="raise", order_by="ProposalField.id", cascade="all, delete-orphan"
    )
    recommendation: Mapped[Recommendation | None] = relationship(lazy="raise", uselist=False)

    @property
    def case(self) -> str:
        return f"proposal/{self.id}"

    @property
    def subject(self) -> tuple[str, int]:
        """As duties name it."""
        return ("proposal", self.id)


class ProposalField(Base):
    """A field of work the proposal is about, for shares and filters."""

    __tablename__ = "proposal_field"
    __table_args__ = (UniqueConstraint("proposal_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey(Proposal.id), index=True)
    field: Mapped[str] = mapped_column(String(40), index=True)


class ProposalVersion(Base):
    """What was handed in, whole and for ever: the receipt and every reviewer refer to it."""

    __tablename__ = "proposal_version"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey(Proposal.id), index=True)
    number: Mapped[int]
    snapshot: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    check_code: Mapped[str] = mapped_column(String(16), unique=True)
    submitted_at: Mapped[datetime]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)


class ProposalReturn(Base):
    """Sent back for named sections, with a reason and a day; answered by the next version."""

    __tablename__ = "proposal_return"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey(Proposal.id), index=True)
    sections: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(String(REASON_CHARACTERS))
    due_at: Mapped[datetime]
    returned_at: Mapped[datetime]
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    answered_at: Mapped[datetime | None]


class ScreeningResult(Base):
    """What screening found for one eligibility rule of the call."""

    __tablename__ = "screening_result"
    __table_args__ = (UniqueConstraint("proposal_id", "rule_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey(Proposal.id), index=True)
    rule_key: Mapped[str] = mapped_column(String(40))
    result: Mapped[Outcome] = mapped_column(states(Outcome))
    note: Mapped[str] = mapped_column(String(REASON_CHARACTERS), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    at: Mapped[datetime]


class Recommendation(Base):
    """The district's opinion, owed by a day when the call asks for it."""

    __tablename__ = "recommendation"
    __table_args__ = (
        CheckConstraint("(opinion IS NULL) = (given_at IS NULL)", name="given_with_an_opinion"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey(Proposal.id), unique=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    opinion: Mapped[Opinion | None] = mapped_column(states(Opinion))
    text: Mapped[str] = mapped_column(String(REASON_CHARACTERS), default="")
    given_at: Mapped[datetime | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)

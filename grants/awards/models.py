"""Rows of annual recognition."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.awards.fields import (
    CertificateState,
    CycleState,
    NominationState,
    NomineeKind,
    Publicity,
    Recipient,
)
from grants.core.db import Base, PublicId, Versioned, states
from grants.core.money import Money
from grants.documents.models import Document
from grants.funds.models import Fund
from grants.organisations.models import Organisation
from grants.reviews.models import ReviewStage


class AwardCycle(Versioned, Base):
    """One year's recognition, paid from one fund; its prizes stay within `amount` (hard rule 10)."""

    __tablename__ = "award_cycle"
    __table_args__ = (
        CheckConstraint("period_from < period_to", name="period_in_order"),
        CheckConstraint("amount >= 0", name="not_negative"),
        CheckConstraint("notice_days BETWEEN 1 AND 60", name="some_days"),
        Index(None, "period_to", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[dict[str, Any]]
    fund_id: Mapped[int | None] = mapped_column(ForeignKey(Fund.id), index=True)
    amount: Mapped[Money]
    period_from: Mapped[date]
    period_to: Mapped[date]
    nominate_from: Mapped[date]
    nominate_to: Mapped[date]
    score_from: Mapped[date]
    score_to: Mapped[date]
    notice_from: Mapped[date]
    notice_days: Mapped[int] = mapped_column(default=5)
    ceremony_on: Mapped[date]
    state: Mapped[CycleState] = mapped_column(states(CycleState), default=CycleState.DRAFT)

    fund: Mapped[Fund | None] = relationship(lazy="raise")
    categories: Mapped[list[AwardCategory]] = relationship(
        lazy="raise", order_by="AwardCategory.position, AwardCategory.id", back_populates="cycle"
    )

    @property
    def case(self) -> str:
        return f"award_cycle/{self.id}"

    @property
    def year(self) -> int:
        """Whose year it is: certificates are numbered, and prizes budgeted, by it."""
        return self.ceremony_on.year


class AwardCategory(Versioned, Base):
    """What is recognised, by which conditions on real data, how many times, with what.

    `conditions` are [{"check": "hours", "value": "20"}]; `weights` are {"deed": 60, "hours": 40,
    "full_hours": "50"}: the jury's mark, the hours part, and the hours that earn all of it.
    """

    __tablename__ = "award_category"
    __table_args__ = (
        UniqueConstraint("cycle_id", "key"),
        CheckConstraint("quota BETWEEN 1 AND 500", name="some_winners"),
        CheckConstraint("prize >= 0", name="prize_not_negative"),
        CheckConstraint("period_years BETWEEN 1 AND 10", name="some_years"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    cycle_id: Mapped[int] = mapped_column(ForeignKey(AwardCycle.id), index=True)
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[dict[str, Any]]
    purpose: Mapped[dict[str, Any]] = mapped_column(default=dict)
    recipient: Mapped[Recipient] = mapped_column(states(Recipient))
    quota: Mapped[int]
    prize: Mapped[Money]
    period_years: Mapped[int] = mapped_column(default=1)
    conditions: Mapped[list[Any]] = mapped_column(default=list)
    weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    stage_id: Mapped[int | None] = mapped_column(ForeignKey(ReviewStage.id), index=True)
    position: Mapped[int] = mapped_column(default=0)

    cycle: Mapped[AwardCycle] = relationship(lazy="raise", back_populates="categories")
    stage: Mapped[ReviewStage | None] = relationship(lazy="raise")
    nominations: Mapped[list[Nomination]] = relationship(lazy="raise", back_populates="category")

    @property
    def case(self) -> str:
        return f"award_cycle/{self.cycle_id}"


class Nomination(Versioned, Base):
    """Somebody put forward. `facts` are the figures the system filled in by itself when it was sent in."""

    __tablename__ = "nomination"
    __table_args__ = (
        UniqueConstraint("category_id", "nominee_kind", "nominee_id"),
        Index(None, "by_organisation_id", "state"),
        CheckConstraint("state <> 'won' OR decided_at IS NOT NULL", name="won_has_a_time"),
        CheckConstraint("NOT consent OR consented_at IS NOT NULL", name="consent_has_a_time"),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR (consent AND content_hash IS NOT NULL)", name="sent_in_frozen"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    category_id: Mapped[int] = mapped_column(ForeignKey(AwardCategory.id), index=True)
    nominee_kind: Mapped[NomineeKind] = mapped_column(states(NomineeKind))
    nominee_id: Mapped[int]
    nominee_organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)
    nominee_name: Mapped[dict[str, Any]]
    by_organisation_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    deed: Mapped[str] = mapped_column(Text, default="")
    consent: Mapped[bool] = mapped_column(default=False)
    consent_version: Mapped[str] = mapped_column(String(20), default="")
    consented_at: Mapped[datetime | None]
    publicity: Mapped[Publicity] = mapped_column(states(Publicity), default=Publicity.MASKED)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    flags: Mapped[list[Any]] = mapped_column(default=list)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    score: Mapped[Decimal | None]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[NominationState] = mapped_column(states(NominationState), default=NominationState.DRAFT)

    category: Mapped[AwardCategory] = relationship(lazy="raise", back_populates="nominations")
    by_organisation: Mapped[Organisation | None] = relationship(
        lazy="raise", foreign_keys="Nomination.by_organisation_id"
    )
    nominee_organisation: Mapped[Organisation] = relationship(
        lazy="raise", foreign_keys="Nomination.nominee_organisation_id"
    )
    certificate: Mapped[Certificate | None] = relationship(lazy="raise", back_populates="nomination")

    @property
    def case(self) -> str:
        return f"award/{self.id}"


class Certificate(Versioned, Base):
    """A numbered paper anyone can check; withdrawn, it stays and says so. Older ones have no nomination."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("state <> 'withdrawn' OR withdrawn_at IS NOT NULL", name="withdrawn_has_a_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    check_code: Mapped[str] = mapped_column(String(16), unique=True)
    nomination_id: Mapped[int | None] = mapped_column(ForeignKey(Nomination.id), unique=True)
    cycle_title: Mapped[dict[str, Any]]
    category_name: Mapped[dict[str, Any]]
    winner_name: Mapped[dict[str, Any]]
    winner_is_person: Mapped[bool] = mapped_column(default=False)
    shown_name: Mapped[dict[str, Any]]
    shown_name_folded: Mapped[str] = mapped_column(String(300))
    category_key: Mapped[str] = mapped_column(String(40))
    citation: Mapped[str] = mapped_column(Text, default="")
    year: Mapped[int] = mapped_column(index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id), index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[CertificateState] = mapped_column(states(CertificateState), default=CertificateState.ISSUED)

    nomination: Mapped[Nomination | None] = relationship(lazy="raise", back_populates="certificate")
    document: Mapped[Document | None] = relationship(lazy="raise")

    @property
    def case(self) -> str:
        return f"award/{self.nomination_id}" if self.nomination_id else f"certificate/{self.id}"

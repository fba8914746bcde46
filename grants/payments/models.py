"""Rows of tranches, the payments made for them, and the accounts they go to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.agreements.models import Grant
from grants.calls.fields import Gate
from grants.core.db import Base, PublicId, Versioned, states
from grants.core.encryption import EncryptedText
from grants.core.money import Money
from grants.documents.models import Document
from grants.organisations.models import Organisation
from grants.payments.fields import AccountState, ReceiptType, TrancheState


class PayeeAccount(Versioned, Base):
    """Where an organisation is paid. Its name must be the organisation's; a second person confirms it."""

    __tablename__ = "payee_account"
    __table_args__ = (
        CheckConstraint(
            "confirmed_by_id IS NULL OR proposed_by_id IS NULL OR confirmed_by_id <> proposed_by_id",
            name="second_person",
        ),
        CheckConstraint(
            "state <> 'confirmed' OR (confirmed_by_id IS NOT NULL AND usable_from IS NOT NULL)",
            name="confirmed_by_somebody",
        ),
        Index(None, "organisation_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    holder_name: Mapped[str] = mapped_column(String(200))
    bank: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(EncryptedText)
    number_end: Mapped[str] = mapped_column(String(4))
    proof_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id), index=True)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    proposed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    confirmed_at: Mapped[datetime | None]
    usable_from: Mapped[date | None]
    state: Mapped[AccountState] = mapped_column(states(AccountState), default=AccountState.PROPOSED)

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    @property
    def case(self) -> str:
        return f"organisation/{self.organisation_id}"


class Tranche(Versioned, Base):
    """One part of a grant. The parts sum to the grant; each waits for its gate (hard rule 5)."""

    __tablename__ = "tranche"
    __table_args__ = (
        UniqueConstraint("grant_id", "number"),
        CheckConstraint("amount > 0", name="some_money"),
        Index(None, "state", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    grant_id: Mapped[int] = mapped_column(ForeignKey(Grant.id), index=True)
    number: Mapped[int]
    amount: Mapped[Money]
    gate: Mapped[Gate] = mapped_column(states(Gate))
    opened_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    state: Mapped[TrancheState] = mapped_column(states(TrancheState), default=TrancheState.LOCKED)

    grant: Mapped[Grant] = relationship(lazy="raise")
    payment: Mapped[Payment | None] = relationship(lazy="raise", back_populates="tranche")

    @property
    def case(self) -> str:
        return self.grant.case


class Payment(Versioned, Base):
    """One payment for one tranche: applied for by one person, approved by another."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="some_money"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> applied_by_id", name="second_person"),
        CheckConstraint("paid_on IS NULL OR approved_by_id IS NOT NULL", name="paid_after_approval"),
        Index(None, "paid_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    tranche_id: Mapped[int] = mapped_column(ForeignKey(Tranche.id), unique=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    amount: Mapped[Money]
    account_id: Mapped[int | None] = mapped_column(ForeignKey(PayeeAccount.id), index=True)
    applied_by_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    applied_at: Mapped[datetime]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    approved_at: Mapped[datetime | None]
    paid_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    paid_on: Mapped[date | None]
    receipt_type: Mapped[ReceiptType | None] = mapped_column(states(ReceiptType))
    receipt_number: Mapped[str] = mapped_column(String(60), default="")
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)

    tranche: Mapped[Tranche] = relationship(lazy="raise", back_populates="payment")
    account: Mapped[PayeeAccount | None] = relationship(lazy="raise")

    @property
    def case(self) -> str:
        return self.tranche.grant.case

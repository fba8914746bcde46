"""Rows of tranches, the payments made for them, and the accounts they go to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from grants.accounts.models import User
from grants.agreements.models import Grant
from grants.calls.fields import Gate
from grants.core.db import Base, PublicId, Versioned, states
from grants.core.encryption import EncryptedText
from grants.core.money import Money
from grants.documents.models import Document
from grants.organisations.models import Organisation
from grants.payments import fields
from grants.payments.fields import AccountState, ReceiptType, TrancheState
from grants.projects.models import Project


def _one_per_organisation(state: AccountState) -> Index:
    where = text(f"state = '{state}'")
    name = f"uq_payee_account_{state}"
    return Index(name, "organisation_id", unique=True, sqlite_where=where, postgresql_where=where)


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
        CheckConstraint(
            "early_agreed_by_id IS NULL OR (early_asked_by_id IS NOT NULL "
            "AND early_asked_by_id <> early_agreed_by_id AND early_reason <> '')",
            name="early_by_two",
        ),
        CheckConstraint("state <> 'refused' OR answer <> ''", name="refused_with_a_reason"),
        Index(None, "organisation_id", "state"),
        _one_per_organisation(AccountState.PROPOSED),
        _one_per_organisation(AccountState.CONFIRMED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    holder_name: Mapped[str] = mapped_column(String(fields.NAME))
    bank: Mapped[str] = mapped_column(String(fields.NAME))
    number: Mapped[str] = mapped_column(EncryptedText)
    number_end: Mapped[str] = mapped_column(String(4))
    proof_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id), index=True)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    proposed_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    confirmed_at: Mapped[datetime | None]
    usable_from: Mapped[date | None]
    early_reason: Mapped[str] = mapped_column(String(fields.REASON), default="")
    early_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    early_agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    answer: Mapped[str] = mapped_column(String(fields.REASON), default="")
    state: Mapped[AccountState] = mapped_column(states(AccountState), default=AccountState.PROPOSED)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    proof: Mapped[Document | None] = relationship(lazy="raise")
    proposed_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[proposed_by_id])
    confirmed_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[confirmed_by_id])
    early_asked_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[early_asked_by_id])
    early_agreed_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[early_agreed_by_id])

    @property
    def case(self) -> str:
        return f"organisation/{self.organisation_id}"

    @property
    def masked(self) -> str:
        """All that is shown of the number unless somebody asks for it by name."""
        return f"•••• {self.number_end}"


class Tranche(Versioned, Base):
    """One part of a grant. The parts sum to the grant; each waits for its gate (hard rule 5)."""

    __tablename__ = "tranche"
    __table_args__ = (
        UniqueConstraint("grant_id", "number"),
        CheckConstraint("amount > 0", name="some_money"),
        CheckConstraint("state IN ('locked', 'cancelled') OR opened_at IS NOT NULL", name="opened_at_a_time"),
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
    cancel_reason: Mapped[str] = mapped_column(String(fields.REASON), default="")
    state: Mapped[TrancheState] = mapped_column(states(TrancheState), default=TrancheState.LOCKED)

    grant: Mapped[Grant] = relationship(lazy="raise")
    payment: Mapped[Payment | None] = relationship(lazy="raise", back_populates="tranche")
    project: Mapped[Project | None] = relationship(
        lazy="raise",
        viewonly=True,
        primaryjoin=lambda: foreign(Tranche.grant_id) == Project.grant_id,
    )
    accounts: Mapped[list[PayeeAccount]] = relationship(
        lazy="raise",
        viewonly=True,
        secondary=Grant.__table__,
        primaryjoin=lambda: Tranche.grant_id == Grant.id,
        secondaryjoin=lambda: and_(
            Grant.payee_id == foreign(PayeeAccount.organisation_id),
            PayeeAccount.state == AccountState.CONFIRMED,
        ),
    )

    @property
    def case(self) -> str:
        return self.grant.case

    @property
    def account(self) -> PayeeAccount | None:
        """The one confirmed account of whoever takes the money, if there is one."""
        return self.accounts[0] if self.accounts else None


class Payment(Versioned, Base):
    """One payment for one tranche: applied for by one person, approved by another."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="some_money"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id <> applied_by_id", name="second_person"),
        CheckConstraint("paid_by_id IS NULL OR paid_by_id <> approved_by_id", name="somebody_else_pays"),
        CheckConstraint("paid_on IS NULL OR approved_by_id IS NOT NULL", name="paid_after_approval"),
        CheckConstraint("paid_on IS NULL OR receipt_number <> ''", name="paid_with_a_receipt"),
        CheckConstraint("acknowledged_at IS NULL OR paid_on IS NOT NULL", name="acknowledged_after_payment"),
        Index(None, "paid_on", "id"),
        Index(None, "receipt_number"),
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
    sent_back_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    answer: Mapped[str] = mapped_column(String(fields.REASON), default="")
    paid_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    paid_on: Mapped[date | None]
    receipt_type: Mapped[ReceiptType | None] = mapped_column(states(ReceiptType))
    receipt_number: Mapped[str] = mapped_column(String(fields.RECEIPT), default="")
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)

    tranche: Mapped[Tranche] = relationship(lazy="raise_on_sql", back_populates="payment")
    account: Mapped[PayeeAccount | None] = relationship(lazy="raise")
    applied_by: Mapped[User] = relationship(lazy="raise", foreign_keys=[applied_by_id])
    approved_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[approved_by_id])
    sent_back_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[sent_back_by_id])
    paid_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[paid_by_id])
    acknowledged_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[acknowledged_by_id])

    @property
    def case(self) -> str:
        return self.tranche.grant.case


class PaymentSettings(Versioned, Base):
    """The foundation's own waiting times about paying: one row, made on first change."""

    __tablename__ = "payment_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("waiting_days BETWEEN 0 AND 60", name="plausible_waiting"),
        CheckConstraint("paying_days BETWEEN 1 AND 120", name="plausible_paying"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    waiting_days: Mapped[int] = mapped_column(default=fields.WAITING_DAYS)
    paying_days: Mapped[int] = mapped_column(default=fields.PAYING_DAYS)

"""Rows of the grant, its agreement, and who signed it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.agreements.fields import (
    ITEM_CHARACTERS,
    NAME_CHARACTERS,
    QUANTITY_CHARACTERS,
    AgreementState,
    GrantState,
    Party,
)
from grants.calls.models import Call
from grants.core.db import Base, PublicId, Versioned, states
from grants.core.money import Money
from grants.documents.models import Document
from grants.funds.models import Fund
from grants.organisations.models import Organisation
from grants.proposals.models import Proposal


class Grant(Versioned, Base):
    """A promise of money to a group for one proposal; its money is committed in the ledger."""

    __tablename__ = "grant"
    __table_args__ = (
        CheckConstraint("amount > 0", name="some_money"),
        Index(None, "call_id", "state"),
        Index(None, "organisation_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    number: Mapped[str] = mapped_column(String(40), unique=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey(Proposal.id), unique=True)
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    payee_id: Mapped[int | None] = mapped_column(ForeignKey(Organisation.id), index=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey(Fund.id), index=True)
    year: Mapped[int]
    amount: Mapped[Money]
    promised_at: Mapped[datetime]
    state: Mapped[GrantState] = mapped_column(states(GrantState), default=GrantState.PROMISED)

    proposal: Mapped[Proposal] = relationship(lazy="raise")
    call: Mapped[Call] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=[organisation_id])
    payee: Mapped[Organisation | None] = relationship(lazy="raise", foreign_keys=[payee_id])
    fund: Mapped[Fund] = relationship(lazy="raise")
    agreements: Mapped[list[Agreement]] = relationship(lazy="raise", order_by="Agreement.number_in_grant")
    in_kind: Mapped[list[InKind]] = relationship(
        lazy="raise", order_by="InKind.id", cascade="all, delete-orphan"
    )

    @property
    def case(self) -> str:
        return f"proposal/{self.proposal_id}"


class InKind(Base):
    """What a grant gives beside money: goods, a room, a training. Never part of the amount."""

    __tablename__ = "in_kind"
    __table_args__ = (CheckConstraint("value >= 0", name="value_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey(Grant.id), index=True)
    item: Mapped[str] = mapped_column(String(ITEM_CHARACTERS))
    quantity: Mapped[str] = mapped_column(String(QUANTITY_CHARACTERS))
    value: Mapped[Money]


class Agreement(Versioned, Base):
    """The text of a promise. `terms` is everything that is printed; the PDF and its hash follow from it."""

    __tablename__ = "agreement"
    __table_args__ = (
        UniqueConstraint("grant_id", "number_in_grant"),
        CheckConstraint(
            "state = 'draft' OR (document_id IS NOT NULL AND content_hash IS NOT NULL AND check_code IS NOT NULL)",
            name="proved_once_offered",
        ),
        CheckConstraint("state <> 'signed' OR signed_at IS NOT NULL", name="signed_has_a_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    grant_id: Mapped[int] = mapped_column(ForeignKey(Grant.id), index=True)
    number_in_grant: Mapped[int] = mapped_column(default=1)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    terms: Mapped[dict[str, Any]]
    document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id), index=True)
    signed_document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id), index=True)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    check_code: Mapped[str | None] = mapped_column(String(16), unique=True)
    offered_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    state: Mapped[AgreementState] = mapped_column(states(AgreementState), default=AgreementState.DRAFT)

    grant: Mapped[Grant] = relationship(lazy="raise", back_populates="agreements")
    document: Mapped[Document | None] = relationship(lazy="raise", foreign_keys=[document_id])
    signed_document: Mapped[Document | None] = relationship(lazy="raise", foreign_keys=[signed_document_id])
    signatures: Mapped[list[Signature]] = relationship(
        lazy="raise", order_by="Signature.id", back_populates="agreement"
    )

    @property
    def case(self) -> str:
        return self.grant.case


class Signature(Base):
    """One party's signature under exactly one content: the hash is that of the file they were shown."""

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("agreement_id", "party"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey(Agreement.id), index=True)
    party: Mapped[Party] = mapped_column(states(Party))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    name: Mapped[str] = mapped_column(String(NAME_CHARACTERS))
    signed_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(45))
    content_hash: Mapped[str] = mapped_column(String(64))

    agreement: Mapped[Agreement] = relationship(lazy="raise", back_populates="signatures")
    user: Mapped[User] = relationship(lazy="raise")

    @property
    def case(self) -> str:
        return self.agreement.case

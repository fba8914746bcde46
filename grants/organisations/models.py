"""Bodies and the people who belong to them: members, volunteers, ties that keep a reviewer out, standing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.core.db import Base, PublicId, Versioned, states
from grants.core.encryption import EncryptedText
from grants.organisations import fields
from grants.organisations.fields import (
    ConflictKind,
    ConflictSource,
    ConflictState,
    Contact,
    HandOverState,
    Kind,
    LegalStatus,
    MemberRole,
    StandingKind,
)
from grants.reference.models import Region, Speciality

_LEGAL = ", ".join(f"'{status.value}'" for status in sorted(fields.LEGAL_PERSONS))


class ContactText(EncryptedText):
    """A `Contact` as encrypted text."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: object) -> str | None:
        return super().process_bind_param(value.packed() if value else None, dialect)

    def process_result_value(self, value: str | None, dialect: object) -> Any:
        packed = super().process_result_value(value, dialect)
        return Contact.unpacked(packed) if packed else None


class Organisation(Versioned, Base):
    """A group, a host or a partner: one registration serves everything."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(
            "kind <> 'group' OR legal_status <> 'unregistered' OR host_id IS NOT NULL",
            name="unregistered_names_a_host",
        ),
        CheckConstraint(
            f"kind = 'partner' OR legal_status NOT IN ({_LEGAL}) OR credit_code IS NOT NULL",
            name="legal_person_has_a_credit_code",
        ),
        CheckConstraint("host_id IS NULL OR host_id <> id", name="hosts_itself"),
        CheckConstraint("kind <> 'group' OR region_id IS NOT NULL", name="group_hangs_on_a_place"),
        CheckConstraint("kind <> 'group' OR speciality_id IS NOT NULL", name="group_hangs_on_a_speciality"),
        Index(None, "kind", "name_folded", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    kind: Mapped[Kind] = mapped_column(states(Kind))
    name: Mapped[dict[str, Any]]
    name_folded: Mapped[str] = mapped_column(String(300))
    legal_status: Mapped[LegalStatus] = mapped_column(states(LegalStatus))
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    host_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    region_path: Mapped[str] = mapped_column(String(200), default="", index=True)
    speciality_id: Mapped[int | None] = mapped_column(ForeignKey("speciality.id"), index=True)
    group_kind: Mapped[str | None] = mapped_column(String(40))
    founded_on: Mapped[date | None]
    origin: Mapped[str | None] = mapped_column(String(40))
    intro: Mapped[dict[str, Any]] = mapped_column(default=dict)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    checklist: Mapped[dict[str, Any]] = mapped_column(default=dict)
    star_level: Mapped[int | None]
    assessment_grade: Mapped[str | None] = mapped_column(String(4))
    assessment_until: Mapped[date | None]
    liaison_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    contact: Mapped[Contact | None] = mapped_column(ContactText)
    contact_phone_key: Mapped[str | None] = mapped_column(String(64), index=True)
    contact_mail_domain: Mapped[str | None] = mapped_column(String(254), index=True)
    registered_at: Mapped[datetime]

    host: Mapped[Organisation | None] = relationship(lazy="raise", remote_side="Organisation.id")
    region: Mapped[Region | None] = relationship(lazy="raise")
    speciality: Mapped[Speciality | None] = relationship(lazy="raise")
    liaison: Mapped[User | None] = relationship(lazy="raise")
    service_fields: Mapped[list[OrganisationField]] = relationship(
        lazy="raise", order_by="OrganisationField.id", cascade="all, delete-orphan"
    )

    @property
    def case(self) -> str:
        return f"organisation/{self.id}"

    @property
    def is_legal_person(self) -> bool:
        return self.legal_status in fields.LEGAL_PERSONS

    @property
    def payee_id(self) -> int | None:
        """Whose account takes the money: its own, else its host's; None while nobody's can."""
        return self.id if self.is_legal_person else self.host_id


class OrganisationField(Base):
    """A field of service an organisation works in."""

    __tablename__ = "organisation_field"
    __table_args__ = (UniqueConstraint("organisation_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    field: Mapped[str] = mapped_column(String(40), index=True)


class Membership(Base):
    """Somebody belongs to an organisation, from a day on and until it ended."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="dates_in_order"),
        Index(
            "uq_membership_live",
            "organisation_id",
            "user_id",
            unique=True,
            sqlite_where=text("until_on IS NULL"),
            postgresql_where=text("until_on IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[MemberRole] = mapped_column(states(MemberRole))
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    user: Mapped[User] = relationship(lazy="raise")


class Invitation(Base):
    """A place kept for somebody, taken with the link that was mailed to them."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[MemberRole] = mapped_column(states(MemberRole))
    token_id: Mapped[int] = mapped_column(ForeignKey("one_time_token.id"), unique=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    withdrawn_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="raise")


class HandOver(Base):
    """The leader passes the group on: one proposes it, the successor accepts it."""

    __tablename__ = "hand_over"
    __table_args__ = (
        Index(
            "uq_hand_over_open",
            "organisation_id",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    from_user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    to_user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    proposed_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    state: Mapped[HandOverState] = mapped_column(states(HandOverState))

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    @property
    def case(self) -> str:
        return f"organisation/{self.organisation_id}"


class Volunteer(Versioned, Base):
    """A person on a group's ledger; no account needed, as little as possible kept about them."""

    __tablename__ = "volunteer"
    __table_args__ = (Index(None, "organisation_id", "name_folded", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(fields.PERSON))
    name_folded: Mapped[str] = mapped_column(String(2 * fields.PERSON))
    contact: Mapped[Contact | None] = mapped_column(ContactText)
    birth_year: Mapped[int | None]
    skills: Mapped[list[Any]] = mapped_column(default=list)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    prior_minutes: Mapped[int] = mapped_column(default=0)

    organisation: Mapped[Organisation] = relationship(lazy="raise")

    @property
    def case(self) -> str:
        return f"organisation/{self.organisation_id}"

    @property
    def prior_hours(self) -> str:
        """Hours from before the ledger was kept here, as 299.5."""
        return f"{Decimal(self.prior_minutes) / 60:.2f}".rstrip("0").rstrip(".")


class Conflict(Base):
    """A tie between a person and an organisation that keeps the person from judging what is the organisation's."""

    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("user_id", "organisation_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[ConflictKind] = mapped_column(states(ConflictKind))
    source: Mapped[ConflictSource] = mapped_column(states(ConflictSource))
    state: Mapped[ConflictState] = mapped_column(states(ConflictState), index=True)
    evidence: Mapped[str] = mapped_column(String(fields.NOTE), default="")
    declared_on: Mapped[date]

    user: Mapped[User] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")

    @property
    def case(self) -> str:
        return f"organisation/{self.organisation_id}"


class CaseParty(Base):
    """An organisation that stands behind a case (`proposal/12`): what the wall keeps people from by its case."""

    __tablename__ = "case_party"
    __table_args__ = (UniqueConstraint("case", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)


class Standing(Base):
    """One dated fact of an organisation's record; the last of its kind and source counts."""

    __tablename__ = "standing"
    __table_args__ = (Index(None, "organisation_id", "kind", "from_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[StandingKind] = mapped_column(states(StandingKind))
    value: Mapped[str] = mapped_column(String(fields.NOTE))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(60))
    case: Mapped[str] = mapped_column(String(40))


class StatusChange(Base):
    """A step in the life of an organisation: its legal status, its host, its assessment."""

    __tablename__ = "status_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    what: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(String(120))
    after: Mapped[str] = mapped_column(String(120))
    on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)

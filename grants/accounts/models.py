"""People who can sign in, their sessions, roles, links by mail and consents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.fields import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    RoleName,
    ScopeKind,
    TokenPurpose,
)
from grants.core.clock import real_now
from grants.core.db import Base, PublicId, states


class User(Base):
    """A person with an account. `email` is for sending, `email_key` tells two spellings of one address.

    An account comes into being when its link from the mail is used, so its address is confirmed.
    """

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="reachable"),
        CheckConstraint("(email IS NULL) = (email_key IS NULL)", name="email_has_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    email: Mapped[str | None] = mapped_column(String(LONGEST_ADDRESS))
    email_key: Mapped[str | None] = mapped_column(String(LONGEST_ADDRESS), unique=True)
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), index=True)
    language: Mapped[str] = mapped_column(String(10), default="zh-Hans")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=real_now)
    confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]

    role_grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="user", foreign_keys="RoleGrant.user_id", lazy="raise"
    )

    @property
    def case(self) -> str:
        return f"account/{self.id}"


class SignInSession(Base):
    """One signed-in browser. The cookie holds the token, the row only its hash; times are real time."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(45))
    agent: Mapped[str] = mapped_column(String(300))

    user: Mapped[User] = relationship(lazy="raise")


class RoleGrant(Base):
    """A role given to a person, from a day until a day (both included), everywhere or in one scope."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("(scope = '') = (key = '')", name="scope_has_key"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
        Index(None, "role", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[RoleName] = mapped_column(states(RoleName))
    scope: Mapped[ScopeKind] = mapped_column(states(ScopeKind), default=ScopeKind.EVERYWHERE)
    key: Mapped[str] = mapped_column(String(100), default="")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)

    user: Mapped[User] = relationship(back_populates="role_grants", foreign_keys=[user_id], lazy="raise")

    @property
    def case(self) -> str:
        return f"account/{self.user_id}"


class OneTimeToken(Base):
    """A link sent by mail, good once. The link is made from `nonce` and the installation's secret,
    so that neither this table nor the waiting mail holds anything one could use.
    """

    __tablename__ = "one_time_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[TokenPurpose] = mapped_column(states(TokenPurpose))
    nonce: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    email: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship(lazy="raise")


class Consent(Base):
    """Who agreed to which notice in which version, and when they took it back."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    notice: Mapped[str] = mapped_column(String(40))
    notice_version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class AttemptCount(Base):
    """How often an address tried something in the running window: the storage of our limits."""

    __tablename__ = "attempt_count"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)

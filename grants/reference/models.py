"""The terms of the city: its tree of places, its specialities, the words in use, days off, numbers, ourselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.db import Base, Versioned, states
from grants.core.encryption import EncryptedText
from grants.reference import fields
from grants.reference.fields import CalendarSource, FoundationKind, Level, Taxonomy, VolunteerWord


class Region(Base):
    """A place of the four-level tree, in force for a span of years; `path` holds the codes from the city down."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint(
            "valid_from_year IS NULL OR valid_to_year IS NULL OR valid_from_year <= valid_to_year",
            name="years_in_order",
        ),
        CheckConstraint("(parent_id IS NULL) = (level = 'city')", name="only_a_city_is_a_root"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(fields.CODE), unique=True)
    path: Mapped[str] = mapped_column(String(fields.PATH), unique=True)
    name: Mapped[dict[str, Any]]
    name_folded: Mapped[str] = mapped_column(String(fields.TEXT))
    level: Mapped[Level] = mapped_column(states(Level))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    valid_from_year: Mapped[int | None]
    valid_to_year: Mapped[int | None]


class Speciality(Base):
    """A node of the other tree: what a group is good at, whatever place it belongs to."""

    __tablename__ = "speciality"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(fields.CODE), unique=True)
    path: Mapped[str] = mapped_column(String(fields.PATH), unique=True)
    name: Mapped[dict[str, Any]]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("speciality.id"), index=True)
    retired_at: Mapped[datetime | None]


class Term(Base):
    """A word of one of the lists that staff keep. A retired one is still shown where it was used."""

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("taxonomy", "key"), Index(None, "taxonomy", "position", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    taxonomy: Mapped[Taxonomy] = mapped_column(states(Taxonomy))
    key: Mapped[str] = mapped_column(String(fields.KEY))
    name: Mapped[dict[str, Any]]
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int]
    retired_at: Mapped[datetime | None]


class CalendarDay(Base):
    """A day that differs from the calendar that came with the release."""

    __tablename__ = "calendar_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    is_working: Mapped[bool]
    source: Mapped[CalendarSource] = mapped_column(states(CalendarSource))


class FoundationProfile(Versioned, Base):
    """Ourselves, as every paper names us: one row, made on first use."""

    __tablename__ = "foundation_profile"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[dict[str, Any]]
    credit_code: Mapped[str] = mapped_column(String(18), default="")
    address: Mapped[dict[str, Any]] = mapped_column(default=dict)
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    bank_name: Mapped[str] = mapped_column(String(fields.NAME), default="")
    bank_account: Mapped[str | None] = mapped_column(EncryptedText)
    board_chair: Mapped[dict[str, Any]] = mapped_column(default=dict)
    secretary_general: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seal_holder: Mapped[str] = mapped_column(String(fields.NAME), default="")
    kind: Mapped[FoundationKind] = mapped_column(states(FoundationKind), default=FoundationKind.CHARITY)
    public_fundraising: Mapped[bool] = mapped_column(default=False)
    volunteer_word: Mapped[VolunteerWord] = mapped_column(
        states(VolunteerWord), default=VolunteerWord.ZHIYUANZHE
    )
    level_labels: Mapped[dict[str, Any]] = mapped_column(default=dict)
    number_prefix: Mapped[str] = mapped_column(String(20), default=fields.NUMBER_PREFIX)
    number_formats: Mapped[dict[str, Any]] = mapped_column(default=dict)
    shared_mail_domains: Mapped[list[Any]] = mapped_column(default=list)
    # Changes with every change of the reference data, so that a process may keep what it has read.
    revision: Mapped[str] = mapped_column(String(16))


class NumberSeries(Base):
    """The last number taken of one kind in one year."""

    __tablename__ = "number_series"
    __table_args__ = (UniqueConstraint("kind", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(fields.KEY))
    year: Mapped[int]
    last: Mapped[int]

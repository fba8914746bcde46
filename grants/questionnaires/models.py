"""Versioned definitions, the sheets of answers that follow them, and who has a sheet open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.core.db import Base, PublicId, Versioned, states
from grants.questionnaires.fields import QuestionnaireKind


class Questionnaire(Base):
    """A form by its name; what it asks is in its versions."""

    __tablename__ = "questionnaire"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[QuestionnaireKind] = mapped_column(states(QuestionnaireKind))


class QuestionnaireVersion(Base):
    """What a form asked at one time. Never changed once published: sheets rely on it."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (UniqueConstraint("questionnaire_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey(Questionnaire.id), index=True)
    number: Mapped[int]
    definition: Mapped[dict[str, Any]]
    published_at: Mapped[datetime | None]

    questionnaire: Mapped[Questionnaire] = relationship(lazy="raise")


class AnswerSheet(Base):
    """One form being filled in for a holder (`proposal`, 12); the holder's package decides who may."""

    __tablename__ = "answer_sheet"
    __table_args__ = (Index(None, "holder_kind", "holder_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    version_id: Mapped[int] = mapped_column(ForeignKey(QuestionnaireVersion.id), index=True)
    holder_kind: Mapped[str] = mapped_column(String(40))
    holder_id: Mapped[int | None]

    asks: Mapped[QuestionnaireVersion] = relationship(lazy="raise")
    sections: Mapped[list[SectionAnswers]] = relationship(lazy="raise", order_by="SectionAnswers.id")


class SectionAnswers(Versioned, Base):
    """What stands in one section. There is a row for every section from the first day, so saves never race to insert."""

    __tablename__ = "section_answers"
    __table_args__ = (UniqueConstraint("sheet_id", "section"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey(AnswerSheet.id), index=True)
    section: Mapped[str] = mapped_column(String(40))
    answers: Mapped[dict[str, Any]]
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    updated_at: Mapped[datetime | None]


class SheetPresence(Base):
    """Who had a sheet open, where, and when last: real time, written beside the work, never part of it."""

    __tablename__ = "sheet_presence"
    __table_args__ = (UniqueConstraint("sheet_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey(AnswerSheet.id), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    section: Mapped[str] = mapped_column(String(40))
    seen_at: Mapped[datetime] = mapped_column(index=True)

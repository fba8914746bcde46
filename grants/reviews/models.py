"""Rows of judgement: a stage with its rubric, what is judged, who judges it, and their marks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.core.db import Base, PublicId, Versioned, states
from grants.organisations.models import Organisation
from grants.reviews.fields import AssignmentState, Better, Method, Missing, ReviewState, Struck

AWARDS = "category"


class ReviewStage(Versioned, Base):
    """One round of judging for a holder (`call`, `category`), with its rubric and its rules."""

    __tablename__ = "review_stage"
    __table_args__ = (
        Index(None, "holder_kind", "holder_id"),
        CheckConstraint("reviews_per_entry BETWEEN 1 AND 15", name="some_reviews"),
        CheckConstraint(
            "external_minimum BETWEEN 0 AND reviews_per_entry", name="outsiders_are_among_the_reviewers"
        ),
        CheckConstraint("opens_at IS NULL OR closes_at IS NULL OR opens_at < closes_at", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    holder_kind: Mapped[str] = mapped_column(String(20))
    holder_id: Mapped[int]
    title: Mapped[dict[str, Any]]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    reviews_per_entry: Mapped[int] = mapped_column(default=3)
    external_minimum: Mapped[int] = mapped_column(default=0)
    aggregate: Mapped[Method] = mapped_column(states(Method), default=Method.MEAN)
    missing_rule: Mapped[Missing] = mapped_column(states(Missing), default=Missing.RENORMALISE)
    pass_score: Mapped[Decimal | None]

    criteria: Mapped[list[Criterion]] = relationship(
        lazy="raise", back_populates="stage", order_by="Criterion.position, Criterion.id"
    )

    @property
    def case(self) -> str:
        return f"{self.holder_kind}/{self.holder_id}"

    @property
    def is_jury(self) -> bool:
        """Whether nominations for an award are judged, and no proposals of a call."""
        return self.holder_kind == AWARDS


class Criterion(Base):
    """One line of the rubric. `anchors` says what a mark looks like: `{"1": {"zh-Hans": …}, "5": …}`."""

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("stage_id", "key"),
        CheckConstraint("weight > 0", name="some_weight"),
        CheckConstraint("minimum < maximum", name="rising_scale"),
        CheckConstraint("step > 0", name="some_step"),
        CheckConstraint("floor IS NULL OR floor BETWEEN minimum AND maximum", name="floor_on_the_scale"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("review_stage.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[dict[str, Any]]
    weight: Mapped[Decimal]
    minimum: Mapped[Decimal] = mapped_column(default=Decimal(1))
    maximum: Mapped[Decimal] = mapped_column(default=Decimal(5))
    step: Mapped[Decimal] = mapped_column(default=Decimal(1))
    better: Mapped[Better] = mapped_column(states(Better), default=Better.HIGH)
    anchors: Mapped[dict[str, Any]] = mapped_column(default=dict)
    required: Mapped[bool] = mapped_column(default=True)
    floor: Mapped[Decimal | None]
    position: Mapped[int] = mapped_column(default=0)

    stage: Mapped[ReviewStage] = relationship(lazy="raise", back_populates="criteria")


class Entry(Base):
    """What is judged: the answers as they were frozen, never the live thing. `topics` are fields of service."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("stage_id", "subject_kind", "subject_id"),
        Index(None, "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    stage_id: Mapped[int] = mapped_column(ForeignKey("review_stage.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    case: Mapped[str] = mapped_column(String(40), index=True)
    title: Mapped[str] = mapped_column(String(300))
    snapshot: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    topics: Mapped[list[Any]] = mapped_column(default=list)
    withdrawn_at: Mapped[datetime | None]

    stage: Mapped[ReviewStage] = relationship(lazy="raise")
    organisations: Mapped[list[EntryOrganisation]] = relationship(lazy="raise", back_populates="entry")
    assignments: Mapped[list[Assignment]] = relationship(lazy="raise", back_populates="entry")

    @property
    def by(self) -> Mapping[str, str]:
        """The name of the first organisation behind it; both must be loaded."""
        first = min(self.organisations, key=lambda behind: behind.id, default=None)
        return {} if first is None else first.organisation.name


class EntryOrganisation(Base):
    """An organisation that stands behind an entry: the conflict wall looks at these."""

    __tablename__ = "entry_organisation"
    __table_args__ = (UniqueConstraint("entry_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id), index=True)

    entry: Mapped[Entry] = relationship(lazy="raise", back_populates="organisations")
    organisation: Mapped[Organisation] = relationship(lazy="raise")


class Reviewer(Versioned, Base):
    """A person in the pool of reviewers."""

    __tablename__ = "reviewer"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), unique=True)
    expertise: Mapped[list[Any]] = mapped_column(default=list)
    affiliation: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_external: Mapped[bool] = mapped_column(default=True)
    term_until: Mapped[date | None]

    user: Mapped[User] = relationship(lazy="raise")


class Assignment(Versioned, Base):
    """One reviewer's duty to judge one entry."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("entry_id", "reviewer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("reviewer.id"), index=True)
    state: Mapped[AssignmentState] = mapped_column(states(AssignmentState), default=AssignmentState.PROPOSED)
    reason: Mapped[str] = mapped_column(String(1000), default="")
    assigned_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    entry: Mapped[Entry] = relationship(lazy="raise", back_populates="assignments")
    reviewer: Mapped[Reviewer] = relationship(lazy="raise")
    review: Mapped[Review | None] = relationship(lazy="raise", back_populates="assignment")

    @property
    def case(self) -> str:
        return self.entry.case


class Review(Versioned, Base):
    """What one reviewer thinks of one entry. Struck out, it stays stored and counts nowhere."""

    __tablename__ = "review"
    __table_args__ = (
        CheckConstraint("(state = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_has_a_time"),
        CheckConstraint("(struck_at IS NULL) = (struck_reason IS NULL)", name="struck_has_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    state: Mapped[ReviewState] = mapped_column(states(ReviewState), default=ReviewState.DRAFT)
    comment: Mapped[str] = mapped_column(Text, default="")
    recommended: Mapped[bool | None]
    saved_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    struck_at: Mapped[datetime | None]
    struck_reason: Mapped[Struck | None] = mapped_column(states(Struck))

    assignment: Mapped[Assignment] = relationship(lazy="raise_on_sql", back_populates="review")
    scores: Mapped[list[Score]] = relationship(lazy="raise", back_populates="review")

    @property
    def case(self) -> str:
        return self.assignment.entry.case


class Score(Base):
    """One mark for one criterion; without a mark it is unanswered, or declared not applicable."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("review_id", "criterion_id"),
        CheckConstraint("NOT (not_applicable AND mark IS NOT NULL)", name="one_or_the_other"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), index=True)
    mark: Mapped[Decimal | None]
    not_applicable: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str] = mapped_column(Text, default="")

    review: Mapped[Review] = relationship(lazy="raise", back_populates="scores")
    criterion: Mapped[Criterion] = relationship(lazy="raise")

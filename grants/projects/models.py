"""Rows of the funded work: milestones, activities and hours, reports, findings."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.agreements.models import Grant
from grants.core.db import Base, PublicId, Versioned, states
from grants.organisations.models import Organisation, Volunteer
from grants.projects.fields import (
    ActivityState,
    FindingState,
    HourState,
    MilestoneState,
    ProjectState,
    ReportKind,
    ReportResult,
    ReportState,
    Severity,
)
from grants.questionnaires.models import AnswerSheet
from grants.reference.models import Region


class Project(Versioned, Base):
    """The work a grant pays for. `targets` are what it is measured by: [{key, name, unit, target, reached}]."""

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="in_order"),
        CheckConstraint(
            "state NOT IN ('suspended', 'terminated') OR reason <> ''", name="stopped_with_a_reason"
        ),
        CheckConstraint("state <> 'terminated' OR ended_on IS NOT NULL", name="terminated_on_a_day"),
        Index(None, "organisation_id", "state"),
        Index(None, "state", "ends_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    grant_id: Mapped[int] = mapped_column(ForeignKey(Grant.id), unique=True)
    case: Mapped[str] = mapped_column(String(40), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey(Organisation.id))
    region_path: Mapped[str] = mapped_column(String(200), index=True)
    title: Mapped[str] = mapped_column(String(300))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    targets: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str] = mapped_column(Text, default="")
    ended_on: Mapped[date | None]
    blocked_until: Mapped[date | None]
    state: Mapped[ProjectState] = mapped_column(states(ProjectState), default=ProjectState.PREPARING)

    grant: Mapped[Grant] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    officer: Mapped[User | None] = relationship(lazy="raise")
    milestones: Mapped[list[Milestone]] = relationship(
        lazy="raise", order_by="Milestone.number", back_populates="project"
    )
    activities: Mapped[list[Activity]] = relationship(
        lazy="raise", order_by="Activity.on.desc(), Activity.id.desc()", back_populates="project"
    )
    reports: Mapped[list[Report]] = relationship(
        lazy="raise", order_by="Report.due_on, Report.id", back_populates="project"
    )
    findings: Mapped[list[Finding]] = relationship(
        lazy="raise", order_by="Finding.id.desc()", back_populates="project"
    )


class Milestone(Versioned, Base):
    """A step of the work with its date; its evidence is files held by it."""

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("from_on <= due_on", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id), index=True)
    number: Mapped[int]
    name: Mapped[dict[str, Any]]
    from_on: Mapped[date]
    due_on: Mapped[date]
    words: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(500), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime | None]
    state: Mapped[MilestoneState] = mapped_column(states(MilestoneState), default=MilestoneState.PLANNED)

    project: Mapped[Project] = relationship(lazy="raise", back_populates="milestones")

    @property
    def case(self) -> str:
        return self.project.case


class Activity(Versioned, Base):
    """One thing done (or to be done) with volunteers, at one place: it counts once in the total, once per axis."""

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("minutes_each >= 0", name="minutes_not_negative"),
        CheckConstraint("beneficiaries >= 0", name="beneficiaries_not_negative"),
        Index(None, "project_id", "on", "id"),
        Index(None, "region_id", "on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id))
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40), default="")
    on: Mapped[date]
    starts_at: Mapped[time | None]
    minutes_each: Mapped[int]
    region_id: Mapped[int | None] = mapped_column(ForeignKey(Region.id))
    place: Mapped[str] = mapped_column(String(200), default="")
    content: Mapped[str] = mapped_column(Text, default="")
    beneficiaries: Mapped[int] = mapped_column(default=0)
    volunteers_counted: Mapped[int] = mapped_column(default=0)
    insured: Mapped[bool] = mapped_column(default=False)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    verified_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ActivityState] = mapped_column(states(ActivityState), default=ActivityState.PLANNED)

    project: Mapped[Project] = relationship(lazy="raise", back_populates="activities")
    region: Mapped[Region | None] = relationship(lazy="raise")
    hours: Mapped[list[HourRecord]] = relationship(
        lazy="raise", order_by="HourRecord.id", back_populates="activity"
    )

    @property
    def case(self) -> str:
        return self.project.case


class HourRecord(Versioned, Base):
    """Minutes of one volunteer in one activity. Whoever wrote them down cannot verify them."""

    __tablename__ = "hour_record"
    __table_args__ = (
        UniqueConstraint("activity_id", "volunteer_id"),
        CheckConstraint("minutes > 0 AND minutes <= 1440", name="within_a_day"),
        CheckConstraint(
            "state <> 'verified' OR (verified_by_id IS NOT NULL AND verified_at IS NOT NULL)",
            name="verified_by_somebody",
        ),
        CheckConstraint("verified_by_id IS NULL OR verified_by_id <> recorded_by_id", name="second_person"),
        Index(None, "volunteer_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey(Activity.id), index=True)
    volunteer_id: Mapped[int] = mapped_column(ForeignKey(Volunteer.id))
    minutes: Mapped[int]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    verified_at: Mapped[datetime | None]
    state: Mapped[HourState] = mapped_column(states(HourState), default=HourState.UNVERIFIED)

    activity: Mapped[Activity] = relationship(lazy="raise", back_populates="hours")
    volunteer: Mapped[Volunteer] = relationship(lazy="raise")

    @property
    def case(self) -> str:
        return self.activity.project.case


class Report(Versioned, Base):
    """What the group tells, on its form; what staff found when they read it."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("project_id", "kind", "due_on"),
        CheckConstraint("score IS NULL OR score BETWEEN 0 AND 1000000", name="score_in_range"),
        CheckConstraint("state <> 'accepted' OR result IS NOT NULL", name="accepted_with_a_result"),
        Index(None, "state", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id), index=True)
    kind: Mapped[ReportKind] = mapped_column(states(ReportKind))
    due_on: Mapped[date]
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey(AnswerSheet.id), unique=True)
    submitted_at: Mapped[datetime | None]
    content_hash: Mapped[str | None] = mapped_column(String(64))
    result: Mapped[ReportResult | None] = mapped_column(states(ReportResult))
    score: Mapped[Decimal | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    read_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    state: Mapped[ReportState] = mapped_column(states(ReportState), default=ReportState.DUE)

    project: Mapped[Project] = relationship(lazy="raise", back_populates="reports")
    sheet: Mapped[AnswerSheet | None] = relationship(lazy="raise")

    @property
    def case(self) -> str:
        return self.project.case


class Finding(Versioned, Base):
    """Something that is wrong, with owner and date. Whoever opened it cannot close it."""

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint("state <> 'closed' OR closed_by_id IS NOT NULL", name="closed_by_somebody"),
        CheckConstraint("closed_by_id IS NULL OR closed_by_id <> opened_by_id", name="second_person"),
        CheckConstraint("severity <> 'serious' OR holds_payment", name="serious_freezes_money"),
        Index(None, "project_id", "state"),
        Index(None, "state", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id))
    severity: Mapped[Severity] = mapped_column(states(Severity))
    title: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(40), default="")
    owner_name: Mapped[str] = mapped_column(String(80))
    found_on: Mapped[date]
    due_on: Mapped[date]
    holds_payment: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(Text, default="")
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    closed_at: Mapped[datetime | None]
    state: Mapped[FindingState] = mapped_column(states(FindingState), default=FindingState.OPEN)

    project: Mapped[Project] = relationship(lazy="raise", back_populates="findings")
    opened_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[opened_by_id])
    closed_by: Mapped[User | None] = relationship(lazy="raise", foreign_keys=[closed_by_id])

    @property
    def case(self) -> str:
        return self.project.case

"""Rows of a call: what it offers, to whom, by which standards and when; corrections beside it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.calls.fields import CallKind, CallState, Gate
from grants.core.db import Base, PublicId, Versioned, states
from grants.core.money import Money
from grants.funds.models import Fund
from grants.questionnaires.models import QuestionnaireVersion
from grants.reviews.models import ReviewStage


class Programme(Base):
    """A standing scheme; its calls are its openings."""

    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    name: Mapped[dict[str, Any]]


class Call(Versioned, Base):
    """One opening of a programme. What it asks is in its children; the form is a frozen version."""

    __tablename__ = "call"
    __table_args__ = (
        Index(None, "state", "closes_at"),
        Index(None, "published_at", "id"),
        CheckConstraint("envelope >= 0", name="envelope_not_negative"),
        CheckConstraint("floor >= 0 AND floor <= ceiling", name="floor_below_ceiling"),
        CheckConstraint("cofunding_percent BETWEEN 0 AND 1000000", name="cofunding_is_a_share"),
        CheckConstraint("months_maximum BETWEEN 1 AND 60", name="some_months"),
        CheckConstraint("notice_days BETWEEN 1 AND 60", name="some_notice"),
        CheckConstraint("opens_at IS NULL OR closes_at IS NULL OR opens_at < closes_at", name="in_order"),
        CheckConstraint(
            "state = 'draft' OR (number IS NOT NULL AND opens_at IS NOT NULL AND closes_at IS NOT NULL "
            "AND published_at IS NOT NULL AND fund_id IS NOT NULL)",
            name="published_means_complete",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    number: Mapped[str | None] = mapped_column(String(60), unique=True)
    title: Mapped[dict[str, Any]]
    kind: Mapped[CallKind] = mapped_column(states(CallKind))
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"), index=True)
    year: Mapped[int]
    envelope: Mapped[Money]
    floor: Mapped[Money]
    ceiling: Mapped[Money]
    cofunding_percent: Mapped[Decimal] = mapped_column(default=Decimal(0))
    months_maximum: Mapped[int] = mapped_column(default=12)
    lead: Mapped[dict[str, Any]] = mapped_column(default=dict)
    purpose: Mapped[dict[str, Any]] = mapped_column(default=dict)
    questions: Mapped[list[Any]] = mapped_column(default=list)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    published_at: Mapped[datetime | None]
    notice_days: Mapped[int] = mapped_column(default=5)
    questionnaire_version_id: Mapped[int | None] = mapped_column(
        ForeignKey(QuestionnaireVersion.id), index=True
    )
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("review_stage.id"), index=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[CallState] = mapped_column(states(CallState), default=CallState.DRAFT)

    programme: Mapped[Programme | None] = relationship(lazy="raise")
    fund: Mapped[Fund | None] = relationship(lazy="raise")
    stage: Mapped[ReviewStage | None] = relationship(lazy="raise")
    steps: Mapped[list[CallStep]] = relationship(
        lazy="raise", order_by="CallStep.position, CallStep.id", cascade="all, delete-orphan"
    )
    fields: Mapped[list[PriorityField]] = relationship(
        lazy="raise", order_by="PriorityField.position, PriorityField.id", cascade="all, delete-orphan"
    )
    rules: Mapped[list[EligibilityRule]] = relationship(
        lazy="raise", order_by="EligibilityRule.position, EligibilityRule.id", cascade="all, delete-orphan"
    )
    caps: Mapped[list[BudgetCap]] = relationship(
        lazy="raise", order_by="BudgetCap.position, BudgetCap.id", cascade="all, delete-orphan"
    )
    tranches: Mapped[list[TranchePlan]] = relationship(
        lazy="raise", order_by="TranchePlan.number", cascade="all, delete-orphan"
    )
    grades: Mapped[list[GradeBand]] = relationship(
        lazy="raise", order_by="GradeBand.minimum.desc(), GradeBand.id", cascade="all, delete-orphan"
    )
    corrections: Mapped[list[CallCorrection]] = relationship(lazy="raise", order_by="CallCorrection.id")

    @property
    def case(self) -> str:
        return f"call/{self.id}"


class CallStep(Base):
    """One step of the timetable: from when, until when, and whose it is."""

    __tablename__ = "call_step"
    __table_args__ = (
        UniqueConstraint("call_id", "key"),
        CheckConstraint("from_on IS NULL OR until_on IS NULL OR from_on <= until_on", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    title: Mapped[dict[str, Any]]
    from_on: Mapped[date | None]
    until_on: Mapped[date | None]
    owner: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)


class PriorityField(Base):
    """A field of work the call favours, with its target share of the money; `others` is the rest."""

    __tablename__ = "priority_field"
    __table_args__ = (UniqueConstraint("call_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    field: Mapped[str] = mapped_column(String(40))
    target_percent: Mapped[Decimal]
    position: Mapped[int] = mapped_column(default=0)


class EligibilityRule(Base):
    """Who may apply, one sentence a rule; `check` lets the machine answer where it can."""

    __tablename__ = "eligibility_rule"
    __table_args__ = (UniqueConstraint("call_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    text: Mapped[dict[str, Any]]
    reason: Mapped[dict[str, Any]] = mapped_column(default=dict)
    check: Mapped[dict[str, Any]] = mapped_column("machine_check", default=dict)
    position: Mapped[int] = mapped_column(default=0)


class BudgetCap(Base):
    """A limit on one budget category: a share of the grant, a unit price, or a line that must be there."""

    __tablename__ = "budget_cap"
    __table_args__ = (UniqueConstraint("call_id", "category"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    category: Mapped[str] = mapped_column(String(40))
    percent_of_grant: Mapped[Decimal | None]
    unit_price: Mapped[Money | None]
    required_if: Mapped[str] = mapped_column(String(60), default="")
    position: Mapped[int] = mapped_column(default=0)


class TranchePlan(Base):
    """One part of every grant and the gate before it; the parts of a call are 100 %."""

    __tablename__ = "tranche_plan"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        CheckConstraint("percent > 0 AND percent <= 1000000", name="some_part"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    number: Mapped[int]
    percent: Mapped[Decimal]
    gate: Mapped[Gate] = mapped_column(states(Gate))


class GradeBand(Base):
    """The grade a finished project gets from this score on."""

    __tablename__ = "grade_band"
    __table_args__ = (UniqueConstraint("call_id", "key"), UniqueConstraint("call_id", "minimum"))

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    name: Mapped[dict[str, Any]]
    minimum: Mapped[Decimal]


class CallCorrection(Base):
    """A change of a published call: dated, with what it said before, for everybody to see, for ever."""

    __tablename__ = "call_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[dict[str, Any]]
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)


_SAYS = "corrections of a call are never changed"

# The words of the statements live here once; migrations execute the same lists.
APPEND_ONLY_SQLITE = tuple(
    f"CREATE TRIGGER call_correction_no_{verb} BEFORE {verb.upper()} ON call_correction "
    f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    for verb in ("update", "delete")
)
APPEND_ONLY_POSTGRESQL = (
    "CREATE FUNCTION call_correction_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_SAYS}'; END $$",
    "CREATE TRIGGER call_correction_frozen BEFORE UPDATE OR DELETE ON call_correction "
    "FOR EACH ROW EXECUTE FUNCTION call_correction_refuse()",
)
for _dialect, _statements in (("sqlite", APPEND_ONLY_SQLITE), ("postgresql", APPEND_ONLY_POSTGRESQL)):
    for _statement in _statements:
        event.listen(
            CallCorrection.__table__,
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),
        )

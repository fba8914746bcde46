"""Reading tranches and their payments, each with all that its rules look at, and the desk where they are paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from grants.agreements.fields import AgreementState
from grants.agreements.models import Agreement, Grant
from grants.calls.fields import Gate
from grants.calls.models import Call
from grants.core import clock
from grants.core.db import db
from grants.core.errors import NotFound, existing
from grants.core.holding import anew, hold
from grants.core.money import Money, total
from grants.core.policy import Actor
from grants.core.reach import within
from grants.organisations import walls
from grants.organisations.models import Organisation
from grants.payments import rules
from grants.payments.fields import ReceiptType, TrancheState
from grants.payments.models import Payment, Tranche
from grants.payments.policies import MEMBERS, READERS
from grants.payments.rules import Hold
from grants.projects.fields import ReportResult, ReportState
from grants.projects.models import Project, Report

MOST = 100

WHOLE: tuple[ORMOption, ...] = (
    joinedload(Tranche.grant).options(
        joinedload(Grant.organisation),
        joinedload(Grant.payee),
        joinedload(Grant.fund),
        joinedload(Grant.call),
    ),
    joinedload(Tranche.project).options(selectinload(Project.findings), selectinload(Project.reports)),
    selectinload(Tranche.accounts),
    joinedload(Tranche.payment).options(
        joinedload(Payment.account),
        joinedload(Payment.applied_by),
        joinedload(Payment.approved_by),
        joinedload(Payment.sent_back_by),
        joinedload(Payment.paid_by),
        joinedload(Payment.acknowledged_by),
    ),
)


def by_public_id(public_id: str) -> Tranche:
    return existing(db.session.scalar(select(Tranche).where(Tranche.public_id == public_id).options(*WHOLE)))


def by_id(tranche_id: int) -> Tranche:
    return existing(db.session.scalar(select(Tranche).where(Tranche.id == tranche_id).options(*WHOLE)))


def for_writing(tranche: Tranche) -> Tranche:
    """The tranche as it stands now, with all that may hold it: whatever belongs to its grant waits, and the
    payee's accounts do, too.
    """
    hold(Grant, [tranche.grant_id])
    payee = select(Organisation.id).join(Grant, Grant.payee_id == Organisation.id)
    hold(Organisation, db.session.scalars(payee.where(Grant.id == tranche.grant_id)))
    return anew(tranche, *WHOLE)


def tranches_of(grant_id: int) -> Sequence[Tranche]:
    """Every tranche of a grant, read anew: a reaction must see what was just done."""
    found = select(Tranche).where(Tranche.grant_id == grant_id).order_by(Tranche.number).options(*WHOLE)
    return db.session.scalars(found.execution_options(populate_existing=True)).all()


def grant_of_project(project_id: int) -> int:
    return db.session.scalars(select(Project.grant_id).where(Project.id == project_id)).one()


def grant_to_plan(grant_id: int) -> Grant:
    """A grant with the plan of its call."""
    found = select(Grant).where(Grant.id == grant_id)
    row = db.session.scalar(
        found.options(joinedload(Grant.call).selectinload(Call.tranches), joinedload(Grant.payee))
    )
    if row is None:
        raise NotFound
    return row


class Planned(Struct, frozen=True):
    """A part as it was agreed."""

    number: int
    amount: Money
    gate: Gate


def plan_of(grant: Grant) -> list[Planned]:
    """The parts in the signed agreement; without a paper, those of the call's plan, to the fen."""
    terms = db.session.scalar(
        select(Agreement.terms)
        .where(Agreement.grant_id == grant.id, Agreement.state == AgreementState.SIGNED)
        .order_by(Agreement.number_in_grant.desc())
        .limit(1)
    )
    signed = (terms or {}).get("tranches") or []
    if signed:
        return [Planned(row["number"], Money.yuan(row["amount"]), Gate(row["gate"])) for row in signed]
    plan = grant.call.tranches
    parts = rules.parts_of(grant.amount, [row.percent for row in plan])
    return [Planned(row.number, part, row.gate) for row, part in zip(plan, parts, strict=True)]


def is_planned(grant_id: int) -> bool:
    return db.session.scalar(select(Tranche.id).where(Tranche.grant_id == grant_id).limit(1)) is not None


def visible_to(actor: Actor) -> Select[Tranche]:
    """The SQL twin of `payment.view`, joined with grant and project."""
    return (
        select(Tranche)
        .join(Tranche.grant)
        .outerjoin(Project, Project.grant_id == Grant.id)
        .where(or_(_read_as_staff(actor), _read_as_member(actor)))
    )


def staff_visible_to(actor: Actor) -> Select[Tranche]:
    """The SQL twin of `payment.staff`: what the desk shows."""
    return (
        select(Tranche)
        .join(Tranche.grant)
        .outerjoin(Project, Project.grant_id == Grant.id)
        .where(_read_as_staff(actor))
    )


def _read_as_staff(actor: Actor) -> ColumnElement[bool]:
    where = {"region": Project.region_path, "call": Grant.call_id, "organisation": Grant.organisation_id}
    wall = walls.beyond_the_wall(actor, Grant.organisation_id, Grant.payee_id, proposal_id=Grant.proposal_id)
    return and_(within(actor, READERS, **where), wall)


def _read_as_member(actor: Actor) -> ColumnElement[bool]:
    bodies = actor.ids("organisation", *MEMBERS)
    if not bodies:
        return false()
    return or_(Grant.organisation_id.in_(bodies), Grant.payee_id.in_(bodies))


class Part(Struct, frozen=True):
    """One part of a grant as its people see it: what it waits for, or when it came."""

    tranche: Tranche
    holds: tuple[Hold, ...]
    awaited_on: date | None

    @property
    def is_held(self) -> bool:
        return bool(self.holds)


class OfGrant(Struct, frozen=True):
    """The money of one grant, received and to come."""

    parts: Sequence[Part]
    paid: Money
    to_come: Money
    cancelled: Money

    @property
    def whole(self) -> Money:
        return self.paid + self.to_come


def of_grant(grant_id: int) -> OfGrant:
    """For `payments/of_grant.html`, which project pages embed."""
    found = select(Tranche).where(Tranche.grant_id == grant_id).order_by(Tranche.number).options(*WHOLE)
    return money_of(db.session.scalars(found).all())


def money_of(tranches: Sequence[Tranche]) -> OfGrant:
    on = clock.today()
    lost = {TrancheState.PAID, TrancheState.CANCELLED}
    return OfGrant(
        parts=[part_of(tranche, on) for tranche in tranches],
        paid=total(row.amount for row in tranches if row.state is TrancheState.PAID),
        to_come=total(row.amount for row in tranches if row.state not in lost),
        cancelled=total(row.amount for row in tranches if row.state is TrancheState.CANCELLED),
    )


def part_of(tranche: Tranche, on: date) -> Part:
    awaited = rules.report_awaited(tranche) if tranche.gate is not Gate.AGREEMENT_SIGNED else None
    holds = rules.holds_of(tranche, on) if rules.is_held(tranche, on) else ()
    return Part(tranche, holds, awaited.due_on if awaited is not None else None)


class Pile(Struct, frozen=True):
    """Tranches that wait for the same thing."""

    key: str
    parts: Sequence[Part]

    @property
    def amount(self) -> Money:
        return total(part.tranche.amount for part in self.parts)


class Desk(Struct, frozen=True):
    """Everything that is not finished. `is_cut`: there is more than is shown; the list has all."""

    to_apply: Pile
    to_approve: Pile
    to_pay: Pile
    held: Pile
    to_acknowledge: Pile
    paid_this_year: Money
    is_cut: bool

    @property
    def piles(self) -> Sequence[Pile]:
        return (self.to_approve, self.to_pay, self.to_apply)

    @property
    def is_empty(self) -> bool:
        return not (any(pile.parts for pile in self.piles) or self.held.parts or self.to_acknowledge.parts)


def desk(actor: Actor) -> Desk:
    on = clock.today()
    rows = db.session.scalars(_open(actor).limit(MOST + 1)).all()
    parts = [part_of(tranche, on) for tranche in rows[:MOST]]
    free = [part for part in parts if not part.is_held]
    return Desk(
        to_apply=_pile("apply", free, TrancheState.PAYABLE),
        to_approve=_pile("approve", free, TrancheState.APPLIED),
        to_pay=_pile("pay", free, TrancheState.APPROVED),
        held=Pile("held", [part for part in parts if part.is_held]),
        to_acknowledge=Pile("acknowledge", _to_acknowledge(actor, on)),
        paid_this_year=_paid_in(actor, on.year),
        is_cut=len(rows) > MOST,
    )


def _pile(key: str, parts: Sequence[Part], state: TrancheState) -> Pile:
    return Pile(key, [part for part in parts if part.tranche.state is state])


def _open(actor: Actor) -> Select[Tranche]:
    """What is due, and what would be due had its report passed; the longest due first."""
    did_not_pass = exists().where(
        Report.project_id == Project.id,
        Report.state == ReportState.ACCEPTED,
        Report.result != ReportResult.PASS,
        or_(*(and_(Tranche.gate == gate, Report.kind == kind) for gate, kind in rules.REPORT_OF.items())),
    )
    due = or_(
        Tranche.state.in_(rules.OPEN_STATES),
        and_(Tranche.state == TrancheState.LOCKED, did_not_pass),
    )
    ordered = staff_visible_to(actor).where(due).order_by(Tranche.due_on.asc().nulls_last(), Tranche.id)
    return ordered.options(*WHOLE)


def _to_acknowledge(actor: Actor, on: date) -> list[Part]:
    paid = (
        staff_visible_to(actor)
        .join(Payment, Payment.tranche_id == Tranche.id)
        .where(Tranche.state == TrancheState.PAID, Payment.acknowledged_at.is_(None))
        .order_by(Payment.paid_on, Tranche.id)
        .limit(MOST)
        .options(*WHOLE)
    )
    return [part_of(tranche, on) for tranche in db.session.scalars(paid)]


def _paid_in(actor: Actor, year: int) -> Money:
    sums = func.coalesce(func.sum(type_coerce(Payment.amount, BigInteger())), 0)
    between = Payment.paid_on.between(date(year, 1, 1), date(year, 12, 31))
    chosen = staff_visible_to(actor).join(Payment, Payment.tranche_id == Tranche.id).where(between)
    return Money(int(db.session.scalar(chosen.with_only_columns(sums)) or 0))


def payment_with_receipt(payee_id: int | None, kind: ReceiptType, number: str, *, but: int) -> str | None:
    """The number of another payment for which this payee gave the same receipt."""
    found = (
        select(Payment.number)
        .join(Payment.tranche)
        .join(Tranche.grant)
        .where(Payment.receipt_type == kind, Payment.receipt_number == number, Tranche.id != but)
        .where(Grant.payee_id == payee_id)
        .order_by(Payment.id)
    )
    return db.session.scalars(found.limit(1)).first()

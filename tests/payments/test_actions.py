"""Money leaves the house only past its gate, by two people, to an account that may be used, and the books agree."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken
from grants.core.events import TimelineEntry, publish
from grants.core.money import Money, total
from grants.core.policy import SYSTEM
from grants.obligations.models import Obligation
from grants.payments.actions import tranches as actions
from grants.payments.fields import TrancheState
from grants.payments.models import Payment, Tranche
from grants.payments.queries import ledger, tranches
from grants.projects.events import (
    ProjectResumed,
    ProjectSuspended,
    ProjectTerminated,
)
from grants.projects.fields import ProjectState, ReportKind, ReportResult
from tests.payments.grants_made import AT, House, yuan
from tests.payments.steps import (
    LATER,
    Inside,
    apply,
    approve,
    close,
    fact,
    find,
    pay,
    pay_whole,
    project_of,
    read,
    refused,
    standing,
    states_of,
)


def test_a_signed_agreement_plans_the_tranches_and_opens_the_first(rows: Session, grant: int) -> None:
    found = rows.scalars(select(Tranche).where(Tranche.grant_id == grant).order_by(Tranche.number)).all()
    assert [row.amount for row in found] == [yuan(20_000), yuan(16_000), yuan(4_000)]
    assert [row.state for row in found] == [TrancheState.PAYABLE, TrancheState.LOCKED, TrancheState.LOCKED]
    assert found[0].due_on == date(2026, 5, 20)


def test_odd_amounts_sum_to_the_fen(house: House, inside: Inside, rows: Session) -> None:
    with inside():
        grant = house.promise(house.group(), Money(10_000_05))
        house.sign(grant)
        grant_id = grant.id
    amounts = rows.scalars(select(Tranche.amount).where(Tranche.grant_id == grant_id)).all()
    assert total(amounts) == Money(10_000_05)


def test_signing_again_plans_nothing_twice(house: House, inside: Inside, rows: Session, grant: int) -> None:
    with inside():
        actions.plan_tranches(tranches.grant_to_plan(grant), by=SYSTEM, at=AT)
    assert len(states_of(rows, grant)) == 3


def test_two_people_pay_and_the_group_confirms(
    house: House, inside: Inside, rows: Session, grant: int
) -> None:
    with inside():
        apply(house, grant)
    with inside():
        approve(house, grant)
        assert standing(grant) == (yuan(20_000), yuan(20_000), yuan(0))
    with inside():
        pay(house, grant)
        assert standing(grant) == (yuan(20_000), yuan(0), yuan(20_000))
    with inside():
        actions.acknowledge(house.tranche(grant), by=house.actor("ada"), at=LATER)
    payment = rows.scalars(select(Payment)).one()
    people = (payment.applied_by_id, payment.approved_by_id, payment.paid_by_id, payment.acknowledged_by_id)
    assert people == tuple(house.cast.id(name) for name in ("olu", "eve", "eve2", "ada"))
    assert (payment.number, payment.paid_on, payment.receipt_number) == (
        "FK2026-0001", date(2026, 5, 20), "SJ20260011",
    )  # fmt: skip
    assert states_of(rows, grant)[0] is TrancheState.PAID
    open_duties = rows.scalars(select(Obligation.kind).where(Obligation.closed_at.is_(None))).all()
    assert [kind for kind in open_duties if kind.startswith("payment")] == []


@pytest.mark.parametrize("name", ["ada", "cy", "gus", "aud", "di", "bea"])
def test_nobody_else_touches_the_money(house: House, inside: Inside, grant: int, name: str) -> None:
    for act in (apply, approve, pay):
        with pytest.raises(Forbidden), inside():
            act(house, grant, by=name)


def test_an_officer_cannot_approve_or_pay(house: House, inside: Inside, grant: int) -> None:
    with inside():
        apply(house, grant)
    for act in (approve, pay):
        with pytest.raises(Forbidden), inside():
            act(house, grant, by="otis")


def test_whoever_applied_cannot_approve(house: House, inside: Inside, rows: Session, grant: int) -> None:
    with inside():
        apply(house, grant, by="eve")
    with pytest.raises(Forbidden), inside():
        approve(house, grant, by="eve")
    assert states_of(rows, grant)[0] is TrancheState.APPLIED


def test_whoever_approved_cannot_pay(house: House, inside: Inside, rows: Session, grant: int) -> None:
    with inside():
        apply(house, grant)
        approve(house, grant)
    with pytest.raises(Forbidden), inside():
        pay(house, grant, by="eve")
    assert states_of(rows, grant)[0] is TrancheState.APPROVED


def test_a_locked_tranche_cannot_even_be_applied_for(house: House, inside: Inside, grant: int) -> None:
    with pytest.raises(IllegalTransition), inside():
        apply(house, grant, 2)


def test_a_gate_that_is_not_met_stops_every_step(house: House, inside: Inside, grant: int) -> None:
    """Even a tranche that stands open in the table by some fault of ours (hard rule 5)."""
    with inside():
        tranche = house.tranche(grant, 2)
        tranche.state, tranche.opened_at = TrancheState.PAYABLE, AT
    with pytest.raises(RulesBroken) as broken, inside():
        apply(house, grant, 2)
    assert refused(broken) == ["gate_not_met"]


def test_a_passed_report_opens_the_next(house: House, inside: Inside, rows: Session, grant: int) -> None:
    with inside():
        read(grant, ReportKind.MIDTERM, ReportResult.PASS)
    assert states_of(rows, grant) == [TrancheState.PAYABLE, TrancheState.PAYABLE, TrancheState.LOCKED]


@pytest.mark.parametrize("result", [ReportResult.RECTIFY, ReportResult.FAIL])
def test_a_report_that_did_not_pass_holds_the_next(
    house: House, inside: Inside, rows: Session, grant: int, result: ReportResult
) -> None:
    with inside():
        read(grant, ReportKind.MIDTERM, result)
        part = tranches.of_grant(grant).parts[1]
        assert [hold.code for hold in part.holds] == ["not_passed"]
    assert states_of(rows, grant)[1] is TrancheState.LOCKED
    kinds = rows.scalars(select(TimelineEntry.kind)).all()
    assert kinds.count("PaymentHeld") == 1


def test_closing_what_had_to_be_rectified_opens_the_gate(
    house: House, inside: Inside, rows: Session, grant: int
) -> None:
    with inside():
        read(grant, ReportKind.MIDTERM, ReportResult.RECTIFY)
        finding = find(grant)
    with inside():
        close(house, grant, finding)
    assert states_of(rows, grant)[1] is TrancheState.PAYABLE


def test_a_failed_final_report_never_opens_the_last(
    house: House, inside: Inside, rows: Session, grant: int
) -> None:
    with inside():
        read(grant, ReportKind.FINAL, ReportResult.FAIL)
        finding = find(grant)
    with inside():
        close(house, grant, finding)
    assert states_of(rows, grant)[2] is TrancheState.LOCKED


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_an_open_finding_stops_every_step_and_closing_it_frees(
    house: House, inside: Inside, rows: Session, grant: int, steps: int
) -> None:
    acts = (apply, approve, pay)
    with inside():
        for act in acts[:steps]:
            act(house, grant)
        finding = find(grant)
    with pytest.raises(RulesBroken) as broken, inside():
        acts[steps](house, grant)
    assert refused(broken) == ["finding"]
    with inside():
        close(house, grant, finding)
    with inside():
        acts[steps](house, grant)
    kinds = rows.scalars(select(TimelineEntry.kind)).all()
    assert (kinds.count("PaymentHeld"), kinds.count("PaymentReleased")) == (1, 1)


def test_a_finding_that_does_not_hold_money_holds_none(house: House, inside: Inside, grant: int) -> None:
    with inside():
        find(grant, holds=False)
        apply(house, grant)


def test_a_suspended_project_is_not_paid_until_it_goes_on(
    house: House, inside: Inside, rows: Session, grant: int
) -> None:
    with inside():
        project = project_of(grant)
        project.state, project.reason = ProjectState.SUSPENDED, "督导离任"
        db.session.flush()
        publish(fact(ProjectSuspended, project, reason="督导离任"))
    with pytest.raises(RulesBroken) as broken, inside():
        apply(house, grant)
    assert refused(broken) == ["suspended"]
    with inside():
        project = project_of(grant)
        project.state = ProjectState.ACTIVE
        db.session.flush()
        publish(fact(ProjectResumed, project, reason="新督导到任"))
        apply(house, grant)
    assert rows.scalars(select(TimelineEntry.kind)).all().count("PaymentReleased") == 1


def test_every_reason_is_named_at_once(house: House, inside: Inside) -> None:
    with inside():
        grant = house.promise(house.group())
        house.sign(grant)
        find(grant.id)
        grant_id = grant.id
    with pytest.raises(RulesBroken) as broken, inside():
        apply(house, grant_id)
    assert refused(broken) == ["finding", "no_account"]


def test_a_payment_sent_back_keeps_its_number(
    house: House, inside: Inside, rows: Session, grant: int
) -> None:
    with inside():
        apply(house, grant)
        approve(house, grant)
        actions.send_back(house.tranche(grant), reason="账号待核", by=house.actor("fay"), at=LATER)
        assert standing(grant) == (yuan(40_000), yuan(0), yuan(0))
    payment = rows.scalars(select(Payment)).one()
    assert (payment.approved_by_id, payment.answer) == (None, "账号待核")
    with inside():
        pay_whole(house, grant)
    rows.rollback()
    assert rows.scalars(select(Payment.number)).all() == ["FK2026-0001"]


def test_termination_cancels_what_was_not_paid_and_frees_its_money(
    house: House, inside: Inside, rows: Session, grant: int
) -> None:
    with inside():
        pay_whole(house, grant)
        read(grant, ReportKind.MIDTERM, ReportResult.PASS)
        apply(house, grant, 2)
        approve(house, grant, 2)
    with inside():
        project = project_of(grant)
        project.state, project.reason, project.ended_on = (
            ProjectState.TERMINATED,
            "协商终止",
            date(2026, 9, 10),
        )
        db.session.flush()
        publish(fact(ProjectTerminated, project, grant_id=grant, reason="协商终止"))
        assert standing(grant) == (yuan(0), yuan(0), yuan(20_000))
        assert ledger.out_of_step() == []
    ended = [TrancheState.PAID, TrancheState.CANCELLED, TrancheState.CANCELLED]
    assert states_of(rows, grant) == ended


def test_paid_on_is_neither_tomorrow_nor_before_the_approval(
    house: House, inside: Inside, grant: int
) -> None:
    with inside():
        apply(house, grant)
        approve(house, grant)
    for day in (date(2026, 5, 16), date(2026, 5, 28)):
        with pytest.raises(RulesBroken) as broken, inside():
            pay(house, grant, paid_on=day)
        assert [violation.field for violation in broken.value.violations] == ["paid_on"]


def test_one_receipt_serves_one_payment(house: House, inside: Inside, grant: int) -> None:
    with inside():
        pay_whole(house, grant)
        read(grant, ReportKind.MIDTERM, ReportResult.PASS)
        apply(house, grant, 2)
        approve(house, grant, 2)
    with pytest.raises(RulesBroken) as broken, inside():
        pay(house, grant, 2)
    assert [violation.field for violation in broken.value.violations] == ["receipt_number"]


def test_what_is_done_cannot_be_done_again(house: House, inside: Inside, rows: Session, grant: int) -> None:
    with inside():
        pay_whole(house, grant)
    for act in (apply, approve, pay):
        with pytest.raises(IllegalTransition), inside():
            act(house, grant)
    assert rows.scalars(select(Payment)).all()[0].amount == yuan(20_000)


def test_the_ledger_and_the_screens_say_the_same(house: House, inside: Inside, grant: int) -> None:
    with inside():
        pay_whole(house, grant)
        read(grant, ReportKind.MIDTERM, ReportResult.PASS)
        apply(house, grant, 2)
        approve(house, grant, 2)
    with inside(read_only=True):
        money = tranches.of_grant(grant)
        committed, payable, paid = standing(grant)
        assert money.paid == paid == yuan(20_000)
        assert money.to_come == committed + payable == yuan(20_000)
        desk = tranches.desk(house.actor("eve"))
        assert desk.to_pay.amount == payable == yuan(16_000)
        assert desk.paid_this_year == paid
        assert ledger.out_of_step() == []


def test_a_ledger_that_differs_is_found(house: House, inside: Inside, grant: int) -> None:
    with inside():
        tranche = house.tranche(grant, 2)
        tranche.opened_at, tranche.state = AT, TrancheState.APPROVED
    with inside(read_only=True):
        assert ledger.out_of_step() == [house.tranche(grant).case]

"""Planning, opening, applying, approving, paying, acknowledging; each moves the ledger by the same amount."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from grants.agreements.models import Grant
from grants.core import audit, clock
from grants.core.db import db
from grants.core.errors import Forbidden, RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.core.text import clean_line
from grants.funds import actions as funds
from grants.obligations import actions as obligations
from grants.obligations import fields as owners
from grants.payments import events, rules
from grants.payments.fields import ReceiptType, TrancheState
from grants.payments.lifecycle import TRANCHE
from grants.payments.models import Payment, Tranche
from grants.payments.queries import tranches as queries
from grants.payments.queries.accounts import confirmed_account, settings
from grants.reference import actions as numbers
from grants.reference import queries as reference

APPLY, APPROVE, PAY, ACKNOWLEDGE = "payment_apply", "payment_approve", "payment_pay", "payment_acknowledge"
NAME_ACCOUNT = "account_name"


def plan_tranches(grant: Grant, *, by: Actor, at: datetime) -> None:
    """Divide the grant as was agreed; the parts sum to it to the fen (hard rule 5). Twice is once."""
    authorise(by, "payment.plan", grant)
    if queries.is_planned(grant.id):
        return
    plan = queries.plan_of(grant)
    broken = list(rules.parts_make_the_whole(grant.amount, [row.amount for row in plan]))
    if broken:
        raise RulesBroken(broken)
    some = [row for row in plan if row.amount]
    for row in some:
        tranche = Tranche(grant=grant, number=row.number, amount=row.amount, gate=row.gate)
        db.session.add(tranche)
        audit.record("plan", tranche, by=by, at=at, before={}, after={"amount": row.amount, "gate": row.gate})
    publish(
        events.TranchesPlanned(
            occurred_at=at,
            actor_id=by.user_id,
            case=grant.case,
            grant_id=grant.id,
            organisation_id=grant.organisation_id,
            count=len(some),
            amount=grant.amount,
        )
    )
    _account_is_owed(grant, at)


def _account_is_owed(grant: Grant, at: datetime) -> None:
    """Without a confirmed account nobody can be paid: the payee's leader should name one."""
    if grant.payee_id is None or confirmed_account(grant.payee_id) is not None:
        return
    obligations.open_duty(
        NAME_ACCOUNT,
        subject=("organisation", grant.payee_id),
        owner=owners.organisation(grant.payee_id),
        due_at=None,
        case=grant.case,
        values={"organisation": grant.payee.public_id if grant.payee else "", "number": grant.number},
        at=at,
    )


def open_gates(grant_id: int, *, by: Actor, at: datetime) -> None:
    """Make every tranche payable whose gate is met by now."""
    for tranche in queries.tranches_of(grant_id):
        if tranche.state is TrancheState.LOCKED and rules.gate_is_met(tranche):
            _open(tranche, by=by, at=at)


def _open(tranche: Tranche, *, by: Actor, at: datetime) -> None:
    authorise(by, "payment.open", tranche)
    days = settings().paying_days
    tranche.opened_at = at
    tranche.due_on = reference.calendar().add_working_days(clock.day_of(at), days)
    TRANCHE.fire("open", tranche, by=by, at=at)
    _duty(APPLY, tranche, _officer(tranche), at)
    publish(events.TrancheOpened(**said(tranche, by, at)))


def apply(tranche: Tranche, *, by: Actor, at: datetime) -> Payment:
    """Ask for the money. Again after it was sent back: the same payment with its number."""
    authorise(by, "payment.apply", tranche)
    tranche = queries.for_writing(tranche)
    if by.user_id is None:
        raise Forbidden(_l("Only a person can apply for a payment."))
    TRANCHE.fire("apply", tranche, by=by, at=at)
    db.session.flush()
    account = tranche.account
    payment = tranche.payment
    if payment is None:
        number = numbers.take_number("payment", clock.day_of(at).year)
        payment = Payment(tranche=tranche, number=number, amount=tranche.amount)
        db.session.add(payment)
    payment.account_id = account.id if account is not None else None
    payment.applied_by_id, payment.applied_at = by.user_id, at
    payment.sent_back_by_id, payment.answer = None, ""
    audit.record("apply", payment, by=by, at=at)
    _turn_to(APPROVE, tranche, by, at)
    publish(events.PaymentApplied(**said(tranche, by, at)))
    return payment


def approve(tranche: Tranche, *, by: Actor, at: datetime) -> None:
    """A second person says yes: the promise becomes payable in the ledger."""
    authorise(by, "payment.approve", tranche)
    tranche = queries.for_writing(tranche)
    TRANCHE.demand("approve", tranche)
    payment = _payment(tranche)
    payment.approved_by_id = by.user_id
    TRANCHE.fire("approve", tranche, by=by, at=at)
    payment.approved_at = at
    audit.record("approve", payment, by=by, at=at)
    db.session.flush()
    funds.make_payable(tranche.grant.fund, **_movement(tranche, by, at))
    _turn_to(PAY, tranche, by, at)
    publish(events.PaymentApproved(**said(tranche, by, at)))


def send_back(tranche: Tranche, *, reason: str, by: Actor, at: datetime) -> None:
    """Not approved, or approved and not payable after all: back to whoever applied, with a reason."""
    authorise(by, "payment.send_back", tranche)
    tranche = queries.for_writing(tranche)
    TRANCHE.demand("send_back", tranche)
    words = _reason(reason)
    payment, was_approved = _payment(tranche), tranche.state is TrancheState.APPROVED
    TRANCHE.fire("send_back", tranche, by=by, at=at, note=words)
    payment.approved_by_id = payment.approved_at = None
    payment.sent_back_by_id, payment.answer = by.user_id, words
    audit.record("send_back", payment, by=by, at=at, note=words)
    db.session.flush()
    if was_approved:
        funds.make_unpayable(tranche.grant.fund, **_movement(tranche, by, at))
    _turn_to(APPLY, tranche, by, at)
    publish(
        events.PaymentSentBack(applied_by_id=payment.applied_by_id, reason=words, **said(tranche, by, at))
    )


def pay(
    tranche: Tranche,
    *,
    paid_on: date,
    receipt_type: ReceiptType,
    receipt_number: str,
    by: Actor,
    at: datetime,
) -> Payment:
    """Put down that the money left, and what was given for it. Neither the approver nor twice."""
    authorise(by, "payment.pay", tranche)
    tranche = queries.for_writing(tranche)
    TRANCHE.demand("pay", tranche)
    payment, number = _payment(tranche), clean_line(receipt_number)
    broken = [
        *rules.payment_faults(payment, paid_on=paid_on, number=number, today=clock.day_of(at)),
        *_used_before(tranche, receipt_type, number),
    ]
    if broken:
        raise RulesBroken(broken)
    payment.paid_by_id = by.user_id
    TRANCHE.fire("pay", tranche, by=by, at=at)
    payment.paid_on, payment.receipt_type, payment.receipt_number = paid_on, receipt_type, number
    audit.record("pay", payment, by=by, at=at)
    db.session.flush()
    funds.pay(tranche.grant.fund, **_movement(tranche, by, at))
    _turn_to(ACKNOWLEDGE, tranche, by, at)
    publish(events.PaymentMade(payment_id=payment.id, paid_on=paid_on, **said(tranche, by, at)))
    return payment


def _used_before(tranche: Tranche, kind: ReceiptType, number: str) -> Iterator[Violation]:
    other = queries.payment_with_receipt(tranche.grant.payee_id, kind, number, but=tranche.id)
    if other is not None:
        sentence = _l("This receipt was handed in for %(number)s already.", number=other)
        yield Violation("used_before", sentence, "receipt_number")


def acknowledge(tranche: Tranche, *, by: Actor, at: datetime) -> None:
    """The group's leader says that the money arrived. Again: nothing happens."""
    authorise(by, "payment.acknowledge", tranche)
    tranche = queries.for_writing(tranche)
    payment = _payment(tranche)
    if payment.paid_on is None:
        raise RulesBroken([Violation("not_paid", _l("This tranche has not been paid yet."))])
    if payment.acknowledged_at is not None:
        return
    payment.acknowledged_at, payment.acknowledged_by_id = at, by.user_id
    audit.record("acknowledge", payment, by=by, at=at)
    obligations.meet(ACKNOWLEDGE, subject=("tranche", tranche.id), by=by, at=at)
    publish(events.PaymentAcknowledged(payment_id=payment.id, **said(tranche, by, at)))


def cancel(tranche: Tranche, *, reason: str, by: Actor, at: datetime) -> None:
    """Do not pay this part any more: what was promised is free again."""
    authorise(by, "payment.cancel", tranche)
    tranche = queries.for_writing(tranche)
    words = _reason(reason)
    was_approved = tranche.state is TrancheState.APPROVED
    tranche.cancel_reason = words
    TRANCHE.fire("cancel", tranche, by=by, at=at, note=words)
    db.session.flush()
    if was_approved:
        funds.make_unpayable(tranche.grant.fund, **_movement(tranche, by, at))
    funds.release_commitment(tranche.grant.fund, **_movement(tranche, by, at))
    _nobodys_turn(tranche, by, at)
    publish(events.TrancheCancelled(reason=words, **said(tranche, by, at)))


def cancel_unpaid(grant_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """The work has ended: every part that was not paid falls away."""
    ended = {TrancheState.PAID, TrancheState.CANCELLED}
    for tranche in queries.tranches_of(grant_id):
        if tranche.state not in ended:
            cancel(tranche, reason=reason, by=by, at=at)


def _payment(tranche: Tranche) -> Payment:
    if tranche.payment is None:
        raise RulesBroken([Violation("not_applied", _l("Nobody has applied for this payment yet."))])
    return tranche.payment


def _reason(text: str) -> str:
    words = clean_line(text)
    if not words:
        raise RulesBroken([Violation("required", _l("Give a reason."), "reason")])
    return words


def _movement(tranche: Tranche, by: Actor, at: datetime) -> dict[str, Any]:
    grant, payment = tranche.grant, tranche.payment
    note = payment.number if payment is not None else ""
    return {
        "year": grant.year,
        "amount": tranche.amount,
        "case": grant.case,
        "by": by,
        "at": at,
        "note": note,
    }


def _officer(tranche: Tranche) -> owners.Owner:
    """Whose turn it is to apply: the project's officer, else all officers of the call."""
    project = tranche.project
    if project is not None and project.officer_id is not None:
        return owners.user(project.officer_id)
    return owners.role_within_call("officer", tranche.grant.call_id)


def _turn_to(kind: str, tranche: Tranche, by: Actor, at: datetime) -> None:
    _nobodys_turn(tranche, by, at)
    whose = {
        APPLY: _officer(tranche),
        APPROVE: owners.role("finance"),
        PAY: owners.role("finance"),
        ACKNOWLEDGE: owners.organisation(tranche.grant.organisation_id),
    }
    _duty(kind, tranche, whose[kind], at)


def _nobodys_turn(tranche: Tranche, by: Actor, at: datetime) -> None:
    for kind in (APPLY, APPROVE, PAY, ACKNOWLEDGE):
        obligations.meet(kind, subject=("tranche", tranche.id), by=by, at=at)


def _duty(kind: str, tranche: Tranche, owner: owners.Owner, at: datetime) -> None:
    obligations.open_duty(
        kind,
        subject=("tranche", tranche.id),
        owner=owner,
        due_at=clock.end_of(tranche.due_on) if tranche.due_on is not None else None,
        case=tranche.case,
        values={
            "tranche": tranche.public_id,
            "number": tranche.number,
            "amount": tranche.amount,
            "grant": tranche.grant.number,
        },
        at=at,
    )


def said(tranche: Tranche, by: Actor, at: datetime) -> dict[str, Any]:
    """What every fact about this tranche carries."""
    grant, project = tranche.grant, tranche.project
    return {
        "occurred_at": at,
        "actor_id": by.user_id,
        "case": grant.case,
        "tranche_id": tranche.id,
        "tranche": tranche.public_id,
        "grant_id": grant.id,
        "organisation_id": grant.organisation_id,
        "payee_id": grant.payee_id,
        "number": tranche.number,
        "amount": tranche.amount,
        "title": project.title if project is not None else grant.number,
    }

"""The promise of money: made once its notice ended, ended early, or closed when the work is done."""

from __future__ import annotations

from datetime import datetime

from grants.agreements import basis, duties, queries, rules, terms
from grants.agreements.events import GrantPromised, GrantTerminated
from grants.agreements.fields import AgreementState
from grants.agreements.lifecycle import GRANT
from grants.agreements.models import Agreement, Grant
from grants.core import audit
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.decisions.models import Decision
from grants.notices import queries as notices
from grants.obligations import actions as obligations
from grants.obligations.fields import role_within_call
from grants.proposals.models import Proposal
from grants.reference import actions as reference


def promise(proposal: Proposal, *, by: Actor, at: datetime) -> Agreement:
    """Make the grant of a funded proposal and the first draft of its agreement.

    Raises RulesBroken while the public notice runs or an objection is undecided (hard rule 4), and
    for a group without a legal person that takes the money; IllegalTransition when it was promised
    already or never decided.
    """
    authorise(by, "grant.promise", proposal)
    notices.hold_shown(("call", proposal.call_id))
    decision = queries.decision_of(proposal.id)
    if decision is None or queries.grant_of_proposal(proposal.id) is not None:
        raise IllegalTransition(_l("This proposal has its grant already, or was never approved."))
    broken = list(queries.obstacles(proposal, may_proceed=queries.may_proceed(proposal, at)))
    if proposal.call.fund_id is None or not proposal.call.tranches:
        broken.append(Violation("no_plan", _l("The call names no fund, or no parts to be paid in.")))
    if broken:
        raise RulesBroken(broken)
    grant = _new_grant(proposal, decision, by=by, at=at)
    return _first_draft(grant, proposal, by=by, at=at)


def _new_grant(proposal: Proposal, decision: Decision, *, by: Actor, at: datetime) -> Grant:
    payee = rules.payee_of(proposal.organisation)
    grant = Grant(
        number=reference.take_number("grant", proposal.call.year),
        proposal_id=proposal.id,
        call_id=proposal.call_id,
        organisation_id=proposal.organisation_id,
        payee_id=payee.id if payee else None,
        fund_id=proposal.call.fund_id,
        year=proposal.call.year,
        amount=decision.amount,
        promised_at=at,
    )
    db.session.add(grant)
    audit.record("promise", grant, by=by, at=at, after={"number": grant.number, "amount": grant.amount})
    publish(
        GrantPromised(
            occurred_at=at,
            actor_id=by.user_id,
            case=grant.case,
            grant_id=grant.id,
            proposal_id=proposal.id,
            organisation_id=proposal.organisation_id,
            number=grant.number,
            amount=grant.amount,
        )
    )
    return grant


def _first_draft(grant: Grant, proposal: Proposal, *, by: Actor, at: datetime) -> Agreement:
    agreement = Agreement(
        grant_id=grant.id,
        number_in_grant=1,
        number=reference.take_number("agreement", grant.year),
        terms=terms.first_terms(basis.basis_of(grant, proposal)),
    )
    agreement.grant = grant
    db.session.add(agreement)
    audit.record("draft", agreement, by=by, at=at, after={"number": agreement.number})
    obligations.open_duty(
        duties.OFFER,
        subject=("agreement", agreement.id),
        owner=role_within_call("officer", grant.call_id),
        due_at=None,
        case=grant.case,
        values=rules.duty_values(agreement),
        at=at,
    )
    return agreement


def terminate(grant: Grant, reason: str, *, by: Actor, at: datetime) -> None:
    """End a grant early. What becomes of its money is for payments, who react to the fact."""
    authorise(by, "grant.terminate", grant)
    grant = queries.grant_for_writing(grant)
    if not reason.strip():
        raise RulesBroken([Violation("missing", _l("Say why, in a sentence."), "reason")])
    GRANT.fire("terminate", grant, by=by, at=at, note=reason)
    agreement = queries.current_agreement(grant.id)
    if agreement.state is not AgreementState.SIGNED:
        for kind in duties.EVERY:
            obligations.meet(kind, subject=("agreement", agreement.id), by=by, at=at)
    publish(
        GrantTerminated(
            occurred_at=at,
            actor_id=by.user_id,
            case=grant.case,
            grant_id=grant.id,
            organisation_id=grant.organisation_id,
            number=grant.number,
            reason=reason,
        )
    )


def close(grant: Grant, *, by: Actor, at: datetime) -> None:
    """The work is done and accounted for: called by the close-out."""
    authorise(by, "grant.close", grant)
    grant = queries.grant_for_writing(grant)
    GRANT.fire("close", grant, by=by, at=at)

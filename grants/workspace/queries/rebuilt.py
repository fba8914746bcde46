"""Timeline and duties made again from the rows they speak of, and compared with what was kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, func, literal, select

from grants.agreements import duties as agreement_duties
from grants.agreements.fields import AgreementState
from grants.agreements.models import Agreement, Grant
from grants.calls.models import Call
from grants.core.db import db
from grants.core.events import TimelineEntry
from grants.notices.fields import DECIDE as OBJECTION
from grants.notices.fields import ObjectionState
from grants.notices.models import Objection
from grants.obligations.models import Obligation
from grants.payments.models import Payment, Tranche
from grants.projects import duties as project_duties
from grants.projects.fields import ActivityState, FindingState, MilestoneState, ReportState
from grants.projects.models import Activity, Finding, Milestone, Project, Report
from grants.proposals import duties as proposal_duties
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal, ProposalVersion
from grants.reviews.models import Assignment, AssignmentState


class Stands(Struct, frozen=True):
    """A duty about a row of `model` is owed in these states of it; `always` says that it then must be."""

    model: type[Any]
    states: frozenset[Any]
    always: bool = True


DUTIES: Mapping[str, Stands] = {
    proposal_duties.SUBMIT: Stands(Proposal, frozenset({ProposalState.DRAFT})),
    proposal_duties.MEND: Stands(Proposal, frozenset({ProposalState.RETURNED})),
    proposal_duties.SCREEN: Stands(Proposal, frozenset({ProposalState.SUBMITTED})),
    "review": Stands(
        Assignment, frozenset({AssignmentState.INVITED, AssignmentState.ACCEPTED}), always=False
    ),
    OBJECTION: Stands(Objection, frozenset({ObjectionState.RECEIVED})),
    agreement_duties.OFFER: Stands(Agreement, frozenset({AgreementState.DRAFT}), always=False),
    agreement_duties.COUNTERSIGN: Stands(Agreement, frozenset({AgreementState.OFFERED}), always=False),
    project_duties.MILESTONE: Stands(Milestone, frozenset({MilestoneState.PLANNED}), always=False),
    project_duties.READ_MILESTONE: Stands(Milestone, frozenset({MilestoneState.SUBMITTED})),
    project_duties.REPORT: Stands(Report, frozenset({ReportState.DUE}), always=False),
    project_duties.READ_REPORT: Stands(Report, frozenset({ReportState.SUBMITTED})),
    project_duties.VERIFY: Stands(Activity, frozenset({ActivityState.RECORDED})),
    project_duties.FINDING: Stands(Finding, frozenset({FindingState.OPEN}), always=False),
}


def duties_out_of_step() -> Iterator[str]:
    """Duties still open about what is done, and things that wait without anybody being asked."""
    for kind, stands in DUTIES.items():
        open_about = set(
            db.session.scalars(
                select(Obligation.subject_id).where(Obligation.kind == kind, Obligation.closed_at.is_(None))
            )
        )
        waiting = set(
            db.session.scalars(select(stands.model.id).where(stands.model.state.in_(stands.states)))
        )
        for number in sorted(open_about - waiting):
            yield f"{kind}: still asked for though {stands.model.__tablename__} {number} has gone on"
        for number in sorted(waiting - open_about) if stands.always else ():
            yield f"{kind}: nobody is asked though {stands.model.__tablename__} {number} waits"


def _by_proposal(column: Any) -> Any:
    return literal("proposal/").concat(column)


# The name of a fact -> the case of every row that came of one.
FACTS: Mapping[str, Select[Any]] = {
    "ProposalStarted": select(_by_proposal(Proposal.id)),
    "ProposalSubmitted": select(_by_proposal(ProposalVersion.proposal_id)).where(ProposalVersion.number == 1),
    "ProposalResubmitted": select(_by_proposal(ProposalVersion.proposal_id)).where(
        ProposalVersion.number > 1
    ),
    "AgreementSigned": select(_by_proposal(Grant.proposal_id))
    .join(Agreement, Agreement.grant_id == Grant.id)
    .where(Agreement.state == AgreementState.SIGNED),
    "CallDrafted": select(literal("call/").concat(Call.id)),
    "ProjectPlanned": select(_by_proposal(Grant.proposal_id)).join(Project, Project.grant_id == Grant.id),
    "PaymentMade": select(_by_proposal(Grant.proposal_id))
    .join(Tranche, Tranche.grant_id == Grant.id)
    .join(Payment, Payment.tranche_id == Tranche.id)
    .where(Payment.paid_on.is_not(None)),
}


def untold() -> Iterator[str]:
    """Facts the timeline should tell and does not, or tells too often."""
    for kind, rows in FACTS.items():
        should = Counter(db.session.scalars(rows))
        lines = (
            select(TimelineEntry.case, func.count())
            .where(TimelineEntry.kind == kind)
            .group_by(TimelineEntry.case)
        )
        told = Counter(dict(db.session.execute(lines).all()))
        for case in sorted(should.keys() | told.keys()):
            if should[case] != told[case]:
                yield f"{case}: {kind} happened {should[case]} times and is told {told[case]} times"

"""From screening to the decision: the district's opinion, the way to the reviewers, what was decided."""

from __future__ import annotations

from datetime import datetime

from grants.calls.models import Call
from grants.core import audit
from grants.core.errors import NotFound, RulesBroken, Violation
from grants.core.events import publish
from grants.core.holding import hold
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise, permits
from grants.obligations import actions as obligations
from grants.organisations import queries as organisations
from grants.proposals import duties, queries, waiting
from grants.proposals.events import ProposalAdmitted, ProposalRecommended
from grants.proposals.fields import Opinion
from grants.proposals.lifecycle import PROPOSAL
from grants.proposals.models import Proposal
from grants.proposals.rules import about
from grants.reviews.actions.entries import Judged, add_entry
from grants.reviews.models import ReviewStage
from grants.reviews.queries import loading as stages


def recommend(proposal: Proposal, opinion: Opinion, text: str, *, by: Actor, at: datetime) -> None:
    """The district's opinion, given once; late is better than never and the lateness stays visible."""
    authorise(by, "proposal.recommend", proposal)
    proposal = queries.for_writing(proposal)
    owed = proposal.recommendation
    if owed is None:
        raise NotFound
    broken = []
    if owed.opinion is not None:
        broken.append(Violation("given", _l("The district's opinion was given already.")))
    if not text:
        broken.append(Violation("missing", _l("Say why, in a sentence."), "text"))
    if broken:
        raise RulesBroken(broken)
    owed.opinion, owed.text, owed.given_at, owed.by_id = opinion, text, at, by.user_id
    audit.record("recommend", proposal, by=by, at=at, before={}, after={"opinion": opinion}, note=text)
    obligations.meet(duties.RECOMMEND, subject=proposal.subject, by=by, at=at)
    recommended = opinion is Opinion.RECOMMEND
    publish(ProposalRecommended(**about(proposal, by=by, at=at), recommended=recommended))


def admit(proposal: Proposal, stage: ReviewStage, *, by: Actor, at: datetime) -> None:
    """Put an eligible proposal before the reviewers, as it was handed in.

    Where the call wants the district's word, only a recommended one goes on (S002-2).
    """
    authorise(by, "proposal.admit", proposal)
    proposal = queries.for_writing(proposal)
    owed = proposal.recommendation
    if owed is not None and owed.opinion is not Opinion.RECOMMEND:
        message = _l("The district has not recommended this proposal.")
        raise RulesBroken([Violation("not_recommended", message)])
    version = queries.newest_version(proposal)
    PROPOSAL.fire("admit", proposal, by=by, at=at)
    judged = Judged(
        subject_kind="proposal",
        subject_id=proposal.id,
        case=proposal.case,
        title=proposal.title,
        snapshot=version.snapshot,
        content_hash=version.content_hash,
        organisations=[proposal.organisation_id, *(body.id for body in organisations.behind(proposal.case))],
        topics=[field.field for field in proposal.fields],
    )
    add_entry(stage, judged, by=by, at=at)
    publish(ProposalAdmitted(**about(proposal, by=by, at=at)))


def admit_all(call: Call, *, by: Actor, at: datetime) -> int:
    """Put every eligible proposal of a call that may go on before its reviewers; returns how many went.

    Those a district has not recommended stay, and those of groups this person is tied to. Raises RulesBroken while proposals are still taken in.
    """
    authorise(by, "proposal.admit_all", call)
    stage = stages.stage_of("call", call.id)
    broken = []
    if call.closes_at is None or at <= call.closes_at:
        broken.append(Violation("still_open", _l("Proposals are still taken in.")))
    if stage is None:
        broken.append(Violation("no_stage", _l("The call has no round of judging.")))
    if broken or stage is None:
        raise RulesBroken(broken)
    ready = [
        proposal
        for proposal in waiting.to_admit(call.id)
        if is_ready(proposal) and permits(by, "proposal.admit", proposal)
    ]
    hold(Proposal, [proposal.id for proposal in ready])
    for proposal in ready:
        admit(proposal, stage, by=by, at=at)
    return len(ready)


def is_ready(proposal: Proposal) -> bool:
    """Whether the district's word, where the call wants it, lets it go on."""
    owed = proposal.recommendation
    return owed is None or owed.opinion is Opinion.RECOMMEND


def settle(proposal: Proposal, verb: str, *, by: Actor, at: datetime) -> None:
    """`fund`, `reserve`, `decline` or `revoke`: called by the decisions, which publish what was decided."""
    authorise(by, "proposal.settle", proposal)
    PROPOSAL.fire(verb, proposal, by=by, at=at)

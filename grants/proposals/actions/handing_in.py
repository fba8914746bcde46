"""Handing in, once and provably; taking back; more time for one group."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from grants.calls.models import Call
from grants.core import audit, clock, search
from grants.core.checkcodes import check_code
from grants.core.db import db
from grants.core.errors import RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.plain import plain
from grants.core.policy import SYSTEM, Actor, authorise
from grants.obligations import actions as obligations
from grants.obligations.fields import role_within_call, role_within_region
from grants.organisations.actions import conflicts
from grants.organisations.models import Organisation
from grants.organisations.policies import tied
from grants.proposals import duties, queries, rules
from grants.proposals.events import (
    DeadlineExtended,
    ProposalResubmitted,
    ProposalSubmitted,
    ProposalWithdrawn,
)
from grants.proposals.fields import ProposalState
from grants.proposals.lifecycle import PROPOSAL
from grants.proposals.models import Proposal, ProposalReturn, ProposalVersion, Recommendation
from grants.proposals.rules import about
from grants.questionnaires import rules as forms
from grants.reference import actions as reference
from grants.reviews.actions.entries import withdraw_entry
from grants.reviews.queries import assigning as pool
from grants.reviews.queries.loading import entry_of


def submit(proposal: Proposal, *, by: Actor, at: datetime) -> ProposalVersion:
    """Hand in what stands there. `at` is the arrival of the request, not the moment of the commit.

    Raises IllegalTransition when it was handed in already, RulesBroken with everything that is
    missing, wrong or too late. The frozen version proves every word by its hash.
    """
    authorise(by, "proposal.submit", proposal)
    proposal = queries.for_writing(proposal)
    sent_back = queries.open_return(proposal)
    if proposal.state in (ProposalState.DRAFT, ProposalState.RETURNED):
        broken = list(_in_the_way(proposal, sent_back, at))
        if broken:
            raise RulesBroken(broken)
    made = _frozen(proposal, by=by, at=at)
    PROPOSAL.fire("submit", proposal, by=by, at=at)
    proposal.number = made.snapshot["number"]
    proposal.content_hash, proposal.check_code = made.content_hash, made.check_code
    proposal.submitted_at = proposal.submitted_at or at
    db.session.add(made)
    _file_words(proposal)
    if sent_back is None:
        _arrived(proposal, by=by, at=at)
    else:
        _mended(proposal, sent_back, made, by=by, at=at)
    return made


def withdraw(proposal: Proposal, reason: str, *, by: Actor, at: datetime) -> None:
    """Take a proposal back before it is decided. Raises RulesBroken without a reason once it was handed in."""
    authorise(by, "proposal.withdraw", proposal)
    proposal = queries.for_writing(proposal)
    was = proposal.state
    if not reason and proposal.submitted_at is not None:
        raise RulesBroken([Violation("missing", _l("Say why, in a sentence."), "reason")])
    proposal.withdrawn_at = at
    PROPOSAL.fire("withdraw", proposal, by=by, at=at, note=reason)
    for duty in (duties.SUBMIT, duties.MEND, duties.SCREEN, duties.RECOMMEND):
        obligations.meet(duty, subject=proposal.subject, by=by, at=at)
    entry = entry_of(*proposal.subject)
    if entry is not None:
        withdraw_entry(entry, by=by, at=at, note=reason)
    publish(ProposalWithdrawn(**about(proposal, by=by, at=at), reason=reason, was=was.value))


def extend(
    call: Call, organisation: Organisation, until: datetime, reason: str, *, by: Actor, at: datetime
) -> None:
    """Move the closing for one group that has a draft. Raises RulesBroken."""
    authorise(by, "proposal.extend", call)
    found = queries.live_of(organisation.id, call.id)
    broken = []
    if not reason:
        broken.append(Violation("missing", _l("Say why, in a sentence."), "reason"))
    if call.closes_at is None or until <= call.closes_at:
        broken.append(Violation("too_early", _l("This is not after the closing of the call."), "until"))
    if found is None or found.state is not ProposalState.DRAFT or tied(by, organisation.id):
        broken.append(Violation("no_draft", _l("This group has no draft in this call."), "group"))
    if broken or found is None:
        raise RulesBroken(broken)
    proposal = queries.for_writing(found)
    proposal.extended_until = until
    audit.record("extend", proposal, by=by, at=at, note=reason)
    obligations.postpone(duties.SUBMIT, subject=proposal.subject, due_at=until)
    publish(DeadlineExtended(**about(proposal, by=by, at=at), reason=reason, until=until))


def _in_the_way(proposal: Proposal, sent_back: ProposalReturn | None, at: datetime) -> Iterator[Violation]:
    """Lateness first, then every field that is missing or wrong, over all sections."""
    yield from rules.within_return(sent_back, at) if sent_back else rules.within_window(proposal, at)
    for findings in rules.check_all(queries.paper_of(proposal)):
        for violation in findings.violations:
            yield Violation(violation.code, violation.message, f"{findings.section.key}:{violation.field}")


def _frozen(proposal: Proposal, *, by: Actor, at: datetime) -> ProposalVersion:
    """The whole text, to be kept for ever, with the hash over exactly what is kept.

    The number is taken last of all: whoever hands in next waits for it.
    """
    paper = queries.paper_of(proposal)
    version = len(queries.versions(proposal)) + 1
    call = proposal.call
    snapshot: dict[str, Any] = plain(
        {
            "kind": "proposal",
            "version": version,
            "call": call.number,
            "organisation": dict(proposal.organisation.name),
            "title": proposal.title,
            "requested": proposal.requested,
            "total_cost": proposal.total_cost,
            "submitted_at": at,
            "signed_by": by.name,
            "form": forms.frozen(paper.definition, paper.filled, version=proposal.sheet.asks.number),
            "number": proposal.number or reference.take_number(rules.series(call), call.year),
        }
    )
    return ProposalVersion(
        proposal_id=proposal.id,
        number=version,
        snapshot=snapshot,
        content_hash=forms.hash_of(snapshot),
        check_code=check_code(),
        submitted_at=at,
        submitted_by_id=by.user_id,
    )


def _file_words(proposal: Proposal) -> None:
    """What staff find it by: its title, its number, the names of its group."""
    names = " ".join(proposal.organisation.name.values())
    title = f"{proposal.title} {proposal.number} {names}"
    search.put("proposal", proposal.id, title=title, case=proposal.case)


def _arrived(proposal: Proposal, *, by: Actor, at: datetime) -> None:
    """The first time: the group's duty is met, the foundation's begin; nobody with a tie gets to see it."""
    obligations.meet(duties.SUBMIT, subject=proposal.subject, by=by, at=at)
    conflicts.detect_conflicts(pool.who_handles(), [proposal.organisation_id], by=SYSTEM, at=at)
    _owe_screening(proposal, at=at)
    due = queries.step_due(proposal.call, "recommendation")
    if due is not None:
        end = clock.end_of(due)
        db.session.add(Recommendation(proposal_id=proposal.id, due_at=end))
        obligations.open_duty(
            duties.RECOMMEND,
            subject=proposal.subject,
            owner=role_within_region("district", rules.district_of(proposal.region_path)),
            due_at=end,
            case=proposal.case,
            values={"proposal": proposal.public_id, "number": proposal.number, "title": proposal.title},
            at=at,
        )
    publish(ProposalSubmitted(**about(proposal, by=by, at=at), region_path=proposal.region_path))


def _mended(
    proposal: Proposal, sent_back: ProposalReturn, made: ProposalVersion, *, by: Actor, at: datetime
) -> None:
    sent_back.answered_at = at
    obligations.meet(duties.MEND, subject=proposal.subject, by=by, at=at)
    _owe_screening(proposal, at=at)
    publish(ProposalResubmitted(**about(proposal, by=by, at=at), version=made.number))


def _owe_screening(proposal: Proposal, *, at: datetime) -> None:
    due = queries.step_due(proposal.call, "eligibility")
    obligations.open_duty(
        duties.SCREEN,
        subject=proposal.subject,
        owner=role_within_call("officer", proposal.call_id),
        due_at=clock.end_of(due) if due else None,
        case=proposal.case,
        values={"proposal": proposal.public_id, "number": proposal.number, "title": proposal.title},
        at=at,
    )

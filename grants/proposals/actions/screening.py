"""What staff find before the experts read: eligible or not, back for changes, taken up again, sent on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from msgspec import Struct

from grants.accounts.models import User
from grants.core import audit, clock
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import SYSTEM, Actor, authorise
from grants.obligations import actions as obligations
from grants.obligations.fields import organisation as owed_by
from grants.obligations.fields import role_within_call
from grants.organisations import walls
from grants.proposals import duties, queries
from grants.proposals.events import (
    OfficerAssigned,
    ProposalRefused,
    ProposalReinstated,
    ProposalReturned,
    ProposalScreened,
)
from grants.proposals.fields import Outcome
from grants.proposals.lifecycle import PROPOSAL
from grants.proposals.models import Proposal, ProposalReturn, ScreeningResult
from grants.proposals.rules import about


class Finding(Struct, frozen=True):
    """What screening says about one condition of the call."""

    rule_key: str
    result: Outcome
    note: str = ""


def record_screening(proposal: Proposal, findings: Sequence[Finding], *, by: Actor, at: datetime) -> None:
    """Keep the checklist, whole or in part. Raises RulesBroken for a no without its reason."""
    authorise(by, "proposal.screen", proposal)
    proposal = queries.for_writing(proposal)
    if not PROPOSAL.can_fire("pass", proposal):
        raise IllegalTransition(_l("This proposal is not being checked now."))
    known = {rule.key for rule in proposal.call.rules}
    broken = [
        Violation("no_reason", _l("Say why, in a sentence."), f"note-{finding.rule_key}")
        for finding in findings
        if finding.result is not Outcome.PASS and not finding.note
    ]
    broken += [
        Violation("unknown", _l("There is nothing here.")) for f in findings if f.rule_key not in known
    ]
    if broken:
        raise RulesBroken(broken)
    there = queries.screening(proposal)
    before = {key: row.result.value for key, row in there.items()}
    for finding in findings:
        row = there.get(finding.rule_key)
        if row is None:
            row = ScreeningResult(proposal_id=proposal.id, rule_key=finding.rule_key)
            db.session.add(row)
        row.result, row.note, row.by_id, row.at = finding.result, finding.note, by.user_id, at
    after = before | {finding.rule_key: finding.result.value for finding in findings}
    if after != before:
        audit.record("screen", proposal, by=by, at=at, before=before, after=after)


def pass_screening(proposal: Proposal, *, by: Actor, at: datetime) -> None:
    """Every condition of the call is met. Raises RulesBroken, naming those that are not."""
    authorise(by, "proposal.screen", proposal)
    proposal = queries.for_writing(proposal)
    broken = list(_not_passed(proposal))
    if broken:
        raise RulesBroken(broken)
    PROPOSAL.fire("pass", proposal, by=by, at=at)
    obligations.meet(duties.SCREEN, subject=proposal.subject, by=by, at=at)
    publish(ProposalScreened(**about(proposal, by=by, at=at)))


def reject(proposal: Proposal, reason: str, appeal_until: date, *, by: Actor, at: datetime) -> None:
    """Not eligible, with the reason the group reads and the day until which it may appeal."""
    authorise(by, "proposal.screen", proposal)
    proposal = queries.for_writing(proposal)
    broken = []
    if not reason:
        broken.append(Violation("missing", _l("Say why, in a sentence."), "reason"))
    if appeal_until <= clock.day_of(at):
        broken.append(Violation("too_early", _l("Leave the group time to appeal."), "appeal_until"))
    if broken:
        raise RulesBroken(broken)
    proposal.refusal_reason, proposal.appeal_until = reason, appeal_until
    PROPOSAL.fire("reject", proposal, by=by, at=at, note=reason)
    _no_longer_owed(proposal, by=by, at=at)
    publish(
        ProposalRefused(**about(proposal, by=by, at=at), reason=reason, appeal_until=appeal_until.isoformat())
    )


def reinstate(proposal: Proposal, reason: str, *, by: Actor, at: datetime) -> None:
    """Take an ineligible proposal up again; it is screened once more."""
    authorise(by, "proposal.screen", proposal)
    proposal = queries.for_writing(proposal)
    if not reason:
        raise RulesBroken([Violation("missing", _l("Say why, in a sentence."), "reason")])
    PROPOSAL.fire("reinstate", proposal, by=by, at=at, note=reason)
    proposal.refusal_reason, proposal.appeal_until = "", None
    _owe_screening(proposal, at=at)
    publish(ProposalReinstated(**about(proposal, by=by, at=at), reason=reason))


def send_back(
    proposal: Proposal, sections: Sequence[str], reason: str, due_at: datetime, *, by: Actor, at: datetime
) -> None:
    """Return a proposal for named sections only. Raises RulesBroken."""
    authorise(by, "proposal.screen", proposal)
    proposal = queries.for_writing(proposal)
    known = [section["key"] for section in proposal.sheet.asks.definition["sections"]]
    broken = []
    if not sections or set(sections) - set(known):
        broken.append(Violation("missing", _l("Choose at least one section."), "sections"))
    if not reason:
        broken.append(Violation("missing", _l("Say what is to be changed."), "reason"))
    if due_at <= at:
        broken.append(Violation("too_early", _l("The day lies in the past."), "due_on"))
    if broken:
        raise RulesBroken(broken)
    PROPOSAL.fire("return", proposal, by=by, at=at, note=reason)
    ordered = tuple(key for key in known if key in sections)
    db.session.add(
        ProposalReturn(
            proposal_id=proposal.id,
            sections=list(ordered),
            reason=reason,
            due_at=due_at,
            returned_at=at,
            returned_by_id=by.user_id,
        )
    )
    obligations.meet(duties.SCREEN, subject=proposal.subject, by=by, at=at)
    obligations.open_duty(
        duties.MEND,
        subject=proposal.subject,
        owner=owed_by(proposal.organisation_id),
        due_at=due_at,
        case=proposal.case,
        values=_named(proposal),
        at=at,
    )
    publish(ProposalReturned(**about(proposal, by=by, at=at), reason=reason, sections=ordered, due_at=due_at))


def assign_officer(proposal: Proposal, officer: User, *, by: Actor, at: datetime) -> None:
    """Who of the foundation looks after this proposal."""
    authorise(by, "proposal.screen", proposal)
    proposal = queries.for_writing(proposal)
    if proposal.officer_id == officer.id:
        return
    if officer.id in walls.tied_to(proposal.organisation_id):
        message = _l("%(name)s has a tie to the group.", name=officer.name)
        raise RulesBroken([Violation("tied", message, "officer")])
    proposal.officer_id = officer.id
    audit.record("assign officer", proposal, by=by, at=at)
    publish(OfficerAssigned(**about(proposal, by=by, at=at), officer=officer.name, officer_id=officer.id))


def let_go(organisation_id: int, *, at: datetime) -> None:
    """Nobody looks after what they are tied to: it is every officer's of the call until somebody is named."""
    for proposal in queries.in_tied_hands(organisation_id):
        proposal.officer_id = None
        audit.record("let go", proposal, by=SYSTEM, at=at)


def _not_passed(proposal: Proposal) -> Iterator[Violation]:
    there = queries.screening(proposal)
    for rule in proposal.call.rules:
        row = there.get(rule.key)
        if row is None or row.result is not Outcome.PASS:
            yield Violation("not_passed", _l("This condition has not been passed."), f"result-{rule.key}")


def _no_longer_owed(proposal: Proposal, *, by: Actor, at: datetime) -> None:
    for duty in (duties.SCREEN, duties.MEND, duties.RECOMMEND):
        obligations.meet(duty, subject=proposal.subject, by=by, at=at)


def _owe_screening(proposal: Proposal, *, at: datetime) -> None:
    obligations.open_duty(
        duties.SCREEN,
        subject=proposal.subject,
        owner=role_within_call("officer", proposal.call_id),
        due_at=None,
        case=proposal.case,
        values=_named(proposal),
        at=at,
    )


def _named(proposal: Proposal) -> dict[str, str]:
    return {
        "proposal": proposal.public_id,
        "number": proposal.number or "",
        "title": proposal.title,
    }

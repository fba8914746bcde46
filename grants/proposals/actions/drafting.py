"""From the first line to a whole draft: begin, save sections, attach files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy.exc import IntegrityError

from grants.calls.models import Call
from grants.core import audit
from grants.core.db import db
from grants.core.errors import IllegalTransition, NotFound, RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.documents import actions as documents
from grants.documents import queries as files
from grants.documents.actions import Spooled
from grants.obligations import actions as obligations
from grants.obligations.fields import organisation as owed_by
from grants.organisations.actions import parties
from grants.organisations.models import Organisation
from grants.proposals import duties, queries, rules
from grants.proposals.events import ProposalStarted
from grants.proposals.fields import ProposalState
from grants.proposals.lifecycle import EDITABLE
from grants.proposals.models import Proposal, ProposalField
from grants.proposals.rules import Paper, SectionFindings, about
from grants.questionnaires import actions as forms
from grants.questionnaires import queries as form_queries
from grants.questionnaires.definition import Kind, Section
from grants.questionnaires.models import SectionAnswers
from grants.reference import queries as reference


class Saved(Struct, frozen=True):
    """What a save left behind: the section's row, the whole as rules see it, and what is wrong."""

    row: SectionAnswers
    paper: Paper
    findings: SectionFindings


def start(
    call: Call, organisation: Organisation, declared: Mapping[str, bool], *, by: Actor, at: datetime
) -> Proposal:
    """Begin a draft. `declared` answers, rule by rule, what nobody can look up.

    Raises RulesBroken when the call is not open, the group may not apply, or has a proposal in it already.
    """
    authorise(by, "proposal.start", organisation)
    broken = list(rules.open_for(call, at))
    if queries.live_of(organisation.id, call.id) is not None:
        broken.append(_ALREADY)
    broken += rules.refusals(queries.eligibility(call, organisation, declared, at))
    if broken:
        raise RulesBroken(broken)
    asks = form_queries.version(call.questionnaire_version_id)
    sheet = forms.new_sheet(asks, holder_kind="proposal")
    proposal = Proposal(
        call_id=call.id,
        organisation_id=organisation.id,
        region_path=organisation.region_path,
        sheet_id=sheet.id,
        started_at=at,
        started_by_id=by.user_id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(proposal)
    except IntegrityError:
        raise RulesBroken([_ALREADY]) from None
    sheet.holder_id = proposal.id
    parties.stand_behind(proposal.case, [organisation.id])
    whole = queries.by_id(proposal.id)
    audit.record("start", whole, by=by, at=at, after={"call": call.id, "organisation": organisation.id})
    _owe(whole, at=at)
    publish(ProposalStarted(**about(whole, by=by, at=at)))
    return whole


def save_section(
    proposal: Proposal, section: Section, given: Mapping[str, Any], *, version: int, by: Actor, at: datetime
) -> Saved:
    """Keep what was written in a section, right or wrong; the columns that repeat answers follow.

    Raises StaleSection when somebody saved in between, RulesBroken for what cannot be kept at all,
    IllegalTransition when the proposal, or this section of it, is no longer to be written.
    """
    authorise(by, "proposal.edit", proposal)
    proposal = queries.for_writing(proposal)
    demand_writing(proposal, section)
    row = forms.save_section(proposal.sheet_id, section, given, version=version, by=by, at=at)
    paper = _follow(proposal)
    return Saved(row, paper, rules.check_section(paper, section, complete=False))


def attach(
    proposal: Proposal, section: Section, question: str, spooled: Spooled, *, by: Actor, at: datetime
) -> None:
    """File an upload with a question of the form."""
    authorise(by, "proposal.edit", proposal)
    proposal = queries.for_writing(proposal)
    demand_writing(proposal, section)
    asked = section.question(question)
    if asked is None or asked.kind is not Kind.FILE:
        raise NotFound
    row = form_queries.section_for_writing(proposal.sheet_id, section.key)
    there = list(row.answers.get(question, []))
    if len(there) >= int(asked.maximum or 1):
        message = _l("At most %(most)s files here.", most=asked.maximum or 1)
        raise RulesBroken([Violation("too_many", message, f"answers.{question}")])
    document = documents.keep(spooled, holder=proposal, purpose=question, by=by, at=at)
    db.session.flush()
    kept = {"id": document.public_id, "name": spooled.name, "size": spooled.size, "sha256": spooled.sha256}
    forms.keep(row, {**row.answers, question: [*there, kept]}, by=by, at=at)


def detach(
    proposal: Proposal, section: Section, question: str, document_id: str, *, by: Actor, at: datetime
) -> None:
    """Take a file out of the draft. What was handed in with it keeps it."""
    authorise(by, "proposal.edit", proposal)
    proposal = queries.for_writing(proposal)
    demand_writing(proposal, section)
    row = form_queries.section_for_writing(proposal.sheet_id, section.key)
    there = row.answers.get(question, [])
    left = [file for file in there if file["id"] != document_id] if isinstance(there, list) else []
    document = files.document_at(document_id)
    if document is None or (document.holder_kind, document.holder_id) != ("proposal", proposal.id):
        raise NotFound
    if proposal.submitted_at is None:
        documents.withdraw(document, by=by, at=at)
    kept = (
        {**row.answers, question: left} if left else {k: v for k, v in row.answers.items() if k != question}
    )
    forms.keep(row, kept, by=by, at=at)


def demand_writing(proposal: Proposal, section: Section) -> None:
    """Raises IllegalTransition when the proposal, or this section of it, is no longer to be written."""
    if proposal.state not in EDITABLE:
        raise IllegalTransition(_l("This proposal was handed in and can no longer be changed."))
    if proposal.state is ProposalState.RETURNED:
        sent_back = queries.open_return(proposal)
        if sent_back is None or section.key not in sent_back.sections:
            raise IllegalTransition(_l("Only the sections that were returned can be changed."))


def _follow(proposal: Proposal) -> Paper:
    """Copy what the columns repeat; they move only when an answer they repeat did."""
    paper = queries.paper_of(proposal)
    for column, value in rules.columns(paper).items():
        if getattr(proposal, column) != value:
            setattr(proposal, column, value)
    region = reference.region_by_code(str(paper.value("region") or ""))
    path = region.path if region else proposal.organisation.region_path
    if proposal.region_path != path:
        proposal.region_path = path
    wanted, kept = list(paper.value("fields") or []), {row.field: row for row in proposal.fields}
    if kept.keys() != set(wanted):
        proposal.fields = [kept.get(field) or ProposalField(field=field) for field in wanted]
    return paper


def _owe(proposal: Proposal, *, at: datetime) -> None:
    obligations.open_duty(
        duties.SUBMIT,
        subject=proposal.subject,
        owner=owed_by(proposal.organisation_id),
        due_at=proposal.call.closes_at,
        case=proposal.case,
        values={"proposal": proposal.public_id},
        at=at,
    )


_ALREADY = Violation("already", _l("Your group has a proposal in this call already."))

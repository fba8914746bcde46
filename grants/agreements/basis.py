"""What an agreement is made from: the frozen proposal, the call's plan, the parties as they stand on record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from grants.accounts.models import User
from grants.agreements import queries, rules
from grants.agreements.models import Grant
from grants.agreements.terms import Basis, Body, Planned, Target, Tranche, Work
from grants.calls.models import Call
from grants.core.i18n import in_chinese, speaking
from grants.organisations.models import Organisation
from grants.proposals import queries as proposals
from grants.proposals import rules as proposal_rules
from grants.proposals.budget import totals
from grants.proposals.models import Proposal
from grants.proposals.rules import Paper
from grants.questionnaires import queries as forms
from grants.questionnaires import rules as form_rules
from grants.reference import queries as reference
from grants.reference.models import FoundationProfile

PEOPLE = {"zh-Hans": "服务对象人数", "en": "People helped"}
TIMES = {"zh-Hans": "志愿服务人次", "en": "Volunteer person-times"}
HEADS = {"zh-Hans": "人", "en": "people"}
OCCASIONS = {"zh-Hans": "人次", "en": "times"}


def basis_of(grant: Grant, proposal: Proposal) -> Basis:
    """Everything the first draft of the agreement is made from. The proposal needs its call's tranches and its group."""
    group = proposal.organisation
    payee = rules.payee_of(group)
    return Basis(
        grant_number=grant.number,
        call_title=proposal.call.title,
        amount=grant.amount,
        work=work_of(proposal),
        plan=plan_of(proposal.call),
        foundation=_foundation(reference.foundation()),
        group=_body(group),
        host=_body(payee) if payee is not None and payee.id != group.id else None,
        volunteer=reference.foundation().volunteer_word.value,
    )


def plan_of(call: Call) -> Sequence[Tranche]:
    return [Tranche(row.number, row.percent, row.gate.value) for row in call.tranches]


def work_of(proposal: Proposal) -> Work:
    """The work as the frozen version tells it."""
    whole = proposals.by_id(proposal.id)
    paper, names = _frozen(whole)
    granted = totals(paper.budget).granted
    return Work(
        title=whole.title,
        purpose=_text(paper, "summary"),
        place=_place(_region_id(paper, whole)),
        beneficiaries=_beneficiaries(paper, names.get("beneficiary", {})),
        starts_on=whole.starts_on,
        ends_on=whole.ends_on,
        budget=granted,
        category_names=names.get("budget_category", {}),
        steps=tuple(_steps(paper)),
        targets=tuple(_targets(paper)),
    )


def _frozen(proposal: Proposal) -> tuple[Paper, Mapping[str, Mapping[str, Any]]]:
    """The newest version handed in, read with the form it was written on, and the words of its terms."""
    form = proposals.newest_version(proposal).snapshot["form"]
    asked = forms.what_is_asked(proposal.sheet.asks)
    limits = proposal_rules.limits_of(proposal.call)
    paper = Paper(asked, form_rules.thawed(form), limits, proposal.call.months_maximum)
    return paper, form.get("terms", {})


def _place(region_id: int | None) -> str:
    """In Chinese, whoever makes the paper: it is valid in Chinese alone."""
    with speaking("zh-Hans"):
        return reference.region_label(region_id, long=True)


def _text(paper: Paper, column: str) -> str:
    return str(paper.value(column) or "")


def _region_id(paper: Paper, proposal: Proposal) -> int | None:
    row = reference.region_by_code(_text(paper, "region"))
    return row.id if row else proposal.organisation.region_id


def _beneficiaries(paper: Paper, names: Mapping[str, Any]) -> str:
    rows = paper.value("beneficiaries")
    told = [
        f"{in_chinese(names.get(str(row.get('type')), {'zh-Hans': str(row.get('type'))}))}{row.get('people')}人"
        for row in (rows if isinstance(rows, list) else [])
        if row.get("type") and row.get("people")
    ]
    return "、".join(told)


def _steps(paper: Paper) -> Iterator[Planned]:
    """The rows of the proposal's timetable whose dates can be read."""
    for section, question in paper.definition.questions():
        rows = paper.filled.of(section.key).get(question.key)
        if question.key != "schedule" or not isinstance(rows, list):
            continue
        for row in rows:
            from_on, due_on = _day(row.get("from_on")), _day(row.get("until_on"))
            if from_on and due_on and from_on <= due_on and row.get("what"):
                yield Planned({"zh-Hans": str(row["what"])}, from_on, due_on)


def _targets(paper: Paper) -> Iterator[Target]:
    if paper.people:
        yield Target("people", PEOPLE, HEADS, paper.people)
    times = paper.value("person_times")
    if isinstance(times, int) and times > 0:
        yield Target("person_times", TIMES, OCCASIONS, times)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _foundation(profile: FoundationProfile) -> Body:
    return Body(
        name=profile.name,
        credit_code=profile.credit_code,
        address=in_chinese(profile.address),
        representative=in_chinese(profile.board_chair),
        contact="",
        phone=profile.phone,
    )


def _body(organisation: Organisation) -> Body:
    """A group or host: its leader represents it, its contact person answers."""
    leader: User | None = queries.owner_of(organisation.id)
    contact = organisation.contact
    return Body(
        name=organisation.name,
        credit_code=organisation.credit_code or "",
        address=_place(organisation.region_id),
        representative=leader.name if leader else (contact.name if contact else ""),
        contact=contact.name if contact else "",
        phone=contact.phone if contact else "",
    )


def letterhead() -> dict[str, str]:
    """The foundation as every paper names it (S000-1), with the account that rests are returned to."""
    profile = reference.foundation()
    return {
        "name": in_chinese(profile.name),
        "name_en": str(profile.name.get("en", "")),
        "address": in_chinese(profile.address),
        "phone": profile.phone,
        "email": profile.email,
        "bank": profile.bank_name,
        "account": profile.bank_account or "",
        "seal_holder": profile.seal_holder,
    }

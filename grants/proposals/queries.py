"""Everything that reads proposals; what is loaded with them is decided here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from grants.accounts import queries as people
from grants.calls.fields import CallState
from grants.calls.models import Call, CallStep
from grants.calls.rules.eligibility import Answer, GroupFacts, Rule, assess
from grants.core import clock
from grants.core.db import db
from grants.core.errors import existing
from grants.core.holding import for_change
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, permits
from grants.core.reach import within
from grants.core.text import folded
from grants.organisations import queries as organisations
from grants.organisations import walls
from grants.organisations.fields import AnnualCheck, Kind, StandingKind
from grants.organisations.models import Membership, Organisation
from grants.organisations.policies import tied
from grants.papers.checking import CheckedPaper
from grants.proposals.fields import ProposalState
from grants.proposals.models import (
    Proposal,
    ProposalReturn,
    ProposalVersion,
    ScreeningResult,
)
from grants.proposals.policies import MEMBERS, READERS, WRITERS, FileDoor
from grants.proposals.rules import Paper, paper
from grants.questionnaires import queries as forms
from grants.questionnaires.models import AnswerSheet
from grants.reference import queries as reference
from grants.reference.fields import Taxonomy
from grants.reviews.queries.loading import readers_of

PASSED_CHECKS = frozenset({AnnualCheck.PASSED, AnnualCheck.MOSTLY})


class DraftCounts(Struct, frozen=True):
    """All that staff learn of drafts."""

    drafts: int
    groups: int


def whole() -> tuple[ExecutableOption, ...]:
    """A proposal with its call's caps, its group, its form and every answer: what its pages and the paper need."""
    return (
        joinedload(Proposal.call).selectinload(Call.caps),
        joinedload(Proposal.organisation).joinedload(Organisation.host),
        joinedload(Proposal.sheet).options(joinedload(AnswerSheet.asks), selectinload(AnswerSheet.sections)),
        joinedload(Proposal.recommendation),
        joinedload(Proposal.officer),
    )


def conditions() -> ExecutableOption:
    """What the call asks of a group, which screening goes through."""
    return joinedload(Proposal.call).selectinload(Call.rules)


def by_public_id(public_id: str, **_: str) -> Proposal:
    """The proposal an address names, whole. Further parts of the address are the view's. Raises NotFound."""
    return existing(
        db.session.scalar(select(Proposal).where(Proposal.public_id == public_id).options(*whole()))
    )


def for_screening(public_id: str, **_: str) -> Proposal:
    """As `by_public_id`, with the conditions of its call."""
    wanted = select(Proposal).where(Proposal.public_id == public_id)
    return existing(db.session.scalar(wanted.options(*whole(), conditions())))


def by_id(proposal_id: int) -> Proposal:
    return existing(db.session.scalar(select(Proposal).where(Proposal.id == proposal_id).options(*whole())))


def by_number(number: str) -> Proposal | None:
    return db.session.scalar(select(Proposal).where(Proposal.number == number))


def for_writing(proposal: Proposal) -> Proposal:
    """The proposal as it stands now, whole, with its call's conditions and its fields of work, and nobody else
    may change it until the unit of work ends.

    Every writer takes this lock before any row of the form, so that two never wait for each other.
    """
    return for_change(proposal, *whole(), conditions(), selectinload(Proposal.fields))


def live_of(organisation_id: int, call_id: int) -> Proposal | None:
    """The one proposal of a group in a call that is not withdrawn."""
    return db.session.scalar(
        select(Proposal)
        .where(
            Proposal.organisation_id == organisation_id,
            Proposal.call_id == call_id,
            Proposal.state != ProposalState.WITHDRAWN,
        )
        .options(joinedload(Proposal.call))
    )


def paper_of(proposal: Proposal) -> Paper:
    """The proposal as the rules see it. Needs it whole."""
    asked = forms.what_is_asked(proposal.sheet.asks)
    return paper(asked, forms.answers_of(proposal.sheet), proposal.call, field_risks())


def field_risks() -> dict[str, str]:
    """How dangerous each field of work is, as staff set it."""
    return {row.key: row.attributes.get("risk", "low") for row in reference.terms(Taxonomy.FIELD)}


def versions(proposal: Proposal) -> list[ProposalVersion]:
    """What was handed in, newest first."""
    return list(
        db.session.scalars(
            select(ProposalVersion)
            .where(ProposalVersion.proposal_id == proposal.id)
            .order_by(ProposalVersion.number.desc())
        )
    )


def version(proposal: Proposal, number: int) -> ProposalVersion:
    return existing(
        db.session.scalar(
            select(ProposalVersion).where(
                ProposalVersion.proposal_id == proposal.id, ProposalVersion.number == number
            )
        )
    )


def newest_version(proposal: Proposal) -> ProposalVersion:
    """What stands handed in. Raises NotFound for a draft."""
    return existing(next(iter(versions(proposal)), None))


def version_by_code(code: str) -> tuple[ProposalVersion, Proposal] | None:
    """The paper with this check code, and its proposal."""
    found = db.session.execute(
        select(ProposalVersion, Proposal)
        .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
        .where(ProposalVersion.check_code == code)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def checked_receipt(code: str, actor: Actor) -> CheckedPaper | None:
    """What anybody with the code of a receipt may know. Title and group are told only by the stored paper."""
    found = version_by_code(code)
    if found is None:
        return None
    version, proposal = found
    newer = proposal.check_code != version.check_code
    return CheckedPaper(
        kind=_l("Receipt for a proposal"),
        number=str(version.snapshot["number"]),
        issued_at=version.submitted_at,
        content_hash=version.content_hash,
        is_valid=proposal.withdrawn_at is None,
        remark=_l("A newer version was handed in later.") if newer else "",
        facts=((_l("Version"), str(version.number)),),
        href=f"/proposals/{proposal.public_id}/print?version={version.number}",
        may_open=permits(actor, "proposal.view", proposal),
    )


def open_return(proposal: Proposal) -> ProposalReturn | None:
    """What the group has been asked to mend and has not answered yet; nothing while it does not lie with them."""
    if proposal.state is not ProposalState.RETURNED:
        return None
    return db.session.scalar(
        select(ProposalReturn)
        .where(ProposalReturn.proposal_id == proposal.id, ProposalReturn.answered_at.is_(None))
        .order_by(ProposalReturn.id.desc())
        .limit(1)
    )


def screening(proposal: Proposal) -> dict[str, ScreeningResult]:
    rows = db.session.scalars(select(ScreeningResult).where(ScreeningResult.proposal_id == proposal.id))
    return {row.rule_key: row for row in rows}


def open_call(public_id: str) -> Call:
    """A published call with its conditions. Raises NotFound for a draft, too."""
    return existing(
        db.session.scalar(
            select(Call)
            .where(Call.public_id == public_id, Call.state.not_in([CallState.DRAFT, CallState.CANCELLED]))
            .options(selectinload(Call.rules))
        )
    )


def call_by_id(call_id: int) -> Call:
    """With its conditions."""
    return existing(
        db.session.scalar(select(Call).where(Call.id == call_id).options(selectinload(Call.rules)))
    )


def call_of_staff(public_id: str) -> Call:
    return existing(db.session.scalar(select(Call).where(Call.public_id == public_id)))


def groups_written_for(actor: Actor) -> list[Organisation]:
    """The groups whose proposals this person may write."""
    return list(
        db.session.scalars(
            select(Organisation)
            .where(Organisation.id.in_(actor.ids("organisation", *WRITERS)), Organisation.kind == Kind.GROUP)
            .order_by(Organisation.name_folded, Organisation.id)
        )
    )


def writers_of(organisation_id: int) -> list[int]:
    """The people who write for a group: those whom its proposals concern."""
    found = select(Membership.user_id).where(
        Membership.organisation_id == organisation_id,
        Membership.role.in_(WRITERS),
        Membership.until_on.is_(None),
    )
    return list(db.session.scalars(found.order_by(Membership.id)))


def officers_of(call_id: int, organisation_id: int) -> list[int]:
    """The officers of a call who may know of this group's proposal."""
    tied = walls.tied_to(organisation_id)
    return [user_id for user_id in people.holders_of("officer", call_id=call_id) if user_id not in tied]


def who_looks_after(proposal: Proposal) -> list[int]:
    """Who is called into a conversation: those who write for the group; once handed in, who checks it."""
    writers = writers_of(proposal.organisation_id)
    if proposal.submitted_at is None:
        return writers
    tied = walls.tied_to_cases([proposal.case]).get(proposal.case, frozenset())
    named = [proposal.officer_id] if proposal.officer_id else []
    officers = named or people.holders_of("officer", call_id=proposal.call_id)
    return [*writers, *(user_id for user_id in officers if user_id not in tied)]


def in_tied_hands(organisation_id: int) -> Sequence[Proposal]:
    """What a body stands behind, itself or through whom it hosts, and a person with a tie to it looks after."""
    bodies = walls.hosted_by(organisation_id)
    cases = [case for case in walls.cases_behind(bodies) if case.startswith(walls.PROPOSAL)]
    ids = [int(case.removeprefix(walls.PROPOSAL)) for case in cases]
    rows = db.session.scalars(
        select(Proposal)
        .where(Proposal.officer_id.is_not(None), Proposal.id.in_(ids))
        .options(joinedload(Proposal.officer))
        .order_by(Proposal.id)
    ).all()
    tied = walls.tied_to_cases(cases)
    return [row for row in rows if row.officer_id in tied.get(row.case, ())]


def group_named(name: str) -> Organisation | None:
    """The group of this name, however it is spelled; None when there is none, or several."""
    found = db.session.scalars(
        select(Organisation).where(
            Organisation.kind == Kind.GROUP, Organisation.name_folded.contains(folded(name), autoescape=True)
        )
    ).all()
    return found[0] if len(found) == 1 else None


def step_due(call: Call, key: str) -> date | None:
    """The last day of a step of the call's timetable; None when the call has no such step."""
    return db.session.scalar(
        select(CallStep.until_on).where(CallStep.call_id == call.id, CallStep.key == key)
    )


def eligibility(
    call: Call, organisation: Organisation, declared: Mapping[str, bool], at: datetime
) -> list[Answer]:
    """What each condition of the call says to this group. The call's rules must be loaded."""
    conditions = [Rule(rule.key, rule.text, rule.reason, rule.check) for rule in call.rules]
    return assess(conditions, group_facts(organisation, call, declared, at))


def group_facts(
    organisation: Organisation, call: Call, declared: Mapping[str, bool], at: datetime
) -> GroupFacts:
    """What is on record about a group on that day, and what it says of itself."""
    on = clock.day_of(at)
    standing = organisations.standing_of([organisation.id], on).get(organisation.id, {})
    blocked, checks = standing.get(StandingKind.BLOCKED, ()), standing.get(StandingKind.ANNUAL_CHECK, ())
    live = live_of(organisation.id, call.id)
    return GroupFacts(
        on=on,
        legal_status=organisation.legal_status.value,
        has_host=organisation.host_id is not None,
        founded_on=organisation.founded_on,
        region_path=organisation.region_path,
        is_blocked=bool(blocked),
        blocked_until=max((row.until_on for row in blocked if row.until_on), default=None),
        earlier_project_is_closed=not standing.get(StandingKind.OPEN_DUTY),
        annual_check_passed=_passed(checks[0].value) if checks else None,
        other_proposals=0 if live is None else 1,
        declared=declared,
    )


def _passed(result: str) -> bool | None:
    """A check that was not handed in yet says nothing: the group answers for itself until staff look."""
    return None if result == AnnualCheck.MISSING else result in PASSED_CHECKS


def extensions(call_id: int) -> list[Proposal]:
    """The groups for which a call closes later, by their drafts."""
    return list(
        db.session.scalars(
            select(Proposal)
            .where(Proposal.call_id == call_id, Proposal.extended_until.isnot(None))
            .options(joinedload(Proposal.organisation))
            .order_by(Proposal.extended_until, Proposal.id)
        )
    )


def draft_counts(call_id: int) -> DraftCounts:
    drafts, groups = db.session.execute(
        select(func.count(Proposal.id), func.count(Proposal.organisation_id.distinct())).where(
            Proposal.call_id == call_id, Proposal.state == ProposalState.DRAFT
        )
    ).one()
    return DraftCounts(drafts, groups)


def visible_to(actor: Actor) -> Select[Proposal]:
    """Every proposal the actor may view: the SQL twin of the policy `proposal.view`."""
    return select(Proposal).where(may_view(actor))


def may_view(actor: Actor) -> ColumnElement[bool]:
    """The condition alone, for counts and joins."""
    own = Proposal.organisation_id.in_(actor.ids("organisation", *MEMBERS))
    if actor.holds_everywhere(*MEMBERS):
        own = true()
    handed_in = Proposal.submitted_at.isnot(None)
    wall = walls.beyond_the_wall(actor, Proposal.organisation_id, proposal_id=Proposal.id)
    return or_(own, and_(handed_in, _staff(actor), wall))


def _staff(actor: Actor) -> ColumnElement[bool]:
    """Where the actor reads what was handed in: everywhere, or in their calls and regions."""
    of_foundation = within(actor, READERS, region=Proposal.region_path, call=Proposal.call_id)
    return or_(of_foundation, within(actor, ("district",), region=Proposal.region_path))


def may_be_seen(proposal: Proposal, actor: Actor) -> bool:
    """Nobody with a tie to the group finds its proposal in a list."""
    return not tied(actor, proposal.organisation_id, case=proposal.case)


def file_door(proposal_id: int) -> FileDoor:
    """Who may open the files of a proposal: asked by the one door to every file."""
    return FileDoor(by_id(proposal_id), readers_of("proposal", proposal_id))

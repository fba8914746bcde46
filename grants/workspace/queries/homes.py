"""What the home of each role shows: parcels on their way, the funnel of a call, the figures, the standards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from grants.agreements.models import Grant
from grants.calls.fields import CallState
from grants.calls.models import Call
from grants.calls.queries import loading
from grants.calls.rules import timetable
from grants.core import clock
from grants.core.db import db
from grants.core.i18n import Sentence, date_text, language, words
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money
from grants.core.policy import Actor
from grants.core.remembered import remembered
from grants.obligations.queries import Duty
from grants.organisations.models import Organisation
from grants.projects.fields import ProjectState
from grants.projects.models import Project
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal
from grants.proposals.policies import MEMBERS
from grants.proposals.queries import may_view
from grants.publishing import queries as publishing
from grants.workspace.fields import PROPOSALS, STEPS, Standing, address_of, standing_of

MOST_PARCELS = 60
UNDER_WAY = (
    CallState.OPEN,
    CallState.CLOSED,
    CallState.IN_REVIEW,
    CallState.DECIDED,
    CallState.IN_NOTICE,
    CallState.IN_IMPLEMENTATION,
)


class Parcel(Struct, frozen=True):
    """One proposal, or the project it became, on its way. `duty` is what its group owes next."""

    title: str
    number: str
    href: str
    call: Mapping[str, str]
    organisation: Mapping[str, str]
    standing: Standing
    track: Sequence[Mapping[str, object]]
    amount: Money
    duty: Duty | None


def parcels(actor: Actor, duties: Sequence[Duty]) -> list[Parcel]:
    """Everything of the groups the actor belongs to, the newest first, in one query; `duties` are theirs."""
    statement = (
        select(Proposal, Call.title, Organisation.name, Grant.amount, Project.public_id, Project.state)
        .join(Call, Call.id == Proposal.call_id)
        .join(Organisation, Organisation.id == Proposal.organisation_id)
        .outerjoin(Grant, Grant.proposal_id == Proposal.id)
        .outerjoin(Project, Project.grant_id == Grant.id)
        .where(Proposal.organisation_id.in_(actor.ids("organisation", *MEMBERS)))
        .order_by(Proposal.started_at.desc(), Proposal.id.desc())
        .limit(MOST_PARCELS)
    )
    soonest = {duty.case: duty for duty in reversed(duties)}
    return [_parcel(soonest, *row) for row in db.session.execute(statement)]


def _parcel(
    soonest: Mapping[str, Duty],
    proposal: Proposal,
    call: Mapping[str, str],
    organisation: Mapping[str, str],
    granted: Money | None,
    project_id: str | None,
    project_state: ProjectState | None,
) -> Parcel:
    standing = standing_of(proposal.state, is_granted=granted is not None, project=project_state)
    return Parcel(
        title=proposal.title,
        number=proposal.number or "",
        href=address_of(proposal.public_id, project_id),
        call=call,
        organisation=organisation,
        standing=standing,
        track=_track(standing),
        amount=granted if granted is not None else proposal.requested,
        duty=soonest.get(proposal.case),
    )


def _track(standing: Standing) -> list[Mapping[str, object]]:
    """The steps as `components/track.html` shows them; none for what ended before its time."""
    if standing.tone in {"off", "stop"}:
        return []
    places = (
        "past" if at < standing.step else "now" if at == standing.step else "" for at in range(len(STEPS))
    )
    return [{"label": label, "state": place} for label, place in zip(STEPS, places, strict=True)]


class Stage(Struct, frozen=True):
    """One state of the funnel: how many, how much is asked, where they open."""

    standing: Standing
    count: int
    requested: Money
    href: str


class Funnel(Struct, frozen=True):
    """A call and where its proposals stand."""

    title: Mapping[str, str]
    href: str
    state: CallState
    closes_at: datetime | None
    envelope: Money
    total: int
    stages: Sequence[Stage]


def funnels(actor: Actor) -> list[Funnel]:
    """The calls under way, each with counts of what the reader may see; every count opens its rows."""
    calls = db.session.scalars(
        select(Call).where(Call.state.in_(UNDER_WAY)).order_by(Call.closes_at.desc(), Call.id.desc())
    ).all()
    ids = tuple(call.id for call in calls)
    counts = remembered(("funnels", ids), actor, lambda: _counts(actor, ids))
    return [_funnel(call, counts.get(call.id, {})) for call in calls]


def _counts(actor: Actor, call_ids: Sequence[int]) -> dict[int, dict[ProposalState, tuple[int, Money]]]:
    statement = (
        select(Proposal.call_id, Proposal.state, func.count(), func.coalesce(func.sum(Proposal.requested), 0))
        .where(Proposal.call_id.in_(call_ids), may_view(actor), Proposal.state != ProposalState.DRAFT)
        .group_by(Proposal.call_id, Proposal.state)
    )
    found: dict[int, dict[ProposalState, tuple[int, Money]]] = defaultdict(dict)
    for call_id, state, number, requested in db.session.execute(statement):
        found[call_id][state] = (number, requested if isinstance(requested, Money) else Money(int(requested)))
    return found


def _funnel(call: Call, counts: Mapping[ProposalState, tuple[int, Money]]) -> Funnel:
    stages = [
        Stage(PROPOSALS[state], *counts[state], f"/desk/proposals?call={call.public_id}&state={state.value}")
        for state in ProposalState
        if state in counts
    ]
    return Funnel(
        title=call.title,
        href=f"/calls/{call.public_id}",
        state=call.state,
        closes_at=call.closes_at,
        envelope=call.envelope,
        total=sum(stage.count for stage in stages),
        stages=stages,
    )


class Standards(Struct, frozen=True):
    """A call whose standards count now, for the fourth block of every home."""

    title: Mapping[str, str]
    href: str
    closes_at: datetime | None
    is_open: bool
    now: Sequence[str]
    then: Sequence[str]


def standards() -> list[Standards]:
    """The published standards people work by now, each with its way: the newest calls first."""
    found = db.session.scalars(
        select(Call)
        .where(Call.state.in_((CallState.SCHEDULED, *UNDER_WAY)))
        .options(selectinload(Call.steps))
        .order_by(Call.closes_at.desc(), Call.id.desc())
        .limit(6)
    )
    today = clock.today()
    return [
        Standards(
            call.title,
            f"/open-calls/{call.public_id}",
            call.closes_at,
            call.state is CallState.OPEN,
            *_way(call, today),
        )
        for call in found
    ]


def _way(call: Call, today: date) -> tuple[list[str], list[str]]:
    """What a call is at, and the step that comes next; nobody is blamed for a late one."""
    now = [_("Applying")] if call.state is CallState.OPEN else []
    then: list[str] = []
    for step in loading.steps_of(call):
        standing = timetable.standing(step, call.state, today)
        if standing in {timetable.Standing.NOW, timetable.Standing.OVERDUE}:
            now.append(words(step.title))
        elif standing is timetable.Standing.NEXT and not then:
            then.append(f"{words(step.title)} · {date_text(step.begins)}")
    return now, then


class Figure(Struct, frozen=True):
    """A number that opens the rows it counts."""

    label: Sentence
    value: str
    href: str


def figures(actor: Actor) -> list[Figure]:
    """What the foundation has promised and what is under way, among what the reader may see."""
    found = remembered("figures", actor, lambda: _figures(actor))
    return [
        Figure(_l("Proposals sent in"), str(found.sent_in), "/desk/proposals"),
        Figure(_l("Asked for"), _whole(found.asked), "/desk/proposals?sort=-requested"),
        Figure(_l("Grants promised"), str(found.promised), "/desk/proposals?state=funded"),
        Figure(_l("Money promised"), _whole(found.granted), "/desk/proposals?state=funded"),
        Figure(_l("Projects under way"), str(found.active), "/projects?state=active"),
    ]


class _Figures(Struct, frozen=True):
    sent_in: int
    asked: Money | int
    promised: int
    granted: Money | int
    active: int


def _figures(actor: Actor) -> _Figures:
    visible = may_view(actor)
    sent_in, asked = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Proposal.requested), 0)).where(
            visible, Proposal.submitted_at.is_not(None)
        )
    ).one()
    promised, granted = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Grant.amount), 0))
        .join(Proposal, Proposal.id == Grant.proposal_id)
        .where(visible)
    ).one()
    active = db.session.scalar(
        select(func.count())
        .select_from(Project)
        .join(Grant, Grant.id == Project.grant_id)
        .join(Proposal, Proposal.id == Grant.proposal_id)
        .where(visible, Project.state == ProjectState.ACTIVE)
    )
    return _Figures(sent_in, asked, promised, granted, active or 0)


def public_figures() -> list[Figure]:
    """What everybody may count, for those who have no desk."""
    sums = publishing.totals()
    return [
        Figure(_l("Funded projects"), str(sums["projects"]), "/funded"),
        Figure(_l("Granted"), _whole(sums["granted"]), "/funded"),
        Figure(_l("Paid so far"), _whole(sums["paid"]), "/funded"),
        Figure(_l("Verified hours"), str(sums["hours"]), "/funded"),
    ]


def _whole(amount: Money | int) -> str:
    money = amount if isinstance(amount, Money) else Money(int(amount))
    return money.formatted(language()).removesuffix(".00")

"""One case from call to last payment: its header, what is owed in it, and its timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from sqlalchemy import select

from grants.accounts.models import User
from grants.agreements.models import Agreement, Grant
from grants.awards.models import Nomination
from grants.core.db import db
from grants.core.events import Event, TimelineEntry, Visibility
from grants.core.i18n import datetime_text, filled, language, words
from grants.core.i18n import gettext as _
from grants.core.money import Money
from grants.projects.fields import ProjectState
from grants.projects.models import Project
from grants.proposals.models import Proposal
from grants.workspace.fields import standing_of

MOST = 300


class Told(Struct, frozen=True):
    """One fact of the timeline, worded for the reader."""

    title: str
    text: str
    when: str
    time: str
    tone: str = "past"


class Relatives(Struct, frozen=True):
    """What grew out of the proposal, as far as it has come."""

    grant_number: str
    amount: Money | None
    agreement_id: str
    project_id: str
    project_state: ProjectState | None = None


class CaseName(Struct, frozen=True):
    """How a case is called in a list, and where it opens."""

    label: str
    href: str


def names(cases: Iterable[str]) -> dict[str, CaseName]:
    """The cases of a list by their names, in two queries; what is no case of these kinds is left out."""
    ids: dict[str, list[int]] = {"proposal": [], "award": []}
    for case in set(cases):
        kind, _slash, number = case.partition("/")
        if kind in ids and number.isdecimal():
            ids[kind].append(int(number))
    proposals = select(Proposal.id, Proposal.public_id, Proposal.number, Proposal.title)
    nominations = select(Nomination.id, Nomination.public_id, Nomination.nominee_name)
    found = {
        f"proposal/{row_id}": CaseName(number or title, f"/cases/{public_id}")
        for row_id, public_id, number, title in db.session.execute(
            proposals.where(Proposal.id.in_(ids["proposal"]))
        )
    }
    for row_id, public_id, name in db.session.execute(nominations.where(Nomination.id.in_(ids["award"]))):
        found[f"award/{row_id}"] = CaseName(words(name), f"/awards/nominations/{public_id}")
    return found


def timeline(case: str, *, for_staff: bool) -> list[Told]:
    """The facts of a case, newest first. What only staff may read is left out for others, in the query."""
    open_to = list(Visibility) if for_staff else [Visibility.PUBLIC, Visibility.CASE]
    statement = (
        select(TimelineEntry, User.name)
        .outerjoin(User, User.id == TimelineEntry.actor_id)
        .where(TimelineEntry.case == case, TimelineEntry.visibility.in_(open_to))
        .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
        .limit(MOST)
    )
    kinds = {kind.__name__: kind for kind in _kinds(Event)}
    return [
        Told(
            filled(kinds[row.kind].sentence or "", row.values),
            name or "",
            datetime_text(row.at),
            row.at.isoformat(),
        )
        for row, name in db.session.execute(statement)
        if row.kind in kinds
    ]


def _kinds(root: type[Event]) -> Iterator[type[Event]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _kinds(kind)


def relatives(proposal: Proposal) -> Relatives:
    """Grant, agreement and project of a proposal, in one query."""
    row = db.session.execute(
        select(Grant.number, Grant.amount, Agreement.public_id, Project.public_id, Project.state)
        .outerjoin(Agreement, Agreement.grant_id == Grant.id)
        .outerjoin(Project, Project.grant_id == Grant.id)
        .where(Grant.proposal_id == proposal.id)
        .order_by(Agreement.number_in_grant.desc())
    ).first()
    return Relatives(*row) if row else Relatives("", None, "", "")


def facts(proposal: Proposal, relatives: Relatives) -> list[tuple[str, str]]:
    """The header of a case: label and value. Needs the proposal whole."""
    standing = standing_of(
        proposal.state, is_granted=relatives.amount is not None, project=relatives.project_state
    )
    rows = [
        (_("Where it stands"), str(standing.word)),
        (_("What comes next"), str(standing.next)),
        (_("Call"), words(proposal.call.title)),
        (_("Asked for"), proposal.requested.formatted(language())),
        (_("Sent in"), datetime_text(proposal.submitted_at)),
        (_("Officer"), proposal.officer.name if proposal.officer else ""),
    ]
    if relatives.amount is not None:
        rows.insert(4, (_("Granted"), f"{relatives.amount.formatted(language())} · {relatives.grant_number}"))
    return rows

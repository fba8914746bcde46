"""The officer's list of proposals, declared as data."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, String, case, cast, func, literal, select
from sqlalchemy.orm import aliased

from grants.accounts.fields import RoleName
from grants.accounts.models import RoleGrant, User
from grants.agreements.models import Grant
from grants.calls.models import Call
from grants.core import i18n
from grants.core.db import db
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.core.list_columns import Column, ColumnKind, Listing
from grants.core.list_filters import Choice, MoneyRange
from grants.core.policy import Actor
from grants.organisations.models import Organisation
from grants.projects.fields import ProjectState
from grants.projects.models import Project
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal
from grants.proposals.queries import may_view
from grants.reference import queries as reference
from grants.workspace.fields import PROJECTS, PROMISED, PROPOSALS

Officer = aliased(User)


def visible_rows(actor: Actor) -> Select[Any]:
    """Everything handed in that the reader may see, with its call, group and officer."""
    return (
        select(Proposal.id)
        .join(Call, Call.id == Proposal.call_id)
        .join(Organisation, Organisation.id == Proposal.organisation_id)
        .outerjoin(Officer, Officer.id == Proposal.officer_id)
        .outerjoin(Grant, Grant.proposal_id == Proposal.id)
        .outerjoin(Project, Project.grant_id == Grant.id)
        .where(may_view(actor), Proposal.submitted_at.is_not(None))
    )


def district_of(path: SQLColumnExpression[str]) -> ColumnElement[str]:
    """The code of the district in a region's path `440100/440103/440103006`."""
    return func.substr(path, 8, 6)


def _state_word(state: ProposalState) -> Sentence:
    return PROPOSALS[state].word


def _state_tone(state: ProposalState) -> str:
    return PROPOSALS[state].tone


# Where a case has come to, in one word for the select: the project's state, a promise, the proposal's state.
_REACHED = case(
    (Project.id.is_not(None), literal("project ") + cast(Project.state, String)),
    (Grant.id.is_not(None), literal("granted")),
    else_=cast(Proposal.state, String),
)


def _next(reached: str) -> Sentence:
    kind, _, state = reached.rpartition(" ")
    if reached == "granted":
        return PROMISED.turn
    return PROJECTS[ProjectState(state)].turn if kind else PROPOSALS[ProposalState(state)].turn


def _district(code: str) -> str:
    row = reference.region_by_code(code)
    return i18n.words(row.name) if row else code


def _calls() -> list[tuple[str, str]]:
    """Published calls, the newest first."""
    found = db.session.execute(
        select(Call.public_id, Call.title)
        .where(Call.published_at.is_not(None))
        .order_by(Call.published_at.desc(), Call.id)
    )
    return [(public_id, i18n.words(title)) for public_id, title in found]


def _officers() -> list[tuple[str, str]]:
    """People who look after proposals, by name."""
    found = db.session.execute(
        select(User.public_id, User.name)
        .where(User.id.in_(select(RoleGrant.user_id).where(RoleGrant.role == RoleName.OFFICER)))
        .order_by(User.name, User.id)
    )
    return list(found)


PROPOSAL_LIST = Listing(
    name="proposals",
    title=_l("Proposals"),
    rows=visible_rows,
    key=Proposal.id,
    columns=(
        Column("number", _l("Number"), Proposal.number, width="w5"),
        Column("title", _l("Proposal"), Proposal.title),
        Column(
            "group",
            _l("Group"),
            Organisation.name,
            sort=Organisation.name_folded,
            label_of=i18n.words,
            width="w6",
        ),
        Column("district", _l("District"), district_of(Proposal.region_path), label_of=_district, width="w4"),
        Column("requested", _l("Asked for"), Proposal.requested, ColumnKind.MONEY, width="w3"),
        Column(
            "state",
            _l("Where it stands"),
            Proposal.state,
            ColumnKind.TAG,
            label_of=_state_word,
            tone_of=_state_tone,
        ),
        Column("next", _l("Whose turn"), _REACHED, label_of=_next, is_sortable=False, width="w5"),
        Column("officer", _l("Officer"), Officer.name, width="w4"),
        Column("submitted", _l("Sent in"), Proposal.submitted_at, ColumnKind.DATE, is_always_there=True),
    ),
    sort="-submitted",
    lead="title",
    href=lambda row: f"/cases/{row.public_id}",
    filters=(
        Choice("call", _l("Call"), Call.public_id, choices=_calls),
        Choice(
            "state",
            _l("State"),
            Proposal.state,
            [(state, PROPOSALS[state].word) for state in ProposalState if state is not ProposalState.DRAFT],
        ),
        Choice("district", _l("District"), district_of(Proposal.region_path), name_of=_district),
        Choice("kind", _l("Kind"), Proposal.kind),
        Choice("officer", _l("Officer"), Officer.public_id, choices=_officers, none_label=_l("nobody yet")),
        MoneyRange("requested", _l("Asked for"), Proposal.requested),
    ),
    extra={"public_id": Proposal.public_id},
    searched="proposal",
    hint=_l("Title, number, group"),
    empty=_l("No proposal has been sent in yet. They appear here as soon as groups send them in."),
)

"""A group's way with the foundation, year by year: proposals with what became of them, and honours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import select

from grants.agreements.models import Grant
from grants.awards.fields import CertificateState
from grants.awards.models import Certificate, Nomination
from grants.core import clock
from grants.core.db import db
from grants.core.money import Money
from grants.core.policy import Actor
from grants.projects.models import Project
from grants.proposals.models import Proposal
from grants.proposals.queries import may_view
from grants.workspace.fields import Standing, address_of, standing_of

MOST = 200


class Line(Struct, frozen=True):
    """A proposal, or the project it became, where it stands, and the money asked for or granted."""

    title: str
    number: str
    href: str
    standing: Standing
    amount: Money


class Honour(Struct, frozen=True):
    """A certificate, named as everybody may read it."""

    category: Mapping[str, str]
    winner: Mapping[str, str]
    href: str


class Year(Struct, frozen=True):
    number: int
    lines: Sequence[Line]
    honours: Sequence[Honour]


def of_group(actor: Actor, organisation_id: int) -> list[Year]:
    """The newest year first; two queries, and nothing the reader may not open."""
    lines, honours = _lines(actor, organisation_id), _honours(organisation_id)
    numbers = sorted({number for number, _ in (*lines, *honours)}, reverse=True)
    return [
        Year(
            number,
            [line for year, line in lines if year == number],
            [honour for year, honour in honours if year == number],
        )
        for number in numbers
    ]


def _lines(actor: Actor, organisation_id: int) -> list[tuple[int, Line]]:
    rows = db.session.execute(
        select(Proposal, Grant.amount, Project.public_id, Project.state)
        .outerjoin(Grant, Grant.proposal_id == Proposal.id)
        .outerjoin(Project, Project.grant_id == Grant.id)
        .where(Proposal.organisation_id == organisation_id, may_view(actor))
        .order_by(Proposal.started_at.desc(), Proposal.id.desc())
        .limit(MOST)
    )
    return [
        (
            clock.day_of(proposal.submitted_at or proposal.started_at).year,
            Line(
                proposal.title,
                proposal.number or "",
                address_of(proposal.public_id, project),
                standing_of(proposal.state, is_granted=granted is not None, project=state),
                proposal.requested if granted is None else granted,
            ),
        )
        for proposal, granted, project, state in rows
    ]


def _honours(organisation_id: int) -> list[tuple[int, Honour]]:
    rows = db.session.scalars(
        select(Certificate)
        .join(Nomination, Nomination.id == Certificate.nomination_id)
        .where(
            Nomination.nominee_organisation_id == organisation_id,
            Certificate.state == CertificateState.ISSUED,
        )
        .order_by(Certificate.number)
        .limit(MOST)
    )
    return [
        (row.year, Honour(row.category_name, row.shown_name, f"/honours/{row.public_id}")) for row in rows
    ]

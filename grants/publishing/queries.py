"""What is public: every select here leaves out what is not, whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, func, select
from sqlalchemy.orm import joinedload, selectinload

from grants.agreements.models import Grant
from grants.calls.models import Call
from grants.core import i18n
from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.core.list_columns import Column, ColumnKind, Listing
from grants.core.list_filters import Choice
from grants.core.money import Money
from grants.core.policy import VISITOR, Actor
from grants.core.remembered import remembered
from grants.organisations.models import Organisation
from grants.payments.fields import TrancheState
from grants.payments.models import Payment, Tranche
from grants.projects.fields import MilestoneState, ProjectState
from grants.projects.models import Project
from grants.projects.queries import hours
from grants.proposals.models import Proposal
from grants.reference import queries as reference
from grants.reference.fields import Taxonomy

WORDS: Mapping[ProjectState, tuple[Sentence, str]] = {
    ProjectState.PREPARING: (_l("Getting ready"), "wait"),
    ProjectState.ACTIVE: (_l("Under way"), "go"),
    ProjectState.SUSPENDED: (_l("Suspended"), "act"),
    ProjectState.CLOSING: (_l("Closing"), "wait"),
    ProjectState.CLOSED: (_l("Completed"), "done"),
    ProjectState.TERMINATED: (_l("Ended early"), "stop"),
}
DISTRICT = func.substr(Project.region_path, 8, 6)


def _rows(_actor: Actor) -> Select[Any]:
    """Every project there is: it exists only once its agreement is signed, and then it is public."""
    return (
        select(Project.id)
        .join(Grant, Grant.id == Project.grant_id)
        .join(Call, Call.id == Grant.call_id)
        .join(Organisation, Organisation.id == Project.organisation_id)
    )


def _district(code: str) -> str:
    row = reference.region_by_code(code)
    return i18n.words(row.name) if row else code


def _calls() -> list[tuple[str, str]]:
    found = db.session.execute(
        select(Call.public_id, Call.title)
        .where(Call.id.in_(select(Grant.call_id)))
        .order_by(Call.published_at.desc(), Call.id)
    )
    return [(public_id, i18n.words(title)) for public_id, title in found]


def paid_for(grant_id: SQLColumnExpression[int]) -> ColumnElement[Money]:
    """The money that has left the house for a grant."""
    return (
        select(func.coalesce(func.sum(Payment.amount), 0))
        .join(Tranche, Tranche.id == Payment.tranche_id)
        .where(Tranche.grant_id == grant_id, Payment.paid_on.is_not(None))
        .correlate(Project, Grant)
        .scalar_subquery()
    )


FUNDED = Listing(
    name="funded",
    title=_l("Funded projects"),
    rows=_rows,
    key=Project.id,
    columns=(
        Column("title", _l("Project"), Project.title),
        Column("group", _l("Group"), Organisation.name, sort=Organisation.name_folded, label_of=i18n.words),
        Column("district", _l("District"), DISTRICT, label_of=_district),
        Column("amount", _l("Granted"), Grant.amount, ColumnKind.MONEY),
        Column("ends", _l("Until"), Project.ends_on, ColumnKind.DATE),
        Column(
            "state",
            _l("Where it stands"),
            Project.state,
            ColumnKind.TAG,
            label_of=lambda state: WORDS[state][0],
            tone_of=lambda state: WORDS[state][1],
        ),
    ),
    sort="-amount",
    lead="title",
    href=lambda row: f"/funded/{row.public_id}",
    filters=(
        Choice("call", _l("Call"), Call.public_id, choices=_calls),
        Choice("district", _l("District"), DISTRICT, name_of=_district),
        Choice("state", _l("State"), Project.state, [(state, WORDS[state][0]) for state in ProjectState]),
    ),
    extra={"public_id": Project.public_id},
    empty=_l("No project has been funded yet. Each appears here once its agreement is signed."),
)


class PaidPart(Struct, frozen=True):
    """One tranche as the public sees it."""

    number: int
    amount: Money
    paid_on: date | None


class Progress(Struct, frozen=True):
    """How far a project has come, in figures that can be counted again."""

    milestones_done: int
    milestones: int
    activities: int
    verified_minutes: int
    paid: Money
    parts: Sequence[PaidPart]


def project(public_id: str) -> Project:
    """A funded project with what its page names. Raises NotFound."""
    found = db.session.scalar(
        select(Project)
        .where(Project.public_id == public_id)
        .options(
            joinedload(Project.grant).options(
                joinedload(Grant.call),
                joinedload(Grant.payee),
                joinedload(Grant.proposal).selectinload(Proposal.fields),
            ),
            joinedload(Project.organisation),
            selectinload(Project.milestones),
        )
    )
    if found is None:
        raise NotFound
    return found


def progress(project: Project) -> Progress:
    """Only what was verified counts; only money that was paid is paid; what was cancelled is no part."""
    counted = hours.of_project(project.id)
    parts = db.session.execute(
        select(Tranche.number, Tranche.amount, Payment.paid_on)
        .outerjoin(Payment, Payment.tranche_id == Tranche.id)
        .where(Tranche.grant_id == project.grant_id, Tranche.state != TrancheState.CANCELLED)
        .order_by(Tranche.number)
    )
    shown = [PaidPart(*row) for row in parts]
    done = [m for m in project.milestones if m.state is MilestoneState.ACCEPTED]
    return Progress(
        milestones_done=len(done),
        milestones=len(project.milestones),
        activities=counted.activities,
        verified_minutes=counted.minutes,
        paid=Money(sum(part.amount.fen for part in shown if part.paid_on is not None)),
        parts=shown,
    )


def fields_of(project: Project) -> list[str]:
    """The fields of service of a project, in words."""
    return [reference.term_label(Taxonomy.FIELD, row.field) for row in project.grant.proposal.fields]


def totals() -> Mapping[str, Any]:
    """The figures of the front page, each counted from rows anyone can open."""
    return remembered("totals", VISITOR, _totals)


def _totals() -> Mapping[str, Any]:
    projects, granted = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Grant.amount), 0)).join(
            Project, Project.grant_id == Grant.id
        )
    ).one()
    paid = db.session.scalar(
        select(func.coalesce(func.sum(Payment.amount), 0)).where(Payment.paid_on.is_not(None))
    )
    return {
        "projects": projects,
        "granted": _money(granted),
        "paid": _money(paid),
        "hours": hours.verified_minutes() // 60,
    }


def _money(value: Money | int | None) -> Money:
    return value if isinstance(value, Money) else Money(int(value or 0))


class ProjectPage(Struct, frozen=True):
    """A part of all funded projects, for programs."""

    items: Sequence[Row[*tuple[Any, ...]]]
    total: int


def projects_page(*, number: int, size: int) -> ProjectPage:
    """In the order of their numbers; two queries."""
    base = (
        select(
            Project.public_id,
            Grant.number,
            Project.title,
            Organisation.name.label("group"),
            Call.number.label("call_number"),
            Project.region_path,
            Grant.amount,
            paid_for(Grant.id).label("paid"),
            Project.starts_on,
            Project.ends_on,
            Project.state,
        )
        .join(Grant, Grant.id == Project.grant_id)
        .join(Call, Call.id == Grant.call_id)
        .join(Organisation, Organisation.id == Project.organisation_id)
    )
    total = db.session.scalar(select(func.count()).select_from(Project)) or 0
    rows = db.session.execute(base.order_by(Grant.number, Project.id).limit(size).offset((number - 1) * size))
    return ProjectPage(rows.all(), total)


def calls_page(*, number: int, size: int) -> tuple[Sequence[Call], int]:
    """Every call that was ever published, the newest first, and how many there are."""
    shown = Call.published_at.is_not(None)
    total = db.session.scalar(select(func.count()).select_from(Call).where(shown)) or 0
    rows = db.session.scalars(
        select(Call)
        .where(shown)
        .order_by(Call.published_at.desc(), Call.id.desc())
        .limit(size)
        .offset((number - 1) * size)
    )
    return rows.all(), total

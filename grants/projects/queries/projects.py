"""Everything that reads projects and what is supervised in them; what is loaded is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import joinedload, lazyload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from grants.accounts import queries as people
from grants.agreements.models import Grant
from grants.core.db import db
from grants.core.errors import existing
from grants.core.holding import anew, forget, hold
from grants.core.policy import Actor
from grants.core.reach import within
from grants.organisations import walls
from grants.organisations.models import Volunteer
from grants.projects.fields import FindingState, ProjectState
from grants.projects.models import Activity, Finding, HourRecord, Milestone, Project, Report
from grants.projects.policies import MEMBERS, READERS
from grants.proposals.queries import writers_of

Below = TypeVar("Below", Activity, Finding, Milestone, Report)


def of_project() -> tuple[ExecutableOption, ...]:
    """What the rights and the head of every page below a project need."""
    return (
        joinedload(Project.grant).joinedload(Grant.call),
        joinedload(Project.organisation),
        joinedload(Project.officer),
    )


def by_public_id(public_id: str, **_: str) -> Project:
    """The project an address names, with all that is supervised. Raises NotFound."""
    return existing(
        db.session.scalar(
            select(Project)
            .where(Project.public_id == public_id)
            .options(
                *of_project(),
                selectinload(Project.milestones),
                selectinload(Project.reports),
                selectinload(Project.findings),
            )
        )
    )


def by_id(project_id: int) -> Project | None:
    """For the door to files, for threads and reactions; whole like `by_public_id`."""
    found = db.session.scalar(select(Project.public_id).where(Project.id == project_id))
    return by_public_id(found) if found else None


def project_of_grant(grant_id: int) -> Project | None:
    found = db.session.scalar(select(Project.public_id).where(Project.grant_id == grant_id))
    return by_public_id(found) if found else None


def for_writing(project: Project) -> Project:
    """The project as it stands now; whatever else belongs to its grant waits."""
    hold(Grant, [project.grant_id])
    return anew(
        project,
        *of_project(),
        selectinload(Project.milestones),
        selectinload(Project.reports),
        selectinload(Project.findings),
    )


def below_for_writing(row: Below) -> Below:
    """The same of what belongs to a project: a milestone, report, finding or activity."""
    grant_id = select(Project.grant_id).where(Project.id == row.project_id)
    hold(Grant, db.session.scalars(grant_id))
    kind: Any = type(row)
    number = row.id
    forget([each for each in db.session() if isinstance(each, Milestone | Report | Finding | HourRecord)])
    forget([row.project], "milestones", "reports", "findings")
    forget([row], *(["hours"] if kind is Activity else []))
    options = _whole_activity() if kind is Activity else _below(kind)
    return existing(db.session.scalar(select(kind).where(kind.id == number).options(*options)))


def _below(model: Any) -> tuple[ExecutableOption, ...]:
    project = joinedload(model.project)
    return (
        project.joinedload(Project.grant).joinedload(Grant.call),
        project.joinedload(Project.organisation),
        project.joinedload(Project.officer),
        project.selectinload(Project.reports),
        project.selectinload(Project.findings),
        project.selectinload(Project.milestones),
    )


def milestone(public_id: str, key: str) -> Milestone:
    """The milestone `key` of the project an address names. Raises NotFound."""
    return existing(
        db.session.scalar(
            select(Milestone)
            .join(Project)
            .where(Project.public_id == public_id, Milestone.public_id == key)
            .options(*_below(Milestone))
        )
    )


def milestone_by_id(milestone_id: int) -> Milestone | None:
    return db.session.scalar(
        select(Milestone).where(Milestone.id == milestone_id).options(*_below(Milestone))
    )


def activity(public_id: str, key: str) -> Activity:
    return existing(
        db.session.scalar(
            select(Activity)
            .join(Project)
            .where(Project.public_id == public_id, Activity.public_id == key)
            .options(*_whole_activity())
        )
    )


def activity_by_id(activity_id: int) -> Activity | None:
    return db.session.scalar(select(Activity).where(Activity.id == activity_id).options(*_whole_activity()))


def _whole_activity() -> tuple[ExecutableOption, ...]:
    return (
        *_below(Activity),
        joinedload(Activity.region),
        selectinload(Activity.hours).options(
            joinedload(HourRecord.volunteer),
            joinedload(HourRecord.activity).joinedload(Activity.project),
        ),
    )


def activities_of(project: Project) -> Sequence[Activity]:
    """The newest first, with who took part. Their project is at hand and not loaded again."""
    return db.session.scalars(
        select(Activity)
        .where(Activity.project_id == project.id)
        .options(
            lazyload(Activity.project),
            joinedload(Activity.region),
            selectinload(Activity.hours).options(
                joinedload(HourRecord.volunteer), lazyload(HourRecord.activity)
            ),
        )
        .order_by(Activity.on.desc(), Activity.id.desc())
    ).all()


def report(public_id: str, key: str, **_: str) -> Report:
    return existing(
        db.session.scalar(
            select(Report)
            .join(Project)
            .where(Project.public_id == public_id, Report.public_id == key)
            .options(*_below(Report))
        )
    )


def report_by_id(report_id: int) -> Report | None:
    return db.session.scalar(select(Report).where(Report.id == report_id).options(*_below(Report)))


def finding(public_id: str, key: str) -> Finding:
    return existing(
        db.session.scalar(
            select(Finding)
            .join(Project)
            .where(Project.public_id == public_id, Finding.public_id == key)
            .options(*_below(Finding), joinedload(Finding.opened_by), joinedload(Finding.closed_by))
        )
    )


def finding_by_id(finding_id: int) -> Finding | None:
    return db.session.scalar(select(Finding).where(Finding.id == finding_id).options(*_below(Finding)))


def ledger_of(organisation_id: int, on: date) -> Sequence[Volunteer]:
    """The volunteers of a group who had not left by then, by name."""
    return db.session.scalars(
        select(Volunteer)
        .where(
            Volunteer.organisation_id == organisation_id,
            or_(Volunteer.left_on.is_(None), Volunteer.left_on >= on),
        )
        .order_by(Volunteer.name_folded, Volunteer.id)
    ).all()


def to_start(on: date) -> Sequence[Project]:
    """Planned projects whose first day has come."""
    return db.session.scalars(
        select(Project)
        .where(Project.state == ProjectState.PREPARING, Project.starts_on <= on)
        .options(*of_project())
        .order_by(Project.id)
    ).all()


# Rights in SQL.


def visible_to(actor: Actor) -> Select[Project]:
    """Every project the actor may view: the SQL twin of the policy `project.view`."""
    return select(Project).join(Grant, Grant.id == Project.grant_id).where(may_view(actor))


def may_view(actor: Actor) -> ColumnElement[bool]:
    """The condition alone; needs Grant joined to Project."""
    own = actor.ids("organisation", *MEMBERS)
    member = or_(Project.organisation_id.in_(own), Grant.payee_id.in_(own))
    if actor.holds_everywhere(*MEMBERS):
        member = true()
    wall = walls.beyond_the_wall(
        actor, Project.organisation_id, Grant.payee_id, proposal_id=Grant.proposal_id
    )
    return or_(member, and_(_staff(actor), wall))


def _staff(actor: Actor) -> ColumnElement[bool]:
    of_foundation = within(actor, READERS, region=Project.region_path, call=Grant.call_id)
    return or_(of_foundation, within(actor, ("district",), region=Project.region_path))


def who_supervises(project_id: int) -> list[int]:
    """The programme officer, else every officer of the call; never somebody behind the conflict wall."""
    officer_id, call_id, organisation_id = db.session.execute(
        select(Project.officer_id, Grant.call_id, Project.organisation_id)
        .join(Grant, Grant.id == Project.grant_id)
        .where(Project.id == project_id)
    ).one()
    tied = walls.tied_to(organisation_id)
    if officer_id and officer_id not in tied:
        return [officer_id]
    return [user_id for user_id in people.holders_of("officer", call_id=call_id) if user_id not in tied]


def in_tied_hands(organisation_id: int) -> Sequence[Project]:
    """What a body stands behind, itself or through whom it hosts, and a person with a tie to it looks after."""
    bodies = walls.hosted_by(organisation_id)
    cases = walls.cases_behind(bodies)
    rows = db.session.scalars(
        select(Project)
        .where(
            Project.officer_id.is_not(None), or_(Project.organisation_id.in_(bodies), Project.case.in_(cases))
        )
        .options(*of_project())
        .order_by(Project.id)
    ).all()
    by_case, by_body = walls.tied_to_cases(row.case for row in rows), walls.tied_people(bodies)
    return [
        row
        for row in rows
        if row.officer_id in {*by_case.get(row.case, ()), *by_body.get(row.organisation_id, ())}
    ]


def who_looks_after(project: Project) -> list[int]:
    """Who is called into a conversation: those who write for the group, and who supervises."""
    return [*writers_of(project.organisation_id), *who_supervises(project.id)]


def payment_is_held(grant_id: int) -> bool:
    """Whether a finding that is not closed holds the money of this grant."""
    holding = (
        select(Finding.id)
        .join(Project, Project.id == Finding.project_id)
        .where(
            Project.grant_id == grant_id,
            Finding.holds_payment,
            Finding.state != FindingState.CLOSED,
        )
    )
    return db.session.scalar(holding.limit(1)) is not None

"""Who can be nominated, and what the system knows about them by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from grants.awards.fields import NomineeKind, Recipient
from grants.awards.models import AwardCategory
from grants.awards.queries.cycles import window_of
from grants.awards.rules.conditions import Figures, stars
from grants.closeouts.models import Closeout
from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.policy import Actor
from grants.organisations import queries as organisations
from grants.organisations.fields import Kind, StandingKind
from grants.organisations.models import Organisation, Volunteer
from grants.projects.fields import FindingState, Severity
from grants.projects.models import Finding, Project
from grants.projects.queries import hours

_MAJOR = (Severity.MAJOR, Severity.SERIOUS)
MOST_OFFERED = 500


class Nominee(Struct, frozen=True):
    """Somebody who can be put forward, and the organisation behind them."""

    kind: NomineeKind
    id: int
    public_id: str
    name: Mapping[str, str]
    organisation_id: int
    organisation: Mapping[str, str]
    birth_year: int | None = None

    @property
    def is_person(self) -> bool:
        return self.kind is NomineeKind.VOLUNTEER


def groups_to_nominate_for(actor: Actor) -> Sequence[Organisation]:
    """The groups this person may nominate for: their own, or, for staff, every group."""
    query = select(Organisation).where(Organisation.kind == Kind.GROUP)
    if not actor.holds_everywhere("awards", "director", "officer"):
        query = query.where(Organisation.id.in_(actor.ids("organisation", "owner", "editor")))
    return db.session.scalars(
        query.order_by(Organisation.name_folded, Organisation.id).limit(MOST_OFFERED)
    ).all()


def offered(recipient: Recipient, group: Organisation) -> list[Nominee]:
    """Whom this group can put forward: its volunteers, itself, its projects, or any partner."""
    match recipient:
        case Recipient.PERSON:
            rows = db.session.scalars(
                select(Volunteer)
                .where(Volunteer.organisation_id == group.id, Volunteer.left_on.is_(None))
                .options(joinedload(Volunteer.organisation))
                .order_by(Volunteer.name_folded, Volunteer.id)
                .limit(MOST_OFFERED)
            )
            return [_volunteer(row) for row in rows]
        case Recipient.TEAM:
            return [_organisation(group)]
        case Recipient.ORGANISATION:
            partners = select(Organisation).where(Organisation.kind != Kind.GROUP)
            found = db.session.scalars(partners.order_by(Organisation.name_folded).limit(MOST_OFFERED))
            return [_organisation(row) for row in found]
        case Recipient.PROJECT:
            projects = select(Project).where(Project.organisation_id == group.id)
            found_projects = projects.options(joinedload(Project.organisation)).order_by(Project.id)
            return [_project(row) for row in db.session.scalars(found_projects)]


def nominee(kind: NomineeKind, number: int) -> Nominee:
    """The one a nomination points at."""
    match kind:
        case NomineeKind.VOLUNTEER:
            volunteer = db.session.scalar(
                select(Volunteer).where(Volunteer.id == number).options(joinedload(Volunteer.organisation))
            )
            found = _volunteer(volunteer) if volunteer else None
        case NomineeKind.ORGANISATION:
            body = db.session.get(Organisation, number)
            found = _organisation(body) if body else None
        case NomineeKind.PROJECT:
            project = db.session.scalar(
                select(Project).where(Project.id == number).options(joinedload(Project.organisation))
            )
            found = _project(project) if project else None
    if found is None:
        raise NotFound
    return found


def _volunteer(row: Volunteer) -> Nominee:
    return Nominee(
        NomineeKind.VOLUNTEER,
        row.id,
        row.public_id,
        {"zh-Hans": row.name},
        row.organisation_id,
        row.organisation.name,
        row.birth_year,
    )


def _organisation(row: Organisation) -> Nominee:
    return Nominee(NomineeKind.ORGANISATION, row.id, row.public_id, row.name, row.id, row.name)


def _project(row: Project) -> Nominee:
    return Nominee(
        NomineeKind.PROJECT,
        row.id,
        row.public_id,
        {"zh-Hans": row.title},
        row.organisation_id,
        row.organisation.name,
    )


def figures(category: AwardCategory, who: Nominee, *, on: date) -> Figures:
    """What the system fills in by itself, within the category's window. Needs the category's cycle loaded."""
    window = window_of(category, category.cycle)
    match who.kind:
        case NomineeKind.VOLUNTEER:
            return _of_volunteer(who, window.from_on, window.to_on)
        case NomineeKind.ORGANISATION:
            return _of_organisation(who, window.from_on, window.to_on, on)
        case NomineeKind.PROJECT:
            return _of_project(who, window.from_on, window.to_on)


def _of_volunteer(who: Nominee, from_on: date, to_on: date) -> Figures:
    within = hours.of_volunteer(who.id, from_on=from_on, until_on=to_on)
    ever = hours.of_volunteer(who.id, until_on=to_on)
    before = db.session.scalar(select(Volunteer.prior_minutes).where(Volunteer.id == who.id)) or 0
    whole = before + ever.minutes
    return Figures(within.minutes, within.activities, whole, stars(whole), birth_year=who.birth_year)


def _of_organisation(who: Nominee, from_on: date, to_on: date, on: date) -> Figures:
    within = hours.of_organisation(who.id, from_on=from_on, until_on=to_on)
    record = organisations.standing_of([who.id], on).get(who.id, {})
    grades, checks = record.get(StandingKind.GRADE, ()), record.get(StandingKind.ANNUAL_CHECK, ())
    return Figures(
        within.minutes,
        within.activities,
        grade=grades[0].value if grades else "",
        annual_check=checks[0].value if checks else "",
        open_findings=_open_findings(Project.organisation_id == who.id),
    )


def _of_project(who: Nominee, from_on: date, to_on: date) -> Figures:
    within = hours.of_project(who.id, from_on=from_on, until_on=to_on)
    state = db.session.scalar(select(Project.state).where(Project.id == who.id))
    grade = db.session.scalar(select(Closeout.grade).where(Closeout.project_id == who.id))
    return Figures(
        within.minutes,
        within.activities,
        grade=grade or "",
        open_findings=_open_findings(Project.id == who.id),
        project_state=state.value if state else "",
    )


def _open_findings(of_it: ColumnElement[bool]) -> int:
    found = (
        select(func.count())
        .select_from(Finding)
        .join(Finding.project)
        .where(of_it, Finding.state != FindingState.CLOSED, Finding.severity.in_(_MAJOR))
    )
    return db.session.scalar(found) or 0

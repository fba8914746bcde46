"""The list of projects, declared; its light follows the same rule as the project's own page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, case, exists, func, literal, or_

from grants.accounts.models import User
from grants.agreements.models import Grant
from grants.core import clock, i18n
from grants.core.i18n import lazy_gettext as _l
from grants.core.list_columns import Column, ColumnKind, Listing
from grants.core.list_filters import Choice
from grants.core.policy import Actor
from grants.organisations.models import Organisation
from grants.projects import fields
from grants.projects.fields import FindingState, Light, MilestoneState, ProjectState, ReportState
from grants.projects.models import Finding, Milestone, Project, Report
from grants.projects.queries.projects import visible_to
from grants.reference import queries as reference

_DISTRICT = len("440100/440103")


def _rows(actor: Actor) -> Select[Any]:
    joined = visible_to(actor).join(Organisation, Organisation.id == Project.organisation_id)
    return joined.outerjoin(User, User.id == Project.officer_id)


def _long_ago() -> date:
    return clock.today() - timedelta(days=fields.LATE_DAYS)


_TODAY = bindparam("light_today", callable_=clock.today, type_=Date())
_LONG_AGO = bindparam("light_long_ago", callable_=_long_ago, type_=Date())


def _late(since: Any) -> ColumnElement[bool]:
    """A milestone or report that should have come before that day."""
    return or_(
        exists().where(
            Milestone.project_id == Project.id,
            Milestone.state == MilestoneState.PLANNED,
            Milestone.due_on < since,
        ),
        exists().where(
            Report.project_id == Project.id, Report.state == ReportState.DUE, Report.due_on < since
        ),
    )


_finding = exists().where(Finding.project_id == Project.id, Finding.state != FindingState.CLOSED)
_holding = exists().where(
    Finding.project_id == Project.id, Finding.state != FindingState.CLOSED, Finding.holds_payment
)
LIGHT = case(
    (Project.state == ProjectState.TERMINATED, literal(Light.RED.value)),
    (Project.state == ProjectState.CLOSED, literal(Light.GREEN.value)),
    (
        or_(_late(_LONG_AGO), _holding, Project.state == ProjectState.SUSPENDED),
        literal(Light.RED.value),
    ),
    (or_(_late(_TODAY), _finding), literal(Light.YELLOW.value)),
    else_=literal(Light.GREEN.value),
)
_district = func.substr(Project.region_path, 1, _DISTRICT)


def _place(path: str) -> str:
    row = reference.region_by_code(path.rpartition("/")[2])
    return i18n.words(row.name) if row else path


PROJECTS = Listing(
    name="projects",
    title=_l("Projects"),
    rows=_rows,
    key=Project.id,
    lead="title",
    sort="-ends_on",
    extra={"public_id": Project.public_id},
    href=lambda row: f"/projects/{row.public_id}",
    empty=_l("No project yet. One begins when its agreement is signed by all."),
    columns=(
        Column("title", _l("Project"), Project.title),
        Column("group", _l("Group"), Organisation.name, sort=Organisation.name_folded, label_of=i18n.words,
               width="w6"),
        Column("grant", _l("Grant"), Grant.number, width="w7"),
        Column("state", _l("State"), Project.state, ColumnKind.TAG,
               label_of=fields.PROJECT_STATES.__getitem__, tone_of=fields.PROJECT_TONES.__getitem__),
        Column("light", _l("How it stands"), LIGHT, ColumnKind.TAG,
               label_of=lambda light: fields.LIGHTS[Light(light)],
               tone_of=lambda light: fields.LIGHT_TONES[Light(light)]),
        Column("amount", _l("Amount"), Grant.amount, ColumnKind.MONEY),
        Column("starts_on", _l("First day"), Project.starts_on, ColumnKind.DATE, is_default=False),
        Column("ends_on", _l("Last day"), Project.ends_on, ColumnKind.DATE),
        Column("officer", _l("Officer"), User.name, width="w4"),
    ),
    filters=(
        Choice("state", _l("State"), Project.state, choices=list(fields.PROJECT_STATES.items())),
        Choice("light", _l("How it stands"), LIGHT,
               choices=[(light.value, word) for light, word in fields.LIGHTS.items()]),
        Choice("district", _l("District"), _district, name_of=_place),
    ),
)  # fmt: skip

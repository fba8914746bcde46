"""Reading close-outs with all that their checklist looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from grants.agreements.fields import AgreementState
from grants.agreements.models import Agreement, Grant
from grants.calls.models import Call
from grants.closeouts import rules
from grants.closeouts.fields import STATES, TONES, Source
from grants.closeouts.models import Closeout
from grants.closeouts.policies import MEMBERS, READERS
from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.holding import anew, forget, hold
from grants.core.i18n import lazy_gettext as _l
from grants.core.i18n import words
from grants.core.list_columns import Column, ColumnKind, Listing
from grants.core.list_filters import Choice, DateRange
from grants.core.money import Money
from grants.core.policy import Actor
from grants.core.reach import within
from grants.organisations import walls
from grants.organisations.models import Organisation
from grants.payments.models import Tranche
from grants.payments.queries.tranches import WHOLE as TRANCHE_WHOLE
from grants.projects.fields import ProjectState
from grants.projects.models import Activity, Project


def project_options() -> tuple[_AbstractLoad, ...]:
    """A project with everything that is counted before it ends."""
    grant = joinedload(Project.grant)
    return (
        grant.joinedload(Grant.call).selectinload(Call.grades),
        grant.joinedload(Grant.organisation),
        grant.joinedload(Grant.fund),
        selectinload(Project.milestones),
        selectinload(Project.reports),
        selectinload(Project.findings),
        selectinload(Project.activities).selectinload(Activity.hours),
        joinedload(Project.organisation),
    )


def _whole() -> tuple[_AbstractLoad, ...]:
    return (
        joinedload(Closeout.project).options(*project_options()),
        joinedload(Closeout.archive),
        joinedload(Closeout.submitted_by),
        joinedload(Closeout.graded_by),
        joinedload(Closeout.closed_by),
        selectinload(Closeout.returns),
    )


def by_public_id(public_id: str) -> Closeout:
    row = db.session.scalar(select(Closeout).where(Closeout.public_id == public_id).options(*_whole()))
    if row is None:
        raise NotFound
    return row


def by_id(closeout_id: int) -> Closeout | None:
    """For the file door and the job that packs the archive."""
    return db.session.scalar(select(Closeout).where(Closeout.id == closeout_id).options(*_whole()))


def for_writing(closeout: Closeout) -> Closeout:
    """The close-out as it stands now, with the whole project; whatever else belongs to its grant waits."""
    of_project = Project.id == closeout.project_id
    hold(Grant, db.session.scalars(select(Project.grant_id).where(of_project)))
    forget([each for each in db.session() if isinstance(each, Tranche)])
    return anew(closeout, *_whole())


def of_project(project_id: int) -> Closeout | None:
    return db.session.scalar(select(Closeout).where(Closeout.project_id == project_id).options(*_whole()))


def of_grant(grant_id: int) -> Closeout | None:
    mine = select(Closeout).join(Closeout.project).where(Project.grant_id == grant_id)
    return db.session.scalar(mine.options(*_whole()))


def last_graded(organisation_id: int) -> Closeout | None:
    """The last project of a group that was graded and closed."""
    graded = (
        select(Closeout)
        .join(Closeout.project)
        .where(Project.organisation_id == organisation_id, Closeout.grade != "")
        .where(Closeout.closed_at.is_not(None))
        .order_by(Closeout.closed_at.desc(), Closeout.id.desc())
        .limit(1)
    )
    return db.session.scalar(graded.options(*_whole()))


def project(public_id: str) -> Project:
    found = select(Project).where(Project.public_id == public_id).options(*project_options())
    row = db.session.scalar(found)
    if row is None:
        raise NotFound
    return row


def project_by_id(project_id: int) -> Project:
    """Read anew: a reaction must see what was just done."""
    found = select(Project).where(Project.id == project_id).options(*project_options())
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def ending_soon(until: date) -> Sequence[Project]:
    """Running projects that end by a day and have no close-out yet."""
    found = (
        select(Project)
        .outerjoin(Closeout, Closeout.project_id == Project.id)
        .where(Closeout.id.is_(None), Project.ends_on <= until)
        .where(Project.state.in_((ProjectState.ACTIVE, ProjectState.CLOSING)))
        .order_by(Project.ends_on, Project.id)
    )
    return db.session.scalars(found.options(*project_options())).all()


def tranches_of(grant_id: int) -> Sequence[Tranche]:
    found = select(Tranche).where(Tranche.grant_id == grant_id).order_by(Tranche.number)
    return db.session.scalars(found.options(*TRANCHE_WHOLE)).all()


WHOLE_SUM = "all"


class BudgetRow(Struct, frozen=True):
    """A category of the agreement's budget, and what the account says of it."""

    category: str
    name: Mapping[str, str]
    amount: Money
    spent: Money | None

    @property
    def left(self) -> Money | None:
        return None if self.spent is None else self.amount - self.spent

    @property
    def is_over(self) -> bool:
        return self.spent is not None and self.spent > self.amount


def budget_of(closeout: Closeout) -> list[BudgetRow]:
    """The agreement's budget, category by category; one sum where there is none, or the project was terminated."""
    terms = db.session.scalar(
        select(Agreement.terms)
        .where(Agreement.grant_id == closeout.project.grant_id, Agreement.state == AgreementState.SIGNED)
        .order_by(Agreement.number_in_grant.desc())
        .limit(1)
    )
    rows: list[Mapping[str, Any]] = list((terms or {}).get("budget") or [])
    if not rows or closeout.after_termination:
        whole = {"zh-Hans": "核定支出", "en": "Accepted spending"}
        rows = [{"category": WHOLE_SUM, "name": whole, "amount": str(closeout.project.grant.amount)}]
    account = {key: Money.yuan(text) for key, text in closeout.account.items()}
    return [
        BudgetRow(row["category"], row["name"], Money.yuan(row["amount"]), account.get(row["category"]))
        for row in rows
    ]


class File(Struct, frozen=True):
    """A close-out as its page shows it."""

    closeout: Closeout
    lines: Sequence[rules.Line]
    budget: Sequence[BudgetRow]
    shares: Sequence[rules.Share]
    tranches: Sequence[Tranche]

    @property
    def marks(self) -> Mapping[Any, rules.Mark]:
        return rules.read_marks(self.closeout.sources)

    @property
    def points(self) -> list[tuple[str, Any]]:
        """Staff's marks on each of their points."""
        staff = self.marks.get(Source.STAFF)
        return list(staff.dimensions.items()) if staff is not None else []

    @property
    def done(self) -> int:
        return sum(line.is_done for line in self.lines)

    @property
    def left(self) -> Money:
        return self.closeout.to_return - self.closeout.returned

    @property
    def grade_name(self) -> Mapping[str, str]:
        bands = {band.key: band.name for band in self.closeout.project.grant.call.grades}
        return bands.get(self.closeout.grade, {})

    @property
    def can_close(self) -> bool:
        return not list(rules.missing_before_closing(self.lines))


def file_of(closeout: Closeout) -> File:
    tranches = tranches_of(closeout.project.grant_id)
    weights = rules.source_weights(closeout.project.grant.call.settings)
    return File(
        closeout=closeout,
        lines=rules.checklist(closeout, tranches),
        budget=budget_of(closeout),
        shares=rules.sheet(rules.read_marks(closeout.sources), weights),
        tranches=tranches,
    )


def visible_to(actor: Actor) -> Select[Closeout]:
    """The SQL twin of `closeout.view`, joined with project and grant."""
    wall = walls.beyond_the_wall(
        actor, Project.organisation_id, Grant.payee_id, proposal_id=Grant.proposal_id
    )
    where = {"region": Project.region_path, "call": Grant.call_id, "organisation": Project.organisation_id}
    staff = within(actor, READERS, **where) & wall
    mine = actor.ids("organisation", *MEMBERS)
    return (
        select(Closeout)
        .join(Closeout.project)
        .join(Project.grant)
        .where(or_(staff, Project.organisation_id.in_(mine)) if mine else staff)
    )


def _rows(actor: Actor) -> Select[Any]:
    return visible_to(actor).join(Organisation, Project.organisation_id == Organisation.id)


CLOSEOUTS = Listing(
    name="closeouts",
    title=_l("Close-outs"),
    rows=_rows,
    key=Closeout.id,
    columns=(
        Column("project", _l("Project"), Project.title),
        Column(
            "group", _l("Group"), Organisation.name, label_of=words, sort=Organisation.name_folded, width="w6"
        ),
        Column("grant", _l("Grant"), Grant.number, width="w7"),
        Column(
            "state",
            _l("State"),
            Closeout.state,
            ColumnKind.TAG,
            label_of=STATES.__getitem__,
            tone_of=TONES.__getitem__,
        ),
        Column("due", _l("Account due"), Closeout.due_on, ColumnKind.DATE),
        Column("spent", _l("Spent"), Closeout.spent, ColumnKind.MONEY),
        Column("owed", _l("To return"), Closeout.to_return, ColumnKind.MONEY),
        Column("returned", _l("Returned"), Closeout.returned, ColumnKind.MONEY),
        Column("score", _l("Score"), Closeout.score, ColumnKind.NUMBER),
        Column("ends", _l("Project ends"), Project.ends_on, ColumnKind.DATE, is_default=False),
    ),
    sort="due",
    lead="project",
    href=lambda row: f"/closeouts/{row.public_id}",
    extra={"public_id": Closeout.public_id},
    filters=(
        Choice("state", _l("State"), Closeout.state, choices=tuple(STATES.items())),
        DateRange("due", _l("Account due"), Closeout.due_on),
    ),
    empty=_l("A close-out begins a month before a project ends, or when the officer asks for it."),
)

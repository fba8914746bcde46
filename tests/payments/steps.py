"""The steps of a payment as its people take them, the facts of projects that open gates, and what then stands."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.db import db
from grants.core.errors import RulesBroken
from grants.core.events import publish
from grants.core.money import Money
from grants.funds import queries as books
from grants.funds.fields import BudgetLine
from grants.payments.actions import tranches as actions
from grants.payments.fields import ReceiptType, TrancheState
from grants.payments.models import Tranche
from grants.projects.events import (
    FindingClosed,
    FindingOpened,
    ReportAccepted,
)
from grants.projects.fields import FindingState, ReportKind, ReportResult, ReportState, Severity
from grants.projects.models import Finding, Project, Report
from tests.payments.grants_made import AT, USABLE, House

Inside = Callable[..., AbstractContextManager[None]]


PAID = {"paid_on": date(2026, 5, 20), "receipt_type": ReceiptType.INVOICE, "receipt_number": "SJ20260011"}


LATER = USABLE + timedelta(days=10)


def project_of(grant_id: int) -> Project:
    return db.session.scalars(select(Project).where(Project.grant_id == grant_id)).one()


def fact(of: Any, project: Project, **values: Any) -> Any:
    common = {"occurred_at": USABLE, "actor_id": None, "case": project.case}
    told = {"project_id": project.id, "organisation_id": project.organisation_id, "title": project.title}
    return of(**common, **told, **values)


def read(grant_id: int, kind: ReportKind, result: ReportResult) -> None:
    """Staff read a report, as the projects do it."""
    project = project_of(grant_id)
    report = db.session.scalars(
        select(Report).where(Report.project_id == project.id, Report.kind == kind)
    ).one()
    report.state, report.result, report.submitted_at = ReportState.ACCEPTED, result, AT
    db.session.flush()
    publish(
        fact(
            ReportAccepted,
            project,
            report_id=report.id,
            grant_id=grant_id,
            kind=kind.value,
            result=result.value,
            score="88",
        )
    )


def find(grant_id: int, *, holds: bool = True) -> int:
    project = project_of(grant_id)
    finding = Finding(
        project_id=project.id,
        severity=Severity.MAJOR,
        title="签领表缺失",
        action="补齐签领表",
        owner_name="邓青山",
        found_on=date(2026, 5, 12),
        due_on=date(2026, 5, 30),
        holds_payment=holds,
    )
    db.session.add(finding)
    db.session.flush()
    known = {"finding_id": finding.id, "grant_id": grant_id, "name": finding.title, "holds_payment": holds}
    publish(fact(FindingOpened, project, severity="major", **known))
    return finding.id


def close(house: House, grant_id: int, finding_id: int) -> None:
    finding = db.session.get_one(Finding, finding_id)
    finding.closed_by_id, finding.closed_at = house.cast.id("otis"), LATER
    finding.state = FindingState.CLOSED
    db.session.flush()
    known = {"finding_id": finding.id, "grant_id": grant_id, "name": finding.title, "holds_payment": True}
    publish(fact(FindingClosed, project_of(grant_id), **known))


def apply(house: House, grant_id: int, number: int = 1, *, by: str = "olu", at: Any = USABLE) -> None:
    actions.apply(house.tranche(grant_id, number), by=house.actor(by), at=at)


def approve(house: House, grant_id: int, number: int = 1, *, by: str = "eve", at: Any = USABLE) -> None:
    actions.approve(house.tranche(grant_id, number), by=house.actor(by), at=at)


def pay(
    house: House, grant_id: int, number: int = 1, *, by: str = "eve2", at: Any = LATER, **given: Any
) -> None:
    actions.pay(house.tranche(grant_id, number), by=house.actor(by), at=at, **{**PAID, **given})


def pay_whole(house: House, grant_id: int, number: int = 1, **given: Any) -> None:
    apply(house, grant_id, number)
    approve(house, grant_id, number)
    pay(house, grant_id, number, **given)


def refused(broken: pytest.ExceptionInfo[RulesBroken]) -> list[str]:
    return [violation.code for violation in broken.value.violations]


def standing(grant_id: int) -> tuple[Money, Money, Money]:
    from grants.agreements.models import Grant

    grant = db.session.get_one(Grant, grant_id)
    figures = books.figures_of_case(grant.case, grant.fund_id, grant.year, BudgetLine.GRANTS)
    return figures.committed, figures.payable, figures.paid


def states_of(rows: Session, grant_id: int) -> list[TrancheState]:
    found = select(Tranche.state).where(Tranche.grant_id == grant_id).order_by(Tranche.number)
    return list(rows.scalars(found))

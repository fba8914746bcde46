"""Reports: what they must say, how they are read, and what begins after the last."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken
from grants.projects.actions import planning, reports
from grants.projects.fields import (
    ProjectState,
    ReportResult,
    ReportState,
)
from grants.projects.models import Project, Report
from grants.projects.queries import projects as queries
from grants.questionnaires import queries as form_queries
from tests.cast import Cast
from tests.projects.conftest import LATER, Running
from tests.projects.steps import Inside, act

DONE: dict[str, Any] = {
    "progress": {"done": "每周探访", "people": "67", "person_times": "410"},
    "money": {"spent": "18400"},
    "ahead": {"next": "继续", "truthful": "yes"},
    "results": {"done": "每周探访", "people": "118", "person_times": "700", "effect": "不再孤单"},
    "account": {"spent": "40000", "left": "0.01"},
    "after": {"after": "继续", "truthful": "yes"},
}


def write(inside: Inside, cast: Cast, running: Running, kind: str) -> str:
    bo = cast.actor("bo")
    with inside():
        key = db.session.scalar(select(Report.public_id).where(Report.kind == kind)) or ""
        report = queries.report(running.project, key)
        sheet = form_queries.sheet(report.sheet_id or 0)
        asked = form_queries.what_is_asked(sheet.asks)
        for section, row in zip(asked.sections, sheet.sections, strict=True):
            reports.save_section(report, section, DONE[section.key], version=row.version, by=bo, at=LATER)
    return key


def test_an_unfinished_report_says_all_that_is_missing(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    key = rows.scalar(select(Report.public_id).where(Report.kind == "midterm")) or ""
    bo = cast.actor("bo")
    with inside(), pytest.raises(RulesBroken) as broken:
        reports.submit(queries.report(running.project, key), by=bo, at=LATER)
    assert len(broken.value.violations) == 6


def test_a_report_is_handed_in_read_and_its_figures_stand_on_the_project(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    key = write(inside, cast, running, "midterm")
    act(inside, cast, "bo", reports.submit, lambda: queries.report(running.project, key))
    with pytest.raises(IllegalTransition):
        write(inside, cast, running, "midterm")
    accepted = (ReportResult.PASS, Decimal(88), "")
    act(inside, cast, "olu", reports.accept, lambda: queries.report(running.project, key), *accepted)
    row = rows.scalars(select(Report).where(Report.kind == "midterm")).one()
    assert (row.state, row.result, row.score) == (ReportState.ACCEPTED, ReportResult.PASS, Decimal(88))
    assert len(row.content_hash or "") == 64
    reached = {target["key"]: target["reached"] for target in rows.scalars(select(Project)).one().targets}
    assert reached == {"people": 67, "person_times": 410}


def test_a_report_goes_back_with_a_reason_and_keeps_its_words(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    key = write(inside, cast, running, "midterm")
    act(inside, cast, "bo", reports.submit, lambda: queries.report(running.project, key))
    act(inside, cast, "olu", reports.send_back, lambda: queries.report(running.project, key), "附上台账")
    row = rows.scalars(select(Report).where(Report.kind == "midterm")).one()
    assert (row.state, row.answer) == (ReportState.DUE, "附上台账")
    act(inside, cast, "bo", reports.submit, lambda: queries.report(running.project, key))


def test_a_report_that_did_not_pass_says_why(inside: Inside, cast: Cast, running: Running) -> None:
    key = write(inside, cast, running, "midterm")
    act(inside, cast, "bo", reports.submit, lambda: queries.report(running.project, key))
    with pytest.raises(RulesBroken):
        given = (ReportResult.FAIL, Decimal(101), " ")
        act(inside, cast, "olu", reports.accept, lambda: queries.report(running.project, key), *given)


def test_after_the_final_report_the_close_out_begins(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    key = write(inside, cast, running, "final")
    act(inside, cast, "bo", reports.submit, lambda: queries.report(running.project, key))
    act(inside, cast, "olu", planning.finish, lambda: queries.by_public_id(running.project))
    act(inside, cast, "fay", planning.close, lambda: queries.by_public_id(running.project))
    assert rows.scalars(select(Project)).one().state is ProjectState.CLOSED

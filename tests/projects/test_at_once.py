"""The group writes while staff decide, at the same moment: what was decided was decided on what stands there."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.db import db
from grants.projects.actions import activities, planning, reports
from grants.projects.fields import ActivityState, HourState
from grants.projects.models import Activity, HourRecord, Report
from grants.projects.queries import projects as queries
from grants.questionnaires import queries as forms
from grants.questionnaires import rules as form_rules
from grants.questionnaires.models import SectionAnswers
from tests.at_once import overlap
from tests.cast import Cast
from tests.projects.conftest import LATER, Running
from tests.projects.steps import Inside, photo, record, terms
from tests.projects.test_reports import write


def test_what_is_written_while_a_report_is_handed_in_is_refused(
    app: Flask, cast: Cast, inside: Inside, rows: Session, running: Running
) -> None:
    key, bo, ada = write(inside, cast, running, "midterm"), cast.actor("bo"), cast.actor("ada")

    def change() -> None:
        report = queries.report(running.project, key)
        sheet = forms.sheet(report.sheet_id or 0)
        section, row = forms.what_is_asked(sheet.asks).sections[0], sheet.sections[0]
        reports.save_section(report, section, {"done": "改了"}, version=row.version, by=ada, at=LATER)

    outcomes = overlap(
        app, lambda: reports.submit(queries.report(running.project, key), by=bo, at=LATER), change
    )
    assert outcomes == ("done", "IllegalTransition")
    with inside(read_only=True):
        report = db.session.scalars(select(Report).where(Report.public_id == key)).one()
        sheet = forms.sheet(report.sheet_id or 0)
        filled = form_rules.Filled(forms.answers_of(sheet))
        stands = form_rules.frozen(forms.what_is_asked(sheet.asks), filled, version=sheet.asks.number)
        assert report.content_hash == form_rules.hash_of(stands)
    assert "改了" not in str(rows.scalars(select(SectionAnswers.answers)).all())


def test_nothing_is_recorded_for_a_project_that_is_being_suspended(
    app: Flask, cast: Cast, inside: Inside, rows: Session, running: Running
) -> None:
    fay, bo, evidence = cast.actor("fay"), cast.actor("bo"), photo(inside)
    outcomes = overlap(
        app,
        lambda: planning.suspend(queries.by_public_id(running.project), "账目不清", by=fay, at=LATER),
        lambda: activities.record_new(
            queries.by_public_id(running.project),
            terms(),
            {running.volunteers[0]: 60},
            [evidence],
            by=bo,
            at=LATER,
        ),
    )
    assert outcomes == ("done", "IllegalTransition")
    assert rows.scalars(select(Activity)).all() == []


def test_hours_are_verified_or_returned_never_both(
    app: Flask, cast: Cast, inside: Inside, rows: Session, running: Running
) -> None:
    key, olu, otis = record(inside, cast, running), cast.actor("olu"), cast.actor("otis")
    outcomes = overlap(
        app,
        lambda: activities.send_back(queries.activity(running.project, key), "缺签到", by=olu, at=LATER),
        lambda: activities.verify(queries.activity(running.project, key), by=otis, at=LATER),
    )
    assert outcomes == ("done", "IllegalTransition")
    assert set(rows.scalars(select(HourRecord.state))) == {HourState.REFUSED}
    assert rows.scalars(select(Activity.state)).one() is ActivityState.PLANNED

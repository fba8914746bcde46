"""Supervision: the plan from the signed agreement, milestones, activities and hours, reports, findings, the way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.agreements.fields import GrantState
from grants.agreements.models import Grant
from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken
from grants.core.policy import SYSTEM
from grants.obligations.models import Obligation
from grants.organisations.fields import StandingKind
from grants.organisations.models import Standing
from grants.projects.actions import activities, findings, milestones, planning
from grants.projects.fields import (
    ActivityState,
    FindingState,
    HourState,
    MilestoneState,
    ProjectState,
    Severity,
)
from grants.projects.models import Activity, Finding, HourRecord, Milestone, Project, Report
from grants.projects.queries import projects as queries
from grants.projects.rules import FindingTerms
from tests.cast import Cast
from tests.projects.conftest import LATER, STARTED, Running
from tests.projects.steps import Inside, act, minutes, photo, record, terms, verify

# The plan and the way (S003-1, S003-11).


def test_signing_plans_the_project_with_every_duty(running: Running, rows: Session) -> None:
    project = rows.scalars(select(Project)).one()
    assert (project.title, project.starts_on, project.ends_on) == (
        "暖巷敲门", date(2026, 5, 11), date(2027, 4, 30),
    )  # fmt: skip
    steps = rows.scalars(select(Milestone).order_by(Milestone.number)).all()
    assert [step.name["zh-Hans"] for step in steps] == ["培训探访员", "每周探访"]
    dues = rows.execute(select(Report.kind, Report.due_on).order_by(Report.due_on)).all()
    assert [tuple(each) for each in dues] == [("midterm", date(2026, 11, 4)), ("final", date(2027, 5, 30))]
    owed = rows.scalars(
        select(Obligation.kind).where(
            Obligation.owner_key == str(running.group_id), Obligation.closed_at.is_(None)
        )
    ).all()
    assert sorted(owed) == ["milestone", "milestone", "report", "report"]
    assert [row["key"] for row in project.targets] == ["people", "person_times"]


def test_a_project_does_not_start_before_its_first_day(
    inside: Inside, planned: Running, rows: Session
) -> None:
    assert rows.scalars(select(Project)).one().state is ProjectState.PREPARING
    with inside(), pytest.raises(RulesBroken):
        planning.start(queries.by_public_id(planned.project), by=SYSTEM, at=STARTED - timedelta(days=1))


def test_no_jump_from_the_plan_to_the_archive(
    inside: Inside, cast: Cast, planned: Running, rows: Session
) -> None:
    director = cast.actor("fay")
    for jump in (planning.finish, planning.close):
        with inside(), pytest.raises(IllegalTransition):
            jump(queries.by_public_id(planned.project), by=director, at=LATER)
    assert rows.scalars(select(Project)).one().state is ProjectState.PREPARING


def test_no_close_out_before_the_final_report(inside: Inside, cast: Cast, running: Running) -> None:
    director = cast.actor("fay")
    with inside(), pytest.raises(RulesBroken):
        planning.finish(queries.by_public_id(running.project), by=director, at=LATER)


def test_a_project_is_stopped_with_a_reason_only(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    officer = cast.actor("olu")
    with inside(), pytest.raises(RulesBroken):
        planning.suspend(queries.by_public_id(running.project), "  ", by=officer, at=LATER)
    act(inside, cast, "olu", planning.suspend, lambda: queries.by_public_id(running.project), "核查账目")
    assert rows.scalars(select(Project)).one().state is ProjectState.SUSPENDED
    act(inside, cast, "olu", planning.resume, lambda: queries.by_public_id(running.project), "账目已核")
    rows.rollback()
    assert rows.scalars(select(Project)).one().state is ProjectState.ACTIVE


def test_terminating_ends_the_grant_and_blocks_the_group_until_a_day(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    officer, director = cast.actor("olu"), cast.actor("fay")
    with inside(), pytest.raises(Forbidden):
        planning.terminate(queries.by_public_id(running.project), "虚报", by=officer, at=LATER)
    with inside():
        planning.terminate(
            queries.by_public_id(running.project),
            "虚报",
            blocked_until=date(2029, 6, 20),
            by=director,
            at=LATER,
        )
    assert rows.scalars(select(Project)).one().state is ProjectState.TERMINATED
    assert rows.scalars(select(Grant)).one().state is GrantState.TERMINATED
    blocked = rows.scalars(select(Standing).where(Standing.kind == StandingKind.BLOCKED)).one()
    assert (blocked.organisation_id, blocked.until_on) == (running.group_id, date(2029, 6, 20))
    still_owed = select(Obligation.kind).where(
        Obligation.subject_kind.in_(("milestone", "report")), Obligation.closed_at.is_(None)
    )
    assert rows.scalars(still_owed).all() == []


# Milestones.


def test_a_milestone_needs_something_to_show_and_goes_back_with_a_reason(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    key = rows.scalars(select(Milestone.public_id).order_by(Milestone.number)).first() or ""
    bo, officer, evidence = cast.actor("bo"), cast.actor("olu"), photo(inside)
    with inside(), pytest.raises(RulesBroken):
        milestones.submit(
            queries.milestone(running.project, key), words=" ", link="", evidence=(), by=bo, at=LATER
        )
    with inside():
        milestones.submit(
            queries.milestone(running.project, key), words="", link="", evidence=[evidence], by=bo, at=LATER
        )
    with inside(), pytest.raises(Forbidden):
        milestones.accept(queries.milestone(running.project, key), by=bo, at=LATER)
    with inside():
        milestones.send_back(queries.milestone(running.project, key), "看不清", by=officer, at=LATER)
    with inside():
        milestones.submit(
            queries.milestone(running.project, key), words="补拍", link="", evidence=(), by=bo, at=LATER
        )
    with inside():
        milestones.accept(queries.milestone(running.project, key), by=officer, at=LATER)
    with inside(), pytest.raises(IllegalTransition):
        milestones.accept(queries.milestone(running.project, key), by=officer, at=LATER)
    rows.rollback()
    states = rows.scalars(select(Milestone.state).order_by(Milestone.number)).all()
    assert states == [MilestoneState.ACCEPTED, MilestoneState.PLANNED]


# Hard rule 7: only verified hours count, and a second person verifies them.


def test_hours_count_once_a_second_person_verified_them(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    key = record(inside, cast, running)
    assert minutes(inside, project_id=running.project_id) == 0
    verify(inside, cast, running, key)
    assert minutes(inside, project_id=running.project_id) == 120 + 90 + 120
    kept = rows.execute(select(HourRecord.recorded_by_id, HourRecord.verified_by_id, HourRecord.state)).all()
    people = (cast.id("bo"), cast.id("olu"), HourState.VERIFIED)
    assert [tuple(each) for each in kept] == [people, people]


def test_whoever_wrote_the_hours_does_not_verify_them(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    key = record(inside, cast, running, by="olu")
    with pytest.raises(RulesBroken) as broken:
        verify(inside, cast, running, key, by="olu")
    assert [violation.code for violation in broken.value.violations] == ["second_person"]
    assert rows.scalars(select(HourRecord.state)).all() == [HourState.UNVERIFIED] * 2
    verify(inside, cast, running, key, by="otis")
    assert minutes(inside) == 330


@pytest.mark.parametrize("name", ["ada", "bo", "hal", "cy", "aud", "eve", "di"])
def test_only_officers_verify(inside: Inside, cast: Cast, running: Running, name: str) -> None:
    key = record(inside, cast, running)
    with pytest.raises(Forbidden):
        verify(inside, cast, running, key, by=name)
    assert minutes(inside) == 0


def test_returned_hours_count_nothing_until_written_anew(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    key = record(inside, cast, running)
    act(
        inside,
        cast,
        "olu",
        activities.send_back,
        lambda: queries.activity(running.project, key),
        "人数与照片不符",
    )
    assert rows.scalars(select(HourRecord.state)).all() == [HourState.REFUSED] * 2
    assert minutes(inside) == 0
    bo = cast.actor("bo")
    with inside():
        again = {running.volunteers[0]: 60}
        activities.record(
            queries.activity(running.project, key), terms(volunteers_counted=1), again, by=bo, at=LATER
        )
    verify(inside, cast, running, key)
    assert minutes(inside) == 60


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("place", "", "no_place"), ("content", "", "no_content")],
)
def test_hours_without_place_or_content_are_not_verified(
    inside: Inside, cast: Cast, running: Running, field: str, value: str, code: str
) -> None:
    key = record(inside, cast, running)
    with inside():
        row = db.session.scalars(select(Activity)).one()
        setattr(row, field, value)
        row.region_id = None
    with pytest.raises(RulesBroken) as broken:
        verify(inside, cast, running, key)
    assert [violation.code for violation in broken.value.violations] == [code]


def test_the_call_may_demand_evidence_before_hours_count(
    inside: Inside, cast: Cast, running: Running
) -> None:
    bo = cast.actor("bo")
    with inside():
        project = queries.by_public_id(running.project)
        key = activities.record_new(project, terms(), {}, by=bo, at=LATER).public_id
    with pytest.raises(RulesBroken) as broken:
        verify(inside, cast, running, key)
    assert [violation.code for violation in broken.value.violations] == ["no_evidence"]


@pytest.mark.parametrize(
    "changed",
    [
        {"on": date(2026, 6, 21)}, {"content": " "}, {"title": ""}, {"minutes_each": 0},
        {"minutes_each": 1441}, {"volunteers_counted": 1}, {"volunteers_counted": 501},
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_is_refused(
    inside: Inside, cast: Cast, running: Running, rows: Session, changed: dict[str, Any]
) -> None:
    with pytest.raises(RulesBroken):
        record(inside, cast, running, **changed)
    assert rows.scalars(select(Activity)).all() == []


def test_only_volunteers_of_the_group_are_named(inside: Inside, cast: Cast, running: Running) -> None:
    bo = cast.actor("bo")
    with inside(), pytest.raises(RulesBroken) as broken:
        project = queries.by_public_id(running.project)
        activities.record_new(project, terms(), {999_999: 60}, by=bo, at=LATER)
    assert [violation.code for violation in broken.value.violations] == ["unknown"]


# Findings (S003-3).


def wrong(**changed: Any) -> FindingTerms:
    given: dict[str, Any] = {
        "severity": Severity.SERIOUS, "title": "签领表缺失", "action": "补齐签领表", "owner_name": "邓青山",
        "due_on": date(2026, 7, 20), "found_on": date(2026, 6, 20),
    }  # fmt: skip
    return FindingTerms(**{**given, **changed})


def test_a_serious_finding_holds_payment_until_a_second_person_closes_it(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    act(inside, cast, "olu", findings.open_finding, lambda: queries.by_public_id(running.project), wrong())
    key = rows.scalars(select(Finding.public_id)).one()

    def held() -> bool:
        with inside(read_only=True):
            return queries.payment_is_held(running.grant_id)

    assert held()
    act(inside, cast, "bo", findings.answer, lambda: queries.finding(running.project, key), "已补齐")
    assert held()
    with pytest.raises(RulesBroken):
        act(inside, cast, "olu", findings.close, lambda: queries.finding(running.project, key))
    assert held()
    act(inside, cast, "otis", findings.close, lambda: queries.finding(running.project, key))
    assert not held()
    act(inside, cast, "olu", findings.reopen, lambda: queries.finding(running.project, key), "签名不符")
    assert held()
    row = rows.scalars(select(Finding)).one()
    assert (row.state, row.closed_by_id, row.holds_payment) == (FindingState.OPEN, None, True)


def test_the_group_neither_opens_nor_closes_findings(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    with pytest.raises(Forbidden):
        act(
            inside, cast, "ada", findings.open_finding, lambda: queries.by_public_id(running.project), wrong()
        )
    act(inside, cast, "olu", findings.open_finding, lambda: queries.by_public_id(running.project), wrong())
    key = rows.scalars(select(Finding.public_id)).one()
    with pytest.raises(Forbidden):
        act(inside, cast, "ada", findings.close, lambda: queries.finding(running.project, key))
    with pytest.raises(Forbidden):
        act(inside, cast, "olu", findings.answer, lambda: queries.finding(running.project, key), "已改")


def test_a_minor_finding_holds_nothing(inside: Inside, cast: Cast, running: Running) -> None:
    minor = wrong(severity=Severity.MINOR)
    act(inside, cast, "olu", findings.open_finding, lambda: queries.by_public_id(running.project), minor)
    with inside(read_only=True):
        assert not queries.payment_is_held(running.grant_id)


def test_recording_stops_while_the_project_is_suspended(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    act(inside, cast, "olu", planning.suspend, lambda: queries.by_public_id(running.project), "核查账目")
    with pytest.raises(IllegalTransition):
        record(inside, cast, running)
    assert rows.scalars(select(Activity.state)).all() == []


def test_a_planned_activity_may_be_called_off(
    inside: Inside, cast: Cast, running: Running, rows: Session
) -> None:
    bo = cast.actor("bo")
    with inside():
        project = queries.by_public_id(running.project)
        planned = terms(on=date(2026, 8, 1), content="")
        key = activities.publish_activity(project, planned, by=bo, at=LATER).public_id
    act(inside, cast, "bo", activities.cancel, lambda: queries.activity(running.project, key), "台风")
    assert rows.scalars(select(Activity.state)).all() == [ActivityState.CANCELLED]

"""The demo's projects as steps in time: milestones, activities with hours, reports, findings, and how each stands.

`project_steps` lays them down; the loader plays them together with those of the payments, in the
order of time. What the data calls an issue is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct
from sqlalchemy import select

from grants.agreements import queries as agreements
from grants.core import clock
from grants.core.db import db
from grants.core.policy import SYSTEM
from grants.demo.evidence import evidence_of
from grants.demo.organisations import People
from grants.demo.proposal_answers import full_width
from grants.demo.timeline import Step
from grants.documents.actions import Spooled
from grants.projects.actions import activities, findings, milestones, planning, reports
from grants.projects.fields import ReportResult, Severity
from grants.projects.models import Activity, Finding, Milestone, Project, Report
from grants.projects.queries import projects as queries
from grants.projects.rules import ActivityTerms, FindingTerms
from grants.questionnaires import queries as form_queries
from grants.reference import queries as reference

Data = Mapping[str, Any]
MORNING, AFTERNOON, EVENING = time(9, 30), time(15), time(20)
KINDS = {"培训": "training", "服务": "service"}
RECORDED_AFTER, VERIFIED_AFTER = timedelta(days=1), timedelta(days=5)
READ_AFTER = timedelta(days=5)
A_LITTLE = timedelta(days=3)
REACHED = "done"
FAILED = "failed"


class Year(Struct, frozen=True):
    """What every part needs: the data, who is who, the volunteers' rows, and each project's address."""

    data: Data
    people: People
    volunteers: Mapping[str, int]
    projects: Mapping[str, str]

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.data["meta"]["as_of"])

    def project(self, key: str) -> Project:
        return queries.by_public_id(self.projects[key])


def project_steps(
    data: Data, made: Mapping[str, str], volunteers: Mapping[str, int], *, people: People
) -> list[Step]:
    """Everything that happened in the projects; `made` are the agreements, `volunteers` rows by the data's ids.

    Draws and stores the evidence first, so call it outside any unit of work.
    """
    year = Year(data, people, volunteers, {key: _project_of(public_id) for key, public_id in made.items()})
    steps: list[Step] = []
    for row in data["projects"]:
        steps += [*_beginning(row, year), *_milestones(row, year), *_end(row, year)]
    for row in data["activities"]:
        steps += _activity(row, year)
    for row in data["reports"]:
        steps += _report(row, year)
    for row in data["issues"]:
        steps += _finding(row, year)
    return steps


def _project_of(agreement: str) -> str:
    grant_id = agreements.by_public_id(agreement).grant_id
    return db.session.scalars(select(Project.public_id).where(Project.grant_id == grant_id)).one()


def _on(day: str | date, wall: time) -> datetime:
    return clock.at_local(date.fromisoformat(day) if isinstance(day, str) else day, wall)


def _beginning(row: Data, year: Year) -> Iterator[Step]:
    def begin(at: datetime) -> None:
        planning.start(year.project(row["id"]), by=SYSTEM, at=at)

    def assign(at: datetime) -> None:
        officer, director = year.people.user(row["officer_id"]), year.people.actor("director")
        planning.assign(year.project(row["id"]), officer, by=director, at=at)

    yield Step(_on(row["start"], time(0, 30)), begin)
    yield Step(_on(row["start"], MORNING), assign)


def _milestones(row: Data, year: Year) -> Iterator[Step]:
    """Handed in on their day or before the project ended, whichever came first, and read two days later."""
    for step in row["milestones"]:
        if step["status"] not in (REACHED, FAILED):
            continue
        day = min(date.fromisoformat(step["due"]), _last_day(row, year) - A_LITTLE)
        yield Step(_on(day, EVENING), _hand_in(row, step, year))
        yield Step(_on(day + timedelta(days=2), AFTERNOON), _read(row, step, year))


def _last_day(row: Data, year: Year) -> date:
    ends = [year.as_of.isoformat()]
    ends += [row["termination"]["on"]] if "termination" in row else []
    ends += [row["closeout"]["accepted_on"]] if "closeout" in row else []
    return date.fromisoformat(min(ends))


def _hand_in(row: Data, step: Data, year: Year) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        leader, milestone = year.people.actor(row["group_id"]), _milestone(row, step, year)
        words = f"{step['name_zh']}已完成，记录和照片见各次活动。"
        milestones.submit(milestone, words=words, link="", evidence=(), by=leader, at=at)

    return act


def _read(row: Data, step: Data, year: Year) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        officer, milestone = year.people.actor(row["officer_id"]), _milestone(row, step, year)
        if step["status"] == FAILED:
            milestones.send_back(milestone, "中期评估未达标，请先完成整改。", by=officer, at=at)
        else:
            milestones.accept(milestone, by=officer, at=at)

    return act


def _milestone(row: Data, step: Data, year: Year) -> Milestone:
    project = year.project(row["id"])
    key = next(each.public_id for each in project.milestones if each.number == step["no"])
    return queries.milestone(project.public_id, key)


def _end(row: Data, year: Year) -> Iterator[Step]:
    """Two projects wind up after their final report, one was terminated."""
    final = [
        each for each in year.data["reports"] if (each["project_id"], each["kind"]) == (row["id"], "final")
    ]
    if final:
        finished = _on(final[0]["submitted_on"], time(21))
        yield Step(finished, lambda at: planning.finish(year.project(row["id"]), by=SYSTEM, at=at))
    if "termination" in row:
        told = row["termination"]

        def terminate(at: datetime) -> None:
            until = told["blocked_until"] and date.fromisoformat(told["blocked_until"])
            director, reason = year.people.actor("director"), full_width(told["reason_zh"])
            planning.terminate(year.project(row["id"]), reason, blocked_until=until, by=director, at=at)

        yield Step(_on(told["on"], AFTERNOON), terminate)


def _activity(row: Data, year: Year) -> list[Step]:
    hours = [each for each in year.data["hour_records"] if each["activity_id"] == row["id"]]
    names = {each["id"]: each["name_zh"] for each in year.data["volunteers"]}
    group = next(each["name_zh"] for each in year.data["groups"] if each["id"] == row["group_id"])
    evidence = evidence_of(row, group, [names[each["volunteer_id"]] for each in hours])
    minutes = {year.volunteers[each["volunteer_id"]]: _minutes(each["hours"]) for each in hours}
    day = date.fromisoformat(row["date"])
    recorded = _on(day + RECORDED_AFTER, EVENING)
    steps = [Step(recorded, _record(row, minutes, evidence, year))]
    if row["status"] == "verified":
        steps.append(Step(_on(day + VERIFIED_AFTER, MORNING), _verify(row, year)))
    elif row["status"] == "rejected":
        steps.append(Step(_on(day + VERIFIED_AFTER, MORNING), _refuse(row, year)))
    return steps


def _minutes(hours: str) -> int:
    return int(Decimal(hours) * 60)


def _record(row: Data, minutes: Mapping[int, int], evidence: list[Spooled], year: Year) -> Any:
    place = reference.region_by_code(row["region_code"])
    terms = ActivityTerms(
        title=full_width(row["title_zh"]),
        on=date.fromisoformat(row["date"]),
        minutes_each=_minutes(str(row["hours_each"])),
        kind=KINDS[row["kind"]],
        starts_at=time.fromisoformat(row["start_time"]),
        region_id=place.id if place else None,
        content=full_width(row["title_zh"]),
        beneficiaries=row["beneficiaries"],
        volunteers_counted=row["volunteers"],
        insured=row["insured"],
    )

    def act(at: datetime) -> None:
        leader, project = year.people.actor(row["group_id"]), year.project(row["project_id"])
        activities.record_new(project, terms, minutes, evidence, by=leader, at=at)

    return act


def _verify(row: Data, year: Year) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        activities.verify(_of(row, year), by=year.people.actor(row["verified_by"]), at=at)

    return act


def _refuse(row: Data, year: Year) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        reason = full_width(row["note_zh"] or "记录与凭据不符，请核对。")
        activities.send_back(_of(row, year), reason, by=year.people.actor("officer"), at=at)

    return act


def _of(row: Data, year: Year) -> Activity:
    project = year.project(row["project_id"])
    found = select(Activity.public_id).where(
        Activity.project_id == project.id,
        Activity.on == date.fromisoformat(row["date"]),
        Activity.title == full_width(row["title_zh"]),
    )
    return queries.activity(project.public_id, db.session.scalars(found).one())


def _report(row: Data, year: Year) -> Iterator[Step]:
    def write(at: datetime) -> None:
        report, leader = _report_of(row, year), year.people.actor(_group(row, year))
        sheet = form_queries.sheet(report.sheet_id or 0)
        asked, versions = (
            form_queries.what_is_asked(sheet.asks),
            {each.section: each.version for each in sheet.sections},
        )
        answers = _answers(row, year)
        for section in asked.sections:
            given = {
                question.key: answers[question.key]
                for question in section.questions
                if question.key in answers
            }
            reports.save_section(report, section, given, version=versions[section.key], by=leader, at=at)
        reports.submit(report, by=leader, at=at + timedelta(minutes=30))

    def read(at: datetime) -> None:
        officer = year.people.actor(_project_row(row, year)["officer_id"])
        result, said = ReportResult(row["result"]), _said(row)
        reports.accept(_report_of(row, year), result, Decimal(str(row["score"])), said, by=officer, at=at)

    yield Step(_on(row["submitted_on"], EVENING), write)
    if row["result"]:
        yield Step(_read_at(row, year), read)


def _read_at(row: Data, year: Year) -> datetime:
    """A report to be rectified was read on the day its finding was made; a final one when the project was accepted."""
    project = _project_row(row, year)
    found = [each for each in year.data["issues"] if each["project_id"] == row["project_id"]]
    if row["result"] == "rectify" and found:
        return _on(found[0]["found_on"], MORNING)
    if row["kind"] == "final" and "closeout" in project:
        return _on(project["closeout"]["accepted_on"], MORNING)
    return _on(date.fromisoformat(row["submitted_on"]) + READ_AFTER, AFTERNOON)


def _said(row: Data) -> str:
    if row["result"] == "rectify":
        return "签领表不全，账目对不上。请按整改事项补齐，再申请下一期款。"
    return "写得清楚，做得扎实，谢谢你们。"


def _answers(row: Data, year: Year) -> dict[str, str]:
    """A short report in the words of the data: what was reached, what was spent, what comes next."""
    project = _project_row(row, year)
    reached = {
        key: str(each["reached"])
        for key, each in zip(("people", "person_times"), project["indicators"], strict=False)
    }
    spent = [
        Decimal(each["amount"])
        for each in year.data["expenses"]
        if each["project_id"] == row["project_id"] and each["date"] <= row["submitted_on"]
    ]
    total = sum(spent, Decimal())
    close = project.get("closeout", {})
    return {
        "people": "0",
        "person_times": "0",
        **reached,
        "done": f"按计划开展“{full_width(project['title_zh'])}”各项活动，签到、照片和时长都已上传。",
        "goals": "进度与项目书基本一致。",
        "spent": str(close.get("spent", total)),
        "left": str(close.get("leftover_returned", max(Decimal(project["grant"]) - total, Decimal()))),
        "next": "继续按月开展服务，每次活动后两周内记录时长。",
        "effect": "服务对象有人惦记、遇事有人应，社区也有了一支稳定的队伍。",
        "after": "骨干志愿者继续服务，社区提供场地。",
        "truthful": "yes",
    }


def _project_row(row: Data, year: Year) -> Data:
    return next(each for each in year.data["projects"] if each["id"] == row["project_id"])


def _group(row: Data, year: Year) -> str:
    return str(_project_row(row, year)["group_id"])


def _report_of(row: Data, year: Year) -> Report:
    project = year.project(row["project_id"])
    key = next(each.public_id for each in project.reports if each.kind == row["kind"])
    return queries.report(project.public_id, key)


def _finding(row: Data, year: Year) -> Iterator[Step]:
    terms = FindingTerms(
        severity=Severity(row["severity"]),
        title=full_width(row["title_zh"]),
        action=full_width(row["action_zh"]),
        owner_name=row["owner_zh"],
        due_on=date.fromisoformat(row["due"]),
        found_on=date.fromisoformat(row["found_on"]),
        source=row["source"],
        holds_payment=row["holds_payment"],
    )

    def begin(at: datetime) -> None:
        officer = year.people.actor(_project_row(row, year)["officer_id"])
        findings.open_finding(year.project(row["project_id"]), terms, by=officer, at=at)

    def answer(at: datetime) -> None:
        said = f"{terms.action}：已完成。"
        findings.answer(_finding_of(row, year), said, by=year.people.actor(_group(row, year)), at=at)

    def close(at: datetime) -> None:
        findings.close(_finding_of(row, year), by=year.people.actor("officer"), at=at)

    yield Step(_on(row["found_on"], time(11)), begin)
    if row["status"] == "closed":
        closed = date.fromisoformat(row["closed_on"])
        yield Step(_on(closed - timedelta(days=2), EVENING), answer)
        yield Step(_on(closed, AFTERNOON), close)


def _finding_of(row: Data, year: Year) -> Finding:
    project = year.project(row["project_id"])
    title = full_width(row["title_zh"])
    key = next(each.public_id for each in project.findings if each.title == title)
    return queries.finding(project.public_id, key)

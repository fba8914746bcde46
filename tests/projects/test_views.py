"""Pages of projects: who finds them, and supervision walked through in a browser by its own people."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core import clock, jobs
from grants.core.db import db
from grants.core.policy import permits
from grants.messaging.models import SentMail
from grants.organisations.fields import ConflictKind, ConflictSource, ConflictState
from grants.organisations.models import Conflict, Volunteer
from grants.projects.models import Activity, Finding, Milestone, Project, Report
from grants.projects.queries import projects as queries
from grants.threads.models import Thread
from tests.cast import Browser, Cast
from tests.documents import samples
from tests.guards.told import badly_told
from tests.projects.conftest import Running

Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]
EVERYBODY = ("ada", "bo", "hal", "cy", "dee", "eve", "fay", "olu", "di", "bea", "gus", "max", "aud")
READERS = set(EVERYBODY) - {"cy", "dee"}
DAY = "2026-06-17"


def page_of(running: Running) -> str:
    return f"/projects/{running.project}"


def picture() -> tuple[io.BytesIO, str]:
    return io.BytesIO(samples.picture()), "签到表.jpg"


@pytest.mark.parametrize("name", EVERYBODY)
def test_who_finds_the_project(sign_in: SignIn, running: Running, name: str) -> None:
    client = sign_in(name)
    expected = 200 if name in READERS else 404
    assert client.get(page_of(running)).status_code == expected
    assert ("暖巷敲门" in client.get("/projects").text) is (name in READERS)


def test_a_tie_hides_the_project_from_staff_everywhere(
    sign_in: SignIn, running: Running, cast: Cast, inside: Inside
) -> None:
    with inside():
        db.session.add(
            Conflict(
                user_id=cast.id("olu"), organisation_id=running.host_id, kind=ConflictKind.ADVISER,
                source=ConflictSource.DECLARED, state=ConflictState.CONFIRMED, declared_on=clock.today(),
            )
        )  # fmt: skip
    officer = sign_in("olu")
    assert officer.get(page_of(running)).status_code == 404
    assert officer.get(f"{page_of(running)}/activities").status_code == 404
    assert "暖巷敲门" not in officer.get("/projects").text
    assert "暖巷敲门" not in officer.get("/projects.csv").text


def test_a_conversation_about_a_project_reaches_the_group_and_its_officer(
    sign_in: SignIn, running: Running, cast: Cast, app: Flask, rows: Session
) -> None:
    olu, bo = sign_in("olu"), sign_in("bo")
    begin = f"/threads/about/project/{running.project}"
    assert begin in olu.page(page_of(running))
    words = {"title": "走访时间", "body": "周三下午来看你们，方便吗？"}
    assert olu.send(begin, words).status_code == 303
    jobs.run_due(app)
    assert "走访时间" in bo.page(page_of(running))
    assert "走访时间" in bo.page("/messages")
    thread = rows.scalars(select(Thread)).one()
    assert bo.send(f"/threads/{thread.public_id}", {"body": "方便，三点见。"}).status_code == 303
    assert "方便，三点见。" in olu.page(f"/threads/{thread.public_id}")
    mailed = rows.scalars(select(SentMail.user_id).where(SentMail.kind == "message_posted"))
    assert cast.id("bo") in mailed.all()


def test_who_may_not_see_a_project_cannot_talk_about_it(sign_in: SignIn, running: Running) -> None:
    begin = f"/threads/about/project/{running.project}"
    assert sign_in("aud").get(page_of(running)).text.count(begin) == 0
    for name in ("cy", "dee"):
        answers = [
            sign_in(name).get(address) for address in (begin, "/threads/about/project/0000000000000000")
        ]
        assert [answer.status_code for answer in answers] == [404, 404]


def test_policy_and_sql_agree(running: Running, cast: Cast, inside: Inside, app: Flask) -> None:
    for name in EVERYBODY:
        actor = cast.actor(name)
        with inside(read_only=True):
            found = [row.id for row in db.session.scalars(queries.visible_to(actor))]
            allowed = permits(actor, "project.view", queries.by_public_id(running.project))
        assert (found == [running.project_id]) is allowed, name


def test_a_milestone_on_a_phone(sign_in: SignIn, running: Running, rows: Session) -> None:
    milestone = rows.scalars(select(Milestone).order_by(Milestone.number)).first()
    assert milestone is not None
    page = f"{page_of(running)}/milestones/{milestone.public_id}"
    bo, officer = sign_in("bo"), sign_in("olu")
    assert bo.send(page, {"words": ""}, from_page=page).status_code == 422
    liar = {"words": "照片", "files": (io.BytesIO(b"MZ not a picture"), "photo.jpg")}
    refused = bo.send(page, liar, from_page=page)
    assert refused.status_code == 422
    assert "照片" in refused.text
    assert bo.send(page, {"words": "培训两次", "files": picture()}, from_page=page).status_code == 303
    assert officer.send(f"{page}/return", {"reason": ""}, from_page=page).status_code == 422
    assert officer.send(f"{page}/accept", from_page=page).status_code == 303
    assert officer.send(f"{page}/accept", from_page=page).status_code == 409
    assert "里程碑已" in bo.get(page).text or "Milestone reached" in bo.get(page).text


def record(client: Browser, running: Running, who: list[str], **changed: Any) -> Any:
    form = f"{page_of(running)}/activities/new"
    values = {
        "title": "每周探访", "on": DAY, "hours_each": "1.5", "content": "入户探访", "who": who,
        "volunteers_counted": "4", "files": picture(), **changed,
    }  # fmt: skip
    return client.send(f"{page_of(running)}/activities", values, from_page=form)


def test_twenty_names_are_ticked_and_a_second_person_verifies(
    sign_in: SignIn, running: Running, rows: Session
) -> None:
    people = rows.scalars(
        select(Volunteer).where(Volunteer.id.in_(running.volunteers)).order_by(Volunteer.id)
    ).all()
    bo, officer = sign_in("bo"), sign_in("olu")
    answer = record(
        bo, running, [people[0].public_id, people[1].public_id], **{f"hours-{people[1].public_id}": "2"}
    )
    assert answer.status_code == 303, answer.text[:3000]
    page = answer.location
    assert bo.send(f"{page}/verify", from_page=f"{page_of(running)}/activities/new").status_code == 403
    assert officer.send(f"{page}/verify", from_page=page).status_code == 303
    rows.rollback()
    row = rows.scalars(select(Activity)).one()
    assert (row.state, row.volunteers_counted, row.minutes_each) == ("verified", 4, 90)
    assert "6.5" in officer.page(f"{page_of(running)}/activities")  # 1.5 + 2 + twice 1.5


@pytest.mark.parametrize(
    "changed",
    [
        {"on": "2099-01-01"}, {"on": "gestern"}, {"hours_each": "0"}, {"hours_each": "25"}, {"hours_each": "NaN"},
        {"title": ""}, {"content": ""}, {"volunteers_counted": "1"}, {"volunteers_counted": "9" * 12},
        {"title": "长" * 201},
    ],
)  # fmt: skip
def test_a_wrong_record_is_said_and_nothing_typed_is_lost(
    sign_in: SignIn, running: Running, rows: Session, changed: dict[str, str]
) -> None:
    people = rows.scalars(select(Volunteer.public_id).where(Volunteer.id.in_(running.volunteers))).all()
    answer = record(sign_in("bo"), running, list(people), place="逢源路🌱", **changed)
    assert answer.status_code == 422
    assert "逢源路🌱" in answer.text
    assert answer.text.count(" checked") == 3
    assert rows.scalars(select(Activity)).all() == []


def sections_of(client: Browser, page: str) -> list[tuple[str, dict[str, str]]]:
    text = unescape(client.page(page))
    forms = re.findall(r'<form[^>]*action="([^"]+/sections/[a-z]+)"(.*?)</form>', text, re.DOTALL)
    return [(action, dict(re.findall(r'name="(version)" value="(\d+)"', body))) for action, body in forms]


def test_a_report_is_written_handed_in_and_read(sign_in: SignIn, running: Running, rows: Session) -> None:
    report = rows.scalars(select(Report).where(Report.kind == "midterm")).one()
    page = f"{page_of(running)}/reports/{report.public_id}"
    bo, officer = sign_in("bo"), sign_in("olu")
    assert bo.send(f"{page}/submit", from_page=page).status_code == 422
    answers = {
        "progress": {"answers.done": "每周探访", "answers.people": "67", "answers.person_times": "410"},
        "money": {"answers.spent": "18,400"},
        "ahead": {"answers.next": "继续", "answers.truthful": "yes"},
    }
    for action, hidden in sections_of(bo, page):
        given = answers[action.rsplit("/", 1)[1]]
        other = {**given, next(iter(given)): "9"}
        assert bo.send(action, {**given, **hidden}, from_page=page).status_code == 303
        assert bo.send(action, {**other, **hidden}, from_page=page).status_code == 409
    assert officer.send(f"{page}/submit", from_page=page).status_code == 403
    assert bo.send(f"{page}/submit", from_page=page).status_code == 303
    found = {"result": "pass", "score": "88", "answer": "扎实"}
    assert officer.send(f"{page}/accept", {**found, "score": "101"}, from_page=page).status_code == 422
    unread = officer.send(f"{page}/return", {"reason": ""}, from_page=page)
    assert (unread.status_code, list(badly_told(unread.text, "en"))) == (422, [])
    assert officer.send(f"{page}/accept", found, from_page=page).status_code == 303
    shown = bo.page(page)
    assert "88" in shown
    assert "扎实" in shown


@pytest.mark.parametrize("spoilt", [{"answers.done": "x" * 30_000}, {"version": ""}])
def test_a_section_that_is_refused_comes_back_with_its_words(
    sign_in: SignIn, running: Running, rows: Session, spoilt: dict[str, str]
) -> None:
    report = rows.scalars(select(Report).where(Report.kind == "midterm")).one()
    page, bo = f"{page_of(running)}/reports/{report.public_id}", sign_in("bo")
    action, hidden = sections_of(bo, page)[0]
    given = {**hidden, "answers.done": "每周探访", "answers.people": "67", **spoilt}
    refused = bo.send(action, given, from_page=page)
    assert (refused.status_code, list(badly_told(refused.text, "en"))) == (422, [])
    assert given["answers.done"] in refused.text
    assert 'value="67"' in refused.text
    incomplete = bo.send(f"{page}/submit", from_page=page)
    assert (incomplete.status_code, list(badly_told(incomplete.text, "en"))) == (422, [])


def test_autosave_is_told_what_stands_in_a_stale_section(
    sign_in: SignIn, running: Running, rows: Session
) -> None:
    report = rows.scalars(select(Report).where(Report.kind == "midterm")).one()
    page, bo = f"{page_of(running)}/reports/{report.public_id}", sign_in("bo")
    action, hidden = sections_of(bo, page)[0]
    bo.send(action, {**hidden, "answers.done": "每周探访"}, from_page=page)
    late = {**hidden, "answers.done": "别的", "csrf_token": bo.csrf(page)}
    told = bo.post(action, data=late, headers={"Accept": "application/json"})
    assert (told.status_code, told.get_json()["version"]) == (409, int(hidden["version"]) + 1)
    assert told.get_json()["values"]["answers.done"] == "每周探访"


def test_a_finding_from_opening_to_closing(sign_in: SignIn, running: Running, rows: Session) -> None:
    form = f"{page_of(running)}/findings/new"
    values = {
        "severity": "serious", "title": "签领表缺失", "action": "补齐", "owner_name": "邓青山", "due_on": "2099-07-20",
    }  # fmt: skip
    assert sign_in("ada").get(form).status_code == 404
    officer = sign_in("olu")
    assert officer.send(form, {**values, "due_on": ""}, from_page=form).status_code == 422
    assert officer.send(form, values, from_page=form).status_code == 303
    page = f"{page_of(running)}/findings/{rows.scalars(select(Finding.public_id)).one()}"
    answer = {"answer": "已补齐", "files": picture()}
    assert sign_in("bo").send(f"{page}/answer", answer, from_page=page).status_code == 303
    assert officer.send(f"{page}/close", from_page=page).status_code == 422
    assert sign_in("otis").send(f"{page}/close", from_page=page).status_code == 303
    rows.rollback()
    assert rows.scalars(select(Finding.state)).one() == "closed"
    seen = sign_in("ada").page(page)
    assert re.search(r"<dt>Found on</dt><dd>[^<]+<br><span[^>]*>Opened by Olu<", seen)
    assert re.search(r"<dt>Closed on</dt><dd>[^<]+<br><span[^>]*>Closed by Otis<", seen)


def test_the_projects_way_by_its_page(sign_in: SignIn, running: Running, rows: Session) -> None:
    page, officer = page_of(running), sign_in("olu")
    assert officer.send(f"{page}/finish", from_page=page).status_code == 303
    assert rows.scalars(select(Project.state)).one() == "active"
    assert officer.send(f"{page}/resume", {"reason": "x"}, from_page=page).status_code == 409
    assert officer.send(f"{page}/suspend", {"reason": ""}, from_page=page).status_code == 422
    assert officer.send(f"{page}/suspend", {"reason": "核查账目"}, from_page=page).status_code == 303
    assert "核查账目" in sign_in("ada").page(page)
    assert officer.send(f"{page}/terminate", {"reason": "x"}, from_page=page).status_code == 403
    assert sign_in("aud").send(f"{page}/suspend", {"reason": "x"}, from_page=page).status_code == 403


def test_files_of_a_project_are_behind_its_door(sign_in: SignIn, running: Running, rows: Session) -> None:
    page = record(sign_in("bo"), running, []).location
    file = re.search(r"/files/[a-z0-9]+", sign_in("olu").page(page))
    assert file is not None
    answers = {name: sign_in(name).get(file[0]).status_code for name in ("ada", "hal", "aud", "di", "cy")}
    assert answers == {"ada": 200, "hal": 200, "aud": 200, "di": 200, "cy": 404}

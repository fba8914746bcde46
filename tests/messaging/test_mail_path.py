"""From a form to a mail on a real server and back through its link; and nothing twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grants.accounts.models import Consent, OneTimeToken, User
from grants.core import clock, jobs
from grants.core.events import publish
from grants.core.jobs import Job
from grants.messaging.models import Notification, SentMail
from grants.threads.events import MessagePosted
from tests.cast import PASSWORD, Browser, Cast
from tests.guards.told import badly_told
from tests.messaging.conftest import Letterbox

Inside = Callable[..., AbstractContextManager[None]]
LINK = re.compile(r"http://[^\s]+/(confirm|reset|invited)/[^\s]+")
LIN = {"name": "林小满", "email": "Lin@Example.org", "consent": "y", "next": "/open-calls/7"}


def link_in(text: str) -> str:
    found = LINK.search(text)
    assert found, text
    return "/" + found[0].split("/", 3)[3]


def register(client: Browser, **other: str) -> None:
    answer = client.send("/register", {**LIN, **other})
    assert (answer.status_code, answer.location) == (303, "/register/sent")


def test_registering_leads_through_the_mail_to_an_account(
    app: Flask, visitor: Callable[[], Browser], letterbox: Letterbox, rows: Session
) -> None:
    client = visitor()
    client.set_cookie("language", "zh-Hans")
    register(client)
    assert rows.scalars(select(User)).all() == []
    jobs.run_due(app)
    (letter,) = letterbox.mails
    assert (letter["To"].addresses[0].addr_spec, letter["Content-Language"]) == ("Lin@example.org", "zh-Hans")
    assert "林小满" in letterbox.text()
    path = link_in(letterbox.text())
    assert rows.scalars(select(User)).all() == []
    client.page(path)
    answer = client.send(path, {"password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/open-calls/7")
    rows.rollback()
    lin = rows.scalars(select(User)).one()
    assert (lin.name, lin.email, lin.language) == ("林小满", "Lin@example.org", "zh-Hans")
    assert lin.confirmed_at
    consent = rows.scalars(select(Consent)).one()
    assert (consent.user_id, consent.notice, consent.notice_version) == (lin.id, "privacy", "2026-1")
    assert "林小满" in client.page("/account")
    assert visitor().send("/sign-in", {"email": "lin@example.org", "password": PASSWORD}).status_code == 303


def test_a_link_works_once(
    app: Flask, visitor: Callable[[], Browser], letterbox: Letterbox, rows: Session
) -> None:
    client = visitor()
    register(client)
    jobs.run_due(app)
    path = link_in(letterbox.text())
    client.send(path, {"password": PASSWORD})
    assert client.get(path).status_code == 404
    assert client.send(path, {"password": "another good one"}).status_code == 404
    assert visitor().send("/sign-in", {"email": LIN["email"], "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize(("hours", "status"), [(23, 200), (25, 404)])
def test_a_link_for_an_account_is_good_for_a_day(
    hours: int, status: int, app: Flask, visitor: Callable[[], Browser], letterbox: Letterbox
) -> None:
    client = visitor()
    register(client)
    jobs.run_due(app)
    with time_machine.travel(clock.real_now() + timedelta(hours=hours)):
        client.page(link_in(letterbox.text()), status=status)


def test_neither_table_nor_job_holds_a_usable_link(
    app: Flask, visitor: Callable[[], Browser], letterbox: Letterbox, rows: Session
) -> None:
    register(visitor())
    jobs.run_due(app)
    secret = link_in(letterbox.text()).rpartition("/")[2]
    kept = [repr(vars(row)) for model in (OneTimeToken, Job, SentMail) for row in rows.scalars(select(model))]
    assert len(kept) >= 4
    assert [text for text in kept if secret in text] == []


def test_registering_a_known_address_looks_the_same_and_tells_only_its_owner(
    app: Flask, cast: Cast, visitor: Callable[[], Browser], letterbox: Letterbox, rows: Session
) -> None:
    cast.id("ada")
    jobs.run_due(app)
    letterbox.mails.clear()
    answers = [
        visitor().send("/register", {**LIN, "email": email})
        for email in ("ADA@example.org", "new@example.org")
    ]
    assert [(a.status_code, a.location, a.text) for a in answers[:1]] == [
        (a.status_code, a.location, a.text) for a in answers[1:]
    ]
    jobs.run_due(app)
    by_reader = {letter["To"].addresses[0].addr_spec: letter["Subject"] for letter in letterbox.mails}
    assert by_reader == {
        "ADA@example.org": "You have an account already",
        "new@example.org": "Open your account",
    }
    assert rows.scalars(select(User.email)).all() == ["ada@example.org"]


def test_a_forgotten_password_is_chosen_anew_and_ends_every_session(
    app: Flask,
    cast: Cast,
    sign_in: Callable[[str], Browser],
    visitor: Callable[[], Browser],
    letterbox: Letterbox,
) -> None:
    old = sign_in("ada")
    client = visitor()
    client.send("/forgotten", {"email": "ada@example.org"})
    jobs.run_due(app)
    path = link_in(letterbox.text())
    assert client.send(path, {"password": "four green sprouts"}).location == "/sign-in"
    assert old.get("/account").status_code == 303
    assert client.get("/account").status_code == 303
    assert client.send("/sign-in", {"email": "ada@example.org", "password": PASSWORD}).status_code == 422
    again = client.send("/sign-in", {"email": "ada@example.org", "password": "four green sprouts"})
    assert again.status_code == 303


def test_forgotten_answers_alike_for_everybody_and_does_the_same_work(
    app: Flask,
    cast: Cast,
    visitor: Callable[[], Browser],
    letterbox: Letterbox,
    statements: Callable[..., any],
) -> None:
    cast.id("ada")
    seen = {}
    for email in ("ada@example.org", "nobody@example.org"):
        client = visitor()
        token = client.csrf("/forgotten")
        with statements() as said:
            answer = client.post("/forgotten", data={"email": email, "csrf_token": token})
        seen[email] = (answer.status_code, answer.location, answer.text, said)
    assert seen["ada@example.org"] == seen["nobody@example.org"]
    jobs.run_due(app)
    assert [letter["Subject"] for letter in letterbox.mails if "password" in letter["Subject"]] == [
        "Choose a new password"
    ]


def test_an_invited_colleague_chooses_a_password_and_has_the_role(
    app: Flask,
    cast: Cast,
    sign_in: Callable[[str], Browser],
    visitor: Callable[[], Browser],
    letterbox: Letterbox,
) -> None:
    new = {"name": "Oz", "email": "oz@example.org", "language": "en", "role": "officer", "scope": ""}
    answer = sign_in("fay").send("/people/invite", new)
    assert answer.status_code == 303
    jobs.run_due(app)
    invitation = next(text for text in map(letterbox.text, range(len(letterbox.mails))) if LINK.search(text))
    client = visitor()
    assert client.send("/sign-in", {"email": "oz@example.org", "password": PASSWORD}).status_code == 422
    assert client.send(link_in(invitation), {"password": PASSWORD}).location == "/home"
    assert "Oz" in client.page("/account")


def posted(cast: Cast, inside: Inside, *names: str) -> None:
    readers = tuple(cast.id(name) for name in names)
    with inside():
        publish(
            MessagePosted(
                occurred_at=clock.now(),
                actor_id=None,
                case="person/1",
                thread_id=1,
                thread_public_id="T0000000000000000"[:16],
                message_id=1,
                title="问题",
                author_name="Fay",
                reader_ids=readers,
            )
        )


def test_a_fact_is_told_once_however_often_its_jobs_run(
    app: Flask, cast: Cast, inside: Inside, letterbox: Letterbox, rows: Session
) -> None:
    posted(cast, inside, "ada", "bo")
    for _ in range(3):
        jobs.run_due(app)
        with inside():
            Session.execute(
                rows_session(), update(Job).where(Job.kind.in_(["tell", "send_mail"])).values(done_at=None)
            )
    subjects = [letter["Subject"] for letter in letterbox.mails]
    assert subjects == ["Fay wrote about “问题”"] * 2
    assert len({letter["Message-ID"] for letter in letterbox.mails}) == 2
    assert len(rows.scalars(select(Notification)).all()) == 2
    assert len(rows.scalars(select(SentMail)).all()) == 2
    orders = select(Job).where(Job.kind == "send_mail", Job.payload["tell"].as_string() == "message_posted")
    assert len(rows.scalars(orders).all()) == 2


def rows_session() -> Session:
    from grants.core.db import db

    return db.session()


def test_a_mail_refused_for_now_is_sent_later_with_the_same_id(
    app: Flask, cast: Cast, inside: Inside, letterbox: Letterbox, rows: Session
) -> None:
    letterbox.answer = "451 come back later"
    posted(cast, inside, "ada")
    jobs.run_due(app)
    assert rows.scalars(select(SentMail)).all() == []
    letterbox.answer = "250 OK"
    with time_machine.travel(clock.real_now() + timedelta(minutes=2)):
        jobs.run_due(app)
    rows.rollback()
    (sent,) = rows.scalars(select(SentMail)).all()
    assert [letter["Message-ID"] for letter in letterbox.mails] == [sent.message_id]


def test_a_mail_refused_for_good_is_put_down_and_not_tried_again(
    app: Flask, cast: Cast, inside: Inside, letterbox: Letterbox, rows: Session
) -> None:
    letterbox.answer = "550 no such box"
    posted(cast, inside, "ada")
    jobs.run_due(app)
    (sent,) = rows.scalars(select(SentMail)).all()
    assert "no such box" in sent.error
    assert rows.scalars(select(Job).where(Job.kind == "send_mail", Job.done_at.is_(None))).all() == []


def test_every_mail_is_in_its_readers_language(
    app: Flask, cast: Cast, inside: Inside, letterbox: Letterbox
) -> None:
    bo = cast.id("bo")
    with inside():
        rows_session().get_one(User, bo).language = "zh-Hans"
    posted(cast, inside, "ada", "bo")
    jobs.run_due(app)
    by_reader = {letter["To"].addresses[0].addr_spec: letter for letter in letterbox.mails}
    assert by_reader["ada@example.org"]["Content-Language"] == "en"
    assert by_reader["bo@example.org"]["Content-Language"] == "zh-Hans"
    assert by_reader["bo@example.org"]["Subject"] == "Fay 在《问题》里留了言"


def test_mails_one_does_not_want_stay_away_but_the_message_is_there(
    app: Flask,
    cast: Cast,
    inside: Inside,
    sign_in: Callable[[str], Browser],
    letterbox: Letterbox,
) -> None:
    ada = sign_in("ada")
    refused = ada.send("/messages/settings", {"kinds": "no-such-kind"})
    assert (refused.status_code, list(badly_told(refused.text, "en"))) == (422, [])
    assert ada.send("/messages/settings", {}).status_code == 303
    posted(cast, inside, "ada", "bo")
    jobs.run_due(app)
    assert [letter["To"].addresses[0].addr_spec for letter in letterbox.mails] == ["bo@example.org"]
    assert "Fay wrote about “问题”" in ada.page("/messages")


def test_without_a_mail_server_mails_are_files(app: Flask, cast: Cast, inside: Inside, rows: Session) -> None:
    folder = Path(app.extensions["grants.settings"].mail_url.removeprefix("file:"))
    posted(cast, inside, "ada")
    jobs.run_due(app)
    waiting = select(Job.kind, Job.error).where(Job.done_at.is_(None), Job.kind.in_(["tell", "send_mail"]))
    assert rows.execute(waiting).all() == []
    letters = [message_from_bytes(path.read_bytes(), policy=default) for path in folder.glob("*.eml")]
    assert "Fay wrote about “问题”" in [letter["Subject"] for letter in letters]


def test_the_inbox_shows_only_ones_own_and_opens_the_page(
    app: Flask, cast: Cast, inside: Inside, sign_in: Callable[[str], Browser], rows: Session
) -> None:
    posted(cast, inside, "ada")
    jobs.run_due(app)
    (note,) = rows.scalars(select(Notification)).all()
    cy, ada = sign_in("cy"), sign_in("ada")
    assert cy.get(f"/messages/{note.public_id}").status_code == 404
    assert "Fay wrote" not in cy.page("/messages")
    assert "One message is new." in ada.page("/messages")
    opened = ada.get(f"/messages/{note.public_id}")
    assert (opened.status_code, opened.location) == (303, "/threads/T000000000000000")
    assert "You have seen everything." in ada.page("/messages")

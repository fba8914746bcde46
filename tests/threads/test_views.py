"""Conversations through HTTP: who reads, who writes, and who cannot tell that they exist."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.threads import queries
from grants.threads.models import Message, Thread
from tests.cast import Browser, Cast
from tests.threads.holders import ENTRY

Inside = Callable[..., AbstractContextManager[None]]
WORDS = {"title": "给小组的问题", "body": "请补交名单。\n谢谢！<b>"}


@pytest.fixture(autouse=True)
def something_to_talk_about(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions["grants.registry.threads"], "user", ENTRY)


@pytest.fixture
def thread(cast: Cast, sign_in: Callable[[str], Browser], rows: Session) -> Thread:
    cast.id("max")
    answer = sign_in("fay").send(f"/threads/about/user/{cast.user('bo').public_id}", WORDS)
    assert answer.status_code == 303
    return rows.scalars(select(Thread)).one()


def said(rows: Session) -> int:
    rows.rollback()
    return rows.scalar(select(func.count(Message.id))) or 0


def test_a_conversation_goes_back_and_forth(
    thread: Thread, sign_in: Callable[[str], Browser], rows: Session
) -> None:
    max_ = sign_in("max")
    page = max_.page(f"/threads/{thread.public_id}")
    assert "请补交名单。\n谢谢！&lt;b&gt;" in page
    assert max_.send(f"/threads/{thread.public_id}", {"body": "Here it is."}).status_code == 303
    assert "Here it is." in sign_in("fay").page(f"/threads/{thread.public_id}")


def test_who_looks_after_the_thing_is_called_in_until_they_have_read(
    thread: Thread, cast: Cast, sign_in: Callable[[str], Browser], inside: Inside
) -> None:
    def waiting(name: str) -> list[str]:
        actor = cast.actor(name)
        with inside(read_only=True):
            return [row.title for row in queries.unread(actor)]

    assert (waiting("max"), waiting("fay")) == (["给小组的问题"], [])
    sign_in("max").page(f"/threads/{thread.public_id}")
    assert waiting("max") == []
    sign_in("max").send(f"/threads/{thread.public_id}", {"body": "Here it is."})
    assert (waiting("max"), waiting("fay")) == ([], ["给小组的问题"])


def test_strangers_cannot_tell_it_exists(
    thread: Thread, cast: Cast, sign_in: Callable[[str], Browser], rows: Session
) -> None:
    ada = sign_in("ada")
    for path in (f"/threads/{thread.public_id}", f"/threads/about/user/{cast.user('bo').public_id}"):
        absent = (
            "/threads/0000000000000000" if "about" not in path else "/threads/about/user/0000000000000000"
        )
        hidden = ada.get(path)
        assert (hidden.status_code, hidden.text.replace(path, "")) == (
            404,
            ada.get(absent).text.replace(absent, ""),
        )
        assert ada.send(path, WORDS).status_code == 404
    assert said(rows) == 1


def test_the_auditor_reads_and_writes_nothing(
    thread: Thread, sign_in: Callable[[str], Browser], rows: Session
) -> None:
    aud = sign_in("aud")
    assert "请补交名单" in aud.page(f"/threads/{thread.public_id}")
    assert aud.send(f"/threads/{thread.public_id}", {"body": "me, too"}).status_code == 403
    assert said(rows) == 1


@pytest.mark.parametrize("body", ["", " \n\t ", "\x00\x01", "长" * 10_001])
def test_nothing_and_too_much_are_not_sent(
    body: str, thread: Thread, sign_in: Callable[[str], Browser], rows: Session
) -> None:
    answer = sign_in("max").send(f"/threads/{thread.public_id}", {"body": body})
    assert answer.status_code == 422
    assert said(rows) == 1


def test_kinds_one_does_not_talk_about_are_absent(sign_in: Callable[[str], Browser]) -> None:
    assert sign_in("fay").get("/threads/about/job/1").status_code == 404

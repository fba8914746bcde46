"""Somebody holds on to the database for longer than anybody should wait: a kind answer, nothing kept by halves."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, select, text
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from grants.accounts.models import User
from grants.core import busy
from grants.core.db import db
from tests.cast import Browser, Cast

SignIn = Callable[[str], Browser]
MINE = {"name": "陈 <慕兰>", "language": "zh-Hans"}


@pytest.fixture
def engine(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The house's own, of less patience; its connections are made anew before and after."""
    with app.app_context():
        engine = db.engine
    monkeypatch.setattr(busy, "PATIENCE_SECONDS", 0.2)
    engine.dispose()
    yield engine
    engine.dispose()


@pytest.fixture
def somebody(engine: Engine, cast: Cast) -> Iterator[Connection]:
    """Another process that holds what every writer needs: the whole of SQLite, or the end of the audit chain."""
    cast.id("ada")
    outside = create_engine(engine.url)
    with outside.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execution_options(write=True).begin()
        else:
            connection.execute(text("SELECT * FROM audit_head FOR UPDATE"))
        yield connection
        connection.rollback()
    outside.dispose()


def fields_of(page: str) -> dict[str, str]:
    """What the page would send when its button is pressed, as a browser reads it."""
    found = re.findall(r'<textarea hidden name="([^"]+)">\n(.*?)</textarea>', page, re.DOTALL)
    return {unescape(name): unescape(value) for name, value in found}


def test_who_meets_a_busy_database_sends_the_same_words_again(
    sign_in: SignIn, rows: Session, cast: Cast, request: pytest.FixtureRequest
) -> None:
    ada = sign_in("ada")
    sent = {**MINE, "csrf_token": ada.csrf("/account")}
    held = request.getfixturevalue("somebody")
    answer = ada.post("/account", data=sent)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Send it again" in answer.text
    assert unescape(answer.text).count(MINE["name"]) == 2
    named = select(User.name).where(User.id == cast.id("ada"))
    assert rows.scalars(named).one() == "Ada"
    held.rollback()
    rows.rollback()
    assert fields_of(answer.text) == sent
    assert ada.post("/account", data=fields_of(answer.text)).status_code == 303
    assert rows.scalars(named).one() == MINE["name"]
    rows.rollback()  # back into the pool, before that is emptied


def test_a_program_hears_it_as_a_problem(sign_in: SignIn, request: pytest.FixtureRequest) -> None:
    ada = sign_in("ada")
    token = ada.csrf("/account")
    request.getfixturevalue("somebody")
    answer = ada.post("/account", data={**MINE, "csrf_token": token}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert "Retry-After" in answer.headers
    assert answer.get_json()["status"] == 503


def test_passwords_and_files_are_not_repeated(visitor: Callable[[], Browser], somebody: Connection) -> None:
    browser = visitor()
    answer = browser.send("/sign-in", {"email": "ada@example.org", "password": "three green sprouts"})
    assert answer.status_code == 503
    assert "three green sprouts" not in answer.text
    assert "Go back" in answer.text


class OfPostgres(Exception):
    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.sqlstate = state


@pytest.mark.parametrize("state", ["40001", "40P01", "53300", "55P03", "57P03"])
def test_what_may_succeed_on_trying_again_is_told_apart(state: str) -> None:
    assert busy.is_busy(OperationalError("", {}, OfPostgres(state)))
    assert busy.is_busy(NoConnectionFree())
    assert not busy.is_busy(DataError("", {}, OfPostgres("22001")))
    assert not busy.is_busy(OperationalError("", {}, sqlite3.OperationalError("no such table: nowhere")))
    assert not busy.is_busy(ValueError())

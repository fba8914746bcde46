"""Pytest plugin: the demo year, loaded once per run, and a house in this process on a copy of it."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import select

from grants.accounts import queries
from grants.accounts.actions import sessions
from grants.accounts.models import User
from grants.app import create_app
from grants.config import Settings
from grants.core import clock
from grants.core.db import db
from grants.core.i18n import LANGUAGE_COOKIE
from grants.core.policy import VISITOR, Actor
from grants.core.unit_of_work import unit_of_work
from grants.demo.clock import ahead
from tests.cast import Browser

ROOT = Path(__file__).parents[1]


def environment(folder: Path) -> dict[str, str]:
    outer = {name: value for name, value in os.environ.items() if not name.startswith("GRANTS_")}
    return {**outer, "GRANTS_DEMO": "1", "GRANTS_INSTANCE": str(folder)}


@pytest.fixture(scope="session")
def loaded_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo year in it, loaded once per run whatever the number of workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder, mark = shared / "demo-year", shared / "demo-year.ready"
    with (shared / "demo-year.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.exists():
            folder.mkdir(exist_ok=True)
            command = [sys.executable, "-m", "grants.operation.preparation", str(folder)]
            subprocess.run(command, cwd=ROOT, env=environment(folder), check=True, timeout=400)
            mark.touch()
    return folder


@dataclass
class Year:
    """The demo year served in this process; `restore` puts everything back as it was loaded."""

    app: Flask
    folder: Path
    clients: dict[str, Browser] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)
    _seated: frozenset[str] = frozenset()

    @property
    def file(self) -> Path:
        return self.folder / "greenshoots.db"

    @property
    def kept(self) -> Path:
        return self.folder / "as-loaded.db"

    def keep(self) -> None:
        """What is in the database now is what `restore` goes back to."""
        with closing(sqlite3.connect(self.file)) as now, closing(sqlite3.connect(self.kept)) as then:
            now.backup(then)
        self._seated = frozenset(self.clients)

    def begin(self) -> None:
        """As it was kept: what others wrote is gone, and whoever signed in since then is out of the house."""
        self.restore()
        self.forget()
        self.clients = {name: client for name, client in self.clients.items() if name in self._seated}

    def restore(self) -> None:
        """By SQLite itself, so that whoever has the file open sees it and no lock is lost."""
        with closing(sqlite3.connect(self.kept)) as then, closing(sqlite3.connect(self.file)) as now:
            now.execute("PRAGMA synchronous=OFF")  # it need not outlive a power cut
            then.backup(now)

    def forget(self) -> None:
        """What anybody held may have changed."""
        self._actors.clear()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What was loaded inside stays as it was read: it is let go before the session forgets."""
        with self.app.test_request_context(), unit_of_work(read_only=True):
            yield
            db.session.expunge_all()

    def actor(self, name: str) -> Actor:
        """Who `name@demo.example` is, with all they hold; a visitor for the empty name."""
        if not name:
            return VISITOR
        if name not in self._actors:
            with self.reading():
                wanted = select(User.id).where(User.email_key == f"{name}@demo.example")
                self._actors[name] = queries.actor_of(db.session.scalars(wanted).one())
        return self._actors[name]

    def browser(self, name: str) -> Browser:
        """Where this person has signed in; one browser for each, with the token of its forms in `tokens`."""
        if name not in self.clients:
            self.app.test_client_class = Browser
            client = self.app.test_client()
            assert isinstance(client, Browser)
            client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
            if name:
                user_id = self.actor(name).user_id or 0
                with self.app.app_context(), unit_of_work():
                    user = queries.user_by_id(user_id)
                    token = sessions.open_session(user, address="127.0.0.1", agent="test")
                client.set_cookie("sid", token)
            self.tokens[name] = client.csrf("/account/password" if name else "/sign-in")
            self.clients[name] = client
        # Everybody walks through every door, /lang/<code> too: no test reads in the language of another one.
        self.clients[name].delete_cookie(LANGUAGE_COOKIE)
        return self.clients[name]


@pytest.fixture(scope="session")
def _year(loaded_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Year:
    folder = tmp_path_factory.mktemp("year") / "demo"
    shutil.copytree(loaded_year, folder)
    settings = replace(Settings.from_environment(environment(folder)), testing=True)
    year = Year(create_app(settings), folder)
    year.keep()
    return year


@pytest.fixture(scope="module")
def year(_year: Year) -> Iterator[Year]:
    """The house of the demo year as it was loaded; its clock is this process's clock while the module runs."""
    _year.begin()
    clock.install(zone_name="Asia/Shanghai", offset=ahead)
    yield _year
    clock.install(zone_name="Asia/Shanghai", offset=timedelta)

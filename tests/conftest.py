"""The stage every test plays on: a real application on real databases, emptied between tests."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from grants.app import create_app
from grants.config import Settings
from grants.core import clock, remembered
from grants.core.db import Base, db
from grants.core.unit_of_work import unit_of_work
from tests.album import Album, Photographed, deletes
from tests.cast import Cast, cast, sign_in, visitor

__all__ = ["cast", "sign_in", "visitor"]

pytest_plugins = ("tests.provision", "tests.demo_year")

# A busy machine is no reason to call a property false.
hypothesis_settings.register_profile("house", deadline=None)
# Where a rule was taken out on purpose, the first example that shows it is enough.
hypothesis_settings.register_profile(
    "cut", deadline=None, database=None, phases=[Phase.explicit, Phase.generate]
)
hypothesis_settings.load_profile("house")

POSTGRES = os.environ.get("GRANTS_TEST_POSTGRES_URL", "")
BACKENDS = ("sqlite", "postgres") if POSTGRES else ("sqlite",)
# Everything is tried on both databases, but for pages: they say what actions and queries gave them,
# and those are tried on both. `--everywhere` tries pages on both, too.
PAGES = ("test_views", "test_pages", "test_every_page")
# They load the demo year for themselves.
LONG = ("test_demonstration", "test_both")
KEY = Fernet.generate_key().decode()


def settings_for(folder: Path, database_url: str) -> Settings:
    return Settings(
        instance=folder,
        database_url=database_url,
        storage_url=f"file:{folder / 'files'}",
        mail_url=f"file:{folder / 'mail'}",
        secret_key="tests only",
        encryption_keys=(KEY,),
        testing=True,
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--everywhere", action="store_true", help="try pages on both databases, too")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is long comes first: whoever has it, the other worker has all the rest to do meanwhile.

    What needs the demo year comes last: nobody waits while another one loads it.
    """
    items.sort(key=_turn)
    if config.getoption("--everywhere"):
        return
    away = {item for item in items if "[postgres" in item.name and item.path.stem.startswith(PAGES)}
    config.hook.pytest_deselected(items=list(away))
    items[:] = [item for item in items if item not in away]


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: it is not searched for rubbish again and again.

    What a test leaves behind is still found, and at the end of the run at the latest.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _turn(item: pytest.Item) -> int:
    if item.path.parent.name == "journeys":
        return 0
    if item.path.stem in LONG:
        return 1
    return 3 if "loaded_year" in getattr(item, "fixturenames", ()) else 2


class Stage:
    """One application and its empty database, of one backend, in one worker."""

    def __init__(self, backend: str, folder: Path, worker: str) -> None:
        self.backend = backend
        self.folder = folder
        self.file = folder / "test.db"
        url = f"sqlite:///{self.file}" if backend == "sqlite" else self._database(worker)
        self.app = create_app(settings_for(folder, url))
        with self.app.app_context():
            Base.metadata.create_all(db.engine)
            db.engine.dispose()
        if backend == "sqlite":
            shutil.copy(self.file, folder / "empty.db")
        self.album = Album(self)

    def _database(self, worker: str) -> str:
        name = f"greenshoots_{worker}"
        admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"))
        admin.dispose()
        return admin.url.set(database=name).render_as_string(hide_password=False)

    def strike(self) -> None:
        """Close what is open: a connection left to the garbage collector is a warning, so an error."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def empty(self) -> None:
        remembered.forget()
        for kept in ("files", "mail"):
            shutil.rmtree(self.folder / kept, ignore_errors=True)
        with self.app.app_context():
            db.session.remove()
            if self.backend == "postgres":
                with db.engine.begin() as connection:
                    connection.exec_driver_sql(deletes())
                self.album.begin()
                return
            db.engine.dispose()
        for leftover in (f"{self.file}-wal", f"{self.file}-shm"):
            Path(leftover).unlink(missing_ok=True)
        shutil.copy(self.folder / "empty.db", self.file)
        self.album.begin()


@pytest.fixture(scope="session")
def _stages() -> Iterator[dict[str, Stage]]:
    stages: dict[str, Stage] = {}
    yield stages
    for stage in stages.values():
        stage.strike()


@pytest.fixture(params=BACKENDS)
def stage(
    request: pytest.FixtureRequest,
    _stages: dict[str, Stage],
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> Iterator[Stage]:
    if request.param not in _stages:
        folder = tmp_path_factory.mktemp(request.param)
        _stages[request.param] = Stage(request.param, folder, worker_id)
    stage = _stages[request.param]
    clock.install(
        zone_name="Asia/Shanghai", offset=timedelta
    )  # another house of this process may have set its own
    yield stage
    stage.empty()


@pytest.fixture
def app(stage: Stage) -> Flask:
    return stage.app


@pytest.fixture
def photographed(stage: Stage, cast: Cast) -> Photographed:
    """`photographed(build, *changes)`: what `build` gives, built once and put back for whoever asks after that."""
    return partial(stage.album.scene, cast)


@pytest.fixture
def rows(app: Flask) -> Iterator[Session]:
    """A session of the test's own, so that nothing is seen that was not committed."""
    with app.app_context():
        engine = db.engine
        with Session(engine, expire_on_commit=False) as session:
            yield session


@pytest.fixture
def inside(app: Flask) -> Callable[..., AbstractContextManager[None]]:
    """A block runs as in the app: fresh app context, one unit of work."""

    @contextmanager
    def entered(*, read_only: bool = False) -> Iterator[None]:
        with app.app_context(), unit_of_work(read_only=read_only):
            yield

    return entered


@pytest.fixture
def statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """What a block says to the database, in a list that can be counted."""

    @contextmanager
    def watched() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(*args: Any) -> None:
            seen.append(args[2])

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return watched

"""The stage of the guards: the demo year with walls in it, everybody signed in once, one matrix for all guards."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from grants.app import create_app
from grants.config import Settings
from grants.core import clock
from grants.core.policy import SYSTEM
from grants.core.unit_of_work import unit_of_work
from grants.demo.clock import ahead
from grants.organisations.actions.conflicts import note_conflict
from grants.organisations.fields import ConflictKind
from tests.demo_year import Year, environment
from tests.guards.everybody import Everybody
from tests.guards.hostile import Assault
from tests.guards.matrix import PEOPLE, Matrix
from tests.guards.walk import Walk

# Who has a tie to whose group, beside the reviewers of the demo year: the wall must hold for every role.
TIES: Mapping[str, tuple[str, ...]] = {
    "officer2": ("group1", "group5", "group15"),
    "finance2": ("group1",),
    "awards": ("group5",),
    "auditor": ("group5",),
    "board1": ("group1",),
    "evaluator": ("group1",),
}


@pytest.fixture(scope="session")
def _year(loaded_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A copy of the guards' own, with ties noted and everybody signed in."""
    folder = tmp_path_factory.mktemp("guarded") / "demo"
    shutil.copytree(loaded_year, folder)
    settings = replace(Settings.from_environment(environment(folder)), testing=True)
    year = Year(create_app(settings), folder)
    clock.install(zone_name="Asia/Shanghai", offset=ahead)
    tie(year)
    for name in PEOPLE:
        year.browser(name)
    year.keep()
    clock.install(zone_name="Asia/Shanghai", offset=timedelta)
    return year


def tie(year: Year) -> None:
    groups = {
        name: year.actor(name).ids("organisation", "owner")[0] for each in TIES.values() for name in each
    }
    users = {name: year.actor(name).user_id or 0 for name in TIES}
    with year.app.test_request_context(), unit_of_work():
        for name, tied in TIES.items():
            for group in tied:
                note_conflict(users[name], groups[group], kind=ConflictKind.FAMILY, by=SYSTEM, at=clock.now())
    year.forget()


@pytest.fixture(autouse=True)
def as_kept(request: pytest.FixtureRequest) -> None:
    """Whoever walked here before may have chosen a language, or been counted."""
    if "year" in request.fixturenames:
        year: Year = request.getfixturevalue("year")
        year.restore()


@pytest.fixture(scope="session")
def _matrix(_year: Year) -> Matrix:
    _year.begin()
    clock.install(zone_name="Asia/Shanghai", offset=ahead)
    return Matrix(_year)


@pytest.fixture
def matrix(_matrix: Matrix, year: Year) -> Matrix:
    return _matrix


@pytest.fixture(scope="session")
def _walk(_year: Year, _matrix: Matrix) -> Walk:
    return Walk(_year, _matrix)


@pytest.fixture
def walk(_walk: Walk, year: Year) -> Walk:
    return _walk


@pytest.fixture(scope="session")
def _everybody(_year: Year, _matrix: Matrix) -> Everybody:
    _year.begin()  # it is made once: not of what the test before has written
    clock.install(zone_name="Asia/Shanghai", offset=ahead)
    with _year.reading():
        return Everybody(_matrix)


@pytest.fixture
def everybody(_everybody: Everybody, year: Year) -> Everybody:
    return _everybody


@pytest.fixture
def watching(year: Year) -> Iterator[sqlite3.Connection]:
    """A look at the file from beside: `version` moves whenever somebody else keeps a change."""
    with closing(sqlite3.connect(year.file)) as connection:
        yield connection


@pytest.fixture
def assault(year: Year, watching: sqlite3.Connection) -> Assault:
    return Assault(year, watching)

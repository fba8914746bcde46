"""Every list of the house asks the database the same, whether it shows one row or many."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import event

import grants
from grants.core.db import db
from grants.core.list_columns import Listing
from tests.demo_year import Year


@dataclass(frozen=True)
class Walk:
    """A page with a list: who reads it, the table of its rows, and which one of them is left over."""

    path: str
    reader: str
    table: str
    kept: str = "1 = 1"
    listing: str = ""


WALKS = (
    Walk("/desk/proposals", "officer", "proposal", "number = 'MM2026-005'", "proposals"),
    Walk("/projects", "director", "project", listing="projects"),
    Walk("/groups", "officer", "organisation", "kind = 'group'", "groups"),
    Walk("/payments/all", "finance", "tranche", listing="tranches"),
    Walk("/closeouts", "officer", "closeout", listing="closeouts"),
    Walk("/agreements", "director", "agreement", listing="agreements"),
    Walk("/calls", "officer", "call", listing="calls"),
    Walk("/funds", "finance", "fund", listing="funds"),
    Walk("/funded", "", "project", listing="funded"),
    Walk("/open-calls", "", "call"),
    Walk("/", "", "call", "closes_at = (SELECT max(closes_at) FROM call)"),
    Walk("/honours", "", "certificate"),
    Walk("/home", "officer", "obligation", "closed_at IS NULL AND owner_key = 'officer'"),
    Walk("/home", "group1", "proposal", "number = 'MM2026-001'"),
    Walk("/reviews/stages", "officer", "review_stage", "id = (SELECT max(stage_id) FROM entry)"),
    Walk("/reviews", "reviewer1", "assignment", "id = (SELECT min(assignment_id) FROM review)"),
    Walk("/people", "admin", "role_grant", "role = 'admin'"),
)


@contextmanager
def selects(year: Year) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*args: object) -> None:
        if str(args[2]).startswith("SELECT"):
            seen.append(str(args[2]))

    with year.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def asked(year: Year, walk: Walk) -> list[str]:
    """What the page asks when it is opened again: what a process keeps in memory has been read before."""
    browser = year.browser(walk.reader)
    browser.page(walk.path)
    with selects(year) as seen:
        browser.page(walk.path)
    return seen


def leave_one(year: Year, walk: Walk) -> int:
    """Take out all rows but one, past every key; how many there were."""
    with closing(sqlite3.connect(year.file)) as file, file:
        (before,) = file.execute(f"SELECT count(*) FROM {walk.table}").fetchone()
        kept = f"SELECT id FROM {walk.table} WHERE {walk.kept} ORDER BY id LIMIT 1"
        assert file.execute(kept).fetchone(), f"no {walk.table} where {walk.kept}"
        file.execute(f"DELETE FROM {walk.table} WHERE id NOT IN ({kept})")
    return int(before)


@pytest.fixture(scope="module")
def signed_in(year: Year) -> Year:
    """With everybody signed in who walks, so that putting the rows back signs nobody out."""
    for walk in WALKS:
        year.browser(walk.reader)
    year.keep()
    return year


@pytest.fixture
def house(signed_in: Year) -> Iterator[Year]:
    yield signed_in
    signed_in.restore()


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: f"{walk.path} of {walk.reader or 'anybody'}")
def test_a_list_asks_no_more_for_many_rows_than_for_one(house: Year, walk: Walk) -> None:
    many = asked(house, walk)
    assert leave_one(house, walk) > 1
    one = asked(house, walk)
    assert len(many) == len(one), "\n".join(sorted(set(many) ^ set(one)))


def test_every_declared_list_is_walked() -> None:
    declared = set()
    for module in pkgutil.walk_packages(grants.__path__, "grants."):
        if not module.name.endswith("__main__"):
            found = vars(importlib.import_module(module.name)).values()
            declared |= {thing.name for thing in found if isinstance(thing, Listing)}
    assert declared == {walk.listing for walk in WALKS if walk.listing}

"""Every person at every address of the house: what they get is what the policy table says, and nothing else.

The addresses come from the app, the rights from the policy table, the subjects from the demo year, so that a
new room is under guard the day it is wired. Only what its arguments stand for is entered in `subjects.ARGUMENTS`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import pytest

from tests.demo_year import Year
from tests.guards import subjects
from tests.guards.matrix import PEOPLE, Cell, Matrix, method_of
from tests.guards.reach import permissions_asked
from tests.guards.walk import Walk

pytestmark = pytest.mark.slow

# What these answer to whoever may open them, where it is not simply the page.
ELSEWHERE: Mapping[str, frozenset[int]] = {
    "accounts.confirm": frozenset({404}),  # the demo year keeps no open links
    "accounts.invited": frozenset({404}),
    "accounts.reset": frozenset({404}),
    "members.invitation": frozenset({404}),
    "language.choose": frozenset({303}),
    "publishing.front": frozenset({200, 302}),  # who has signed in is led to their home
    "proposal_drafts.section": frozenset({200, 303}),  # what was handed in is read, not written
    "proposals.check": frozenset({200, 303}),
    "activities.new": frozenset({200, 404}),  # only while the project runs
    "activities.edit": frozenset({200, 404}),  # only while it can be changed
    "findings.new": frozenset({200, 404}),
}
# The page of an act one may not do is shown without its button, or is not there.
PAGE_OF_AN_ACT = frozenset({200, 404})
# Doors that find their subject themselves: what they may answer, and they must answer everybody alike or hide it.
OWN_DOORS = frozenset({200, 303, 404})
# Acts that need no permission: they concern only the one who does them, prove themselves by a secret, or keep nothing.
OF_ONES_OWN = frozenset(
    {
        "accounts.confirm", "accounts.forgotten", "accounts.invited", "accounts.register", "accounts.reset",
        "accounts.sign_in", "accounts.sign_out", "checking.check", "decisions.preview", "demo.clock_page", "members.join", "messages.read_all",
        "messages.settings",
    }
)  # fmt: skip


def test_every_argument_of_every_address_is_known(year: Year) -> None:
    strange = subjects.unknown(year.app)
    assert strange == [], (
        f"{strange}: enter what each stands for in tests/guards/subjects.py ARGUMENTS, so that every person is "
        "tried at the new address with real things of the demo year."
    )


def test_every_write_asks_a_permission(year: Year) -> None:
    known = year.app.extensions["grants.permissions"]
    silent = [
        rule.endpoint
        for rule in year.app.url_map.iter_rules()
        if {"POST", "PUT", "PATCH", "DELETE"} & set(rule.methods or ())
        and rule.endpoint not in OF_ONES_OWN
        and not permissions_asked(year.app.view_functions[rule.endpoint], known)
    ]
    assert silent == [], f"{silent}: no action on the way calls authorise(by, permission, subject)."


def expected(matrix: Matrix, cell: Cell, name: str) -> frozenset[int]:
    """The statuses the tables allow for one person at one address."""
    access = matrix.access(cell.endpoint)
    if access != "public" and not name:
        return frozenset({303})
    if name not in cell.seers:
        return frozenset({404})
    if cell.acts[name] is False:
        return PAGE_OF_AN_ACT
    if access in {"public", "signed in"} and cell.arguments and cell.endpoint not in ELSEWHERE:
        return OWN_DOORS
    return ELSEWHERE.get(cell.endpoint, frozenset({200}))


@pytest.mark.parametrize("name", PEOPLE, ids=lambda name: name or "visitor")
def test_pages_open_as_the_policy_says_and_hidden_is_absent(matrix: Matrix, walk: Walk, name: str) -> None:
    wrong = []
    for visit in walk.of(name):
        cell, allowed = visit.cell, expected(matrix, visit.cell, name)
        if visit.status not in allowed:
            wrong.append(f"{cell.endpoint} {cell.path}: {visit.status}, not {sorted(allowed)}")
        if visit.differs:
            wrong.append(f"{cell.endpoint} {cell.path}: hidden differs from absent")
    assert wrong == [], "\n".join(wrong)


def denied(matrix: Matrix, cell: Cell, name: str) -> frozenset[int]:
    """What a write must answer to somebody who may not do it; empty where they may, or it cannot be foretold."""
    access = matrix.access(cell.endpoint)
    if access != "public" and not name:
        return frozenset({401})
    if name not in cell.seers:
        return frozenset({404})
    by_the_door = bool(cell.arguments) and not access.endswith((".view", ".list", ".table"))
    if cell.endpoint in OF_ONES_OWN or by_the_door:
        return frozenset()
    return frozenset({403}) if cell.acts[name] is False else frozenset()


def version(watching: sqlite3.Connection) -> int:
    """Moves whenever any other connection keeps a change, of whatever table."""
    found: int = watching.execute("PRAGMA data_version").fetchone()[0]
    return found


@pytest.mark.parametrize("name", PEOPLE, ids=lambda name: name or "visitor")
def test_who_may_not_changes_nothing(
    year: Year, matrix: Matrix, watching: sqlite3.Connection, name: str
) -> None:
    client, wrong = year.browser(name), []
    client.get("/account")  # a session not seen for five minutes is put down as seen by whatever comes first
    for cell in matrix.writing():
        allowed = denied(matrix, cell, name)
        if not allowed:
            continue
        before = version(watching)
        answer = client.open(cell.path, method=method_of(cell), data={"csrf_token": year.tokens[name]})
        if answer.status_code not in allowed:
            wrong.append(f"{cell.endpoint} {cell.path}: {answer.status_code}, not {sorted(allowed)}")
        if version(watching) != before:
            wrong.append(f"{cell.endpoint} {cell.path}: kept a change")
    assert wrong == [], "\n".join(wrong)

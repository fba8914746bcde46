"""What must hold of the data holds in the demo year; a row changed past the app is found and named."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from grants.workspace.queries.invariants import INVARIANTS
from tests.demo_year import ROOT, Year, environment

pytestmark = pytest.mark.slow

# The check -> (table, the change that breaks it, what must be said).
BROKEN = {
    "an audit entry": ("audit chain", "audit_entry", "UPDATE audit_entry SET note = 'x' WHERE number = 7", "7"),
    "a missing audit entry": ("audit chain", "audit_entry", "DELETE FROM audit_entry WHERE number = 9", "10"),
    "one side of a movement": (
        "books balanced", "ledger_entry", "UPDATE ledger_entry SET amount = amount + 1 WHERE id = 1", "movement",
    ),
    "a promise beyond the budget": (
        "books balanced", "year_budget", "UPDATE year_budget SET amount = 1", "beyond its budget",
    ),
    "a paid tranche": (
        "ledger and screens", "tranche", "UPDATE tranche SET amount = amount + 100 WHERE state = 'paid'", "proposal/",
    ),
    "a part of a grant": ("tranches", "tranche", "UPDATE tranche SET amount = amount - 1 WHERE number = 1", "grant"),
    "hours nobody verified": (
        "hours", "hour_record", "UPDATE hour_record SET verified_by_id = NULL WHERE state = 'verified'", "nobody",
    ),
    "a weight": ("weights", "criterion", "UPDATE criterion SET weight = weight + 10000 WHERE id = 1", "101"),
    "a shown list": (
        "frozen papers", "notice",
        "UPDATE notice SET title = json_set(title, '$.en', 'x') WHERE content_hash IS NOT NULL", "notice",
    ),
    "what was handed in": (
        "frozen papers", "proposal_version",
        "UPDATE proposal_version SET snapshot = json_set(snapshot, '$.x', 1) WHERE id = 1", "version 1",
    ),
    "what was judged": (
        "judged papers", "entry", "UPDATE entry SET snapshot = json_set(snapshot, '$.x', 1) WHERE id = 1", "entry 1",
    ),
    "a receipt": (
        "receipts", "proposal",
        "UPDATE proposal SET content_hash = 'f' WHERE id = (SELECT min(proposal_id) FROM proposal_version)", "receipt",
    ),
    "a line of the timeline": (
        "timeline", "timeline_entry",
        "DELETE FROM timeline_entry WHERE id = (SELECT min(id) FROM timeline_entry WHERE kind = 'ProposalSubmitted')",
        "told 0 times",
    ),
    "a duty closed too soon": (
        "duties", "obligation",
        "UPDATE obligation SET closed_at = opened_at WHERE kind = 'proposal.submit' AND closed_at IS NULL", "nobody",
    ),
    "a duty that stayed": (
        "duties", "obligation",
        "UPDATE obligation SET closed_at = NULL WHERE id = (SELECT min(id) FROM obligation "
        "WHERE kind = 'proposal.submit' AND closed_at IS NOT NULL)", "still asked for",
    ),
}  # fmt: skip


def complaints(year: Year, name: str) -> list[str]:
    with year.reading():
        return list(INVARIANTS[name]())


@pytest.fixture
def spoilt(year: Year) -> Iterator[sqlite3.Connection]:
    """A way past the app, its triggers and its constraints; afterwards the year is as it was."""
    year.keep()
    with closing(sqlite3.connect(year.file)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        yield connection
    year.restore()


@pytest.mark.parametrize("name", INVARIANTS)
def test_the_demo_year_keeps_every_invariant(year: Year, name: str) -> None:
    assert complaints(year, name) == []


@pytest.mark.parametrize("what", BROKEN)
def test_a_row_changed_past_the_app_is_found(year: Year, spoilt: sqlite3.Connection, what: str) -> None:
    name, table, change, said = BROKEN[what]
    drop_guards(spoilt, table)
    changed = spoilt.execute(change).rowcount
    spoilt.commit()
    if not changed:
        pytest.skip(f"the demo year holds no row to break for “{what}”")
    found = complaints(year, name)
    assert found, f"nobody noticed: {change}"
    assert said in found[0]


def drop_guards(connection: sqlite3.Connection, table: str) -> None:
    triggers = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
    )
    for (trigger,) in triggers.fetchall():
        connection.execute(f'DROP TRIGGER "{trigger}"')


def command(year: Year, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grants", *arguments],
        cwd=ROOT, env=environment(year.folder), check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_the_commands_say_all_is_well_and_name_what_is_not(year: Year, spoilt: sqlite3.Connection) -> None:
    assert command(year, "audit", "verify").returncode == 0
    assert command(year, "check", "--data").returncode == 0
    drop_guards(spoilt, "audit_entry")
    spoilt.execute("UPDATE audit_entry SET verb = 'other' WHERE number = 7")
    spoilt.commit()
    verified, checked = command(year, "audit", "verify"), command(year, "check", "--data")
    assert (verified.returncode, checked.returncode) == (1, 1)
    assert "Entry 7 is not what was sealed." in verified.stdout
    assert "audit entry 7 is not what was sealed" in checked.stdout

"""Every lifecycle of the house, on walks nobody planned: only legal moves, and an entry for each (hard rule 12)."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import grants
from grants.core import audit
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, Violation
from grants.core.lifecycle import Lifecycle
from grants.core.policy import Actor
from tests.scale import scaled

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
ADA = Actor(user_id=1, name="Ada")


def lifecycles() -> Iterator[tuple[str, Lifecycle[Any]]]:
    """Every table in a module called `lifecycle`, by its package and name."""
    for info in pkgutil.walk_packages(grants.__path__, "grants."):
        if info.name.split(".")[2:3] == ["lifecycle"]:
            for name, found in vars(importlib.import_module(info.name)).items():
                if isinstance(found, Lifecycle):
                    yield f"{info.name.split('.')[1]}.{name}", found


CYCLES = dict(lifecycles())


@dataclass
class Thing:
    """Anything that has a state."""

    state: Any
    id: int = 7
    case: str = "thing/7"
    __tablename__ = "thing"


@pytest.fixture(autouse=True)
def _session(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        audit.forget(db.session())


def waiting() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = db.session().info.get("audit.waiting", [])
    return found


def unguarded(cycle: Lifecycle[Any]) -> Lifecycle[Any]:
    return Lifecycle(*(replace(move, guards=()) for move in cycle.transitions()))


def test_there_are_lifecycles() -> None:
    assert {"proposals.PROPOSAL", "decisions.DECISION", "payments.TRANCHE", "notices.OBJECTION"} <= set(
        CYCLES
    )


@pytest.mark.parametrize("name", sorted(CYCLES))
def test_every_state_is_the_beginning_or_can_be_reached(name: str) -> None:
    moves = CYCLES[name].transitions()
    kind = type(moves[0].target)
    reached = {move.target for move in moves}
    beginnings = set(kind) - reached
    assert len(beginnings) <= 2, f"nothing leads to {beginnings}"
    assert all(isinstance(state, kind) for move in moves for state in (move.target, *move.sources))


@settings(max_examples=scaled(15, 100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("name", sorted(CYCLES))
def test_on_any_walk_each_move_is_one_of_the_table_and_leaves_one_entry(
    name: str, data: st.DataObject
) -> None:
    cycle = unguarded(CYCLES[name])
    table = {(move.verb, source): move.target for move in cycle.transitions() for source in move.sources}
    verbs = sorted({verb for verb, _source in table})
    thing = Thing(data.draw(st.sampled_from(sorted({source for _verb, source in table}))))
    for _step in range(8):
        audit.forget(db.session())
        before, verb = thing.state, data.draw(st.sampled_from(verbs))
        wanted = table.get((verb, before))
        assert cycle.can_fire(verb, thing) == (wanted is not None)
        if wanted is None:
            with pytest.raises(IllegalTransition):
                cycle.fire(verb, thing, by=ADA, at=NOON)
            assert (thing.state, waiting()) == (before, [])
            continue
        cycle.fire(verb, thing, by=ADA, at=NOON, note="why")
        assert thing.state == wanted
        entry = waiting()
        assert [(one["verb"], one["before"], one["after"], one["note"]) for one in entry] == [
            (verb, {"state": before.value}, {"state": wanted.value}, "why")
        ]


def refused(_subject: Any, _at: datetime) -> list[Violation]:
    return [Violation("no", "No.")]


@pytest.mark.parametrize("name", sorted(CYCLES))
def test_a_guard_that_objects_leaves_state_and_record_as_they_were(name: str) -> None:
    for move in CYCLES[name].transitions():
        cycle = Lifecycle(replace(move, guards=(refused,)))
        thing = Thing(min(move.sources))
        with pytest.raises(RulesBroken):
            cycle.fire(move.verb, thing, by=ADA, at=NOON)
        assert (thing.state, waiting()) == (min(move.sources), [])

"""Roles hold where they were given, and a refusal says who may."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from grants.core import policy
from grants.core.errors import Forbidden
from grants.core.policy import Actor, Held, authorise, permits, predicate


def officer(*held: Held) -> Actor:
    return Actor(user_id=1, name="Olu", roles=held)


@pytest.mark.parametrize(
    ("held", "path", "expected"),
    [
        (Held("district", "region", "440100/440103"), "440100/440103", True),
        (Held("district", "region", "440100/440103"), "440100/440103/440103006", True),
        (Held("district", "region", "440100/440103"), "440100/4401035", False),
        (Held("district", "region", "440100/440103"), "440100/440106", False),
        (Held("district"), "440100/440106", True),
        (Held("reviewer"), "440100/440103", False),
    ],
)
def test_a_region_role_reaches_down_and_nowhere_else(held: Held, path: str, expected: bool) -> None:
    assert officer(held).holds_within("district", region_path=path) is expected


def test_a_scope_of_one_kind_says_nothing_about_another() -> None:
    actor = officer(Held("officer", "call", "7"))
    assert actor.holds_within("officer", call_id=7)
    assert not actor.holds_within("officer", call_id=8)
    assert not actor.holds_within("officer", organisation_id=7)
    assert not actor.holds_within("officer")
    assert not actor.holds_everywhere("officer")


@predicate("the owner")
def the_owner(actor: Actor, subject: Any) -> bool:
    return actor.user_id == subject


@predicate("an officer")
def an_officer(actor: Actor, subject: Any) -> bool:
    return actor.holds("officer")


@predicate("the conflicted")
def the_conflicted(actor: Actor, subject: Any) -> bool:
    return actor.holds("conflicted")


@pytest.fixture
def table(app: Flask) -> Any:
    kept = {name: app.extensions[f"grants.{name}"] for name in ("permissions", "roles")}
    policy.install(app, {"thing.edit": the_owner | an_officer, "thing.see": an_officer - the_conflicted})
    with app.test_request_context():
        yield
    app.extensions.update({f"grants.{name}": value for name, value in kept.items()})


def test_a_refusal_names_who_may(table: Any) -> None:
    authorise(Actor(user_id=5, name="Ada"), "thing.edit", 5)
    with pytest.raises(Forbidden) as refused:
        authorise(Actor(user_id=6, name="Cy", language="en"), "thing.edit", 5)
    assert "the owner" in str(refused.value)
    assert "an officer" in str(refused.value)


def test_the_conflict_wall_outranks_every_role(table: Any) -> None:
    assert permits(officer(Held("officer")), "thing.see")
    assert not permits(officer(Held("officer"), Held("conflicted", "organisation", "3")), "thing.see")


def test_one_permission_is_declared_once(app: Flask) -> None:
    with pytest.raises(ValueError, match=r"thing\.edit"):
        policy.install(Flask("x"), {"thing.edit": the_owner}, {"thing.edit": an_officer})

"""Who may do what. Predicates look only at the actor and a loaded subject: no queries, no state, no HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from flask import Flask, current_app
from msgspec import Struct
from sqlalchemy import Select

from grants.core.errors import Forbidden
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l


class Held(Struct, frozen=True):
    """A role somebody holds: everywhere (`scope` empty), or within a region, a call, an organisation.

    `key` is the region's path, or the id as text. The conflict wall is held the same way
    (`conflicted` within an organisation, and within each case such an organisation stands behind:
    `proposal/12`), so that it is loaded with the roles, once per request.
    """

    role: str
    scope: str = ""
    key: str = ""


class Actor(Struct, frozen=True, dict=True):
    """Whoever acts in this request: a user with the roles they hold now, a visitor, or the system."""

    user_id: int | None
    name: str
    roles: tuple[Held, ...] = ()
    language: str = "zh-Hans"
    session_id: int | None = None
    is_system: bool = False

    @cached_property
    def _by_role(self) -> Mapping[str, tuple[Held, ...]]:
        grouped: dict[str, tuple[Held, ...]] = {}
        for held in self.roles:
            grouped[held.role] = (*grouped.get(held.role, ()), held)
        return grouped

    @property
    def is_authenticated(self) -> bool:
        return self.user_id is not None

    def holds(self, *roles: str) -> bool:
        """Any of these roles, in any scope."""
        return any(role in self._by_role for role in roles)

    def holds_everywhere(self, *roles: str) -> bool:
        return any(held.scope == "" for role in roles for held in self._by_role.get(role, ()))

    def keys(self, scope: str, *roles: str) -> tuple[str, ...]:
        """The keys of one kind of scope in which any of these roles is held."""
        return tuple(
            held.key for role in roles for held in self._by_role.get(role, ()) if held.scope == scope
        )

    def ids(self, scope: str, *roles: str) -> tuple[int, ...]:
        return tuple(int(key) for key in self.keys(scope, *roles))

    def holds_within(
        self,
        *roles: str,
        region_path: str = "",
        call_id: int | None = None,
        organisation_id: int | None = None,
        case: str | None = None,
    ) -> bool:
        """Whether one of these roles is held everywhere or in a scope this thing lies in."""
        things = {"call": call_id, "organisation": organisation_id, "case": case}
        for role in roles:
            for held in self._by_role.get(role, ()):
                if held.scope == "" or _covers(held, region_path, things):
                    return True
        return False


def _covers(held: Held, region_path: str, things: Mapping[str, int | str | None]) -> bool:
    if held.scope == "region":
        return region_path == held.key or region_path.startswith(f"{held.key}/")
    thing = things.get(held.scope)
    return thing is not None and held.key == str(thing)


VISITOR = Actor(user_id=None, name="")
SYSTEM = Actor(user_id=None, name="", is_system=True)


class Predicate(Struct, frozen=True):
    """A yes/no question about an actor and a subject, with the words for who answers yes; combine with | and &."""

    name: str
    who: Sentence
    test: Callable[[Actor, Any], bool]

    def __call__(self, actor: Actor, subject: Any) -> bool:
        return self.test(actor, subject)

    def __or__(self, other: Predicate) -> Predicate:
        return Predicate(
            f"{self.name} or {other.name}",
            _l("%(one)s or %(other)s", one=self.who, other=other.who),
            lambda actor, subject: self(actor, subject) or other(actor, subject),
        )

    def __and__(self, other: Predicate) -> Predicate:
        return Predicate(
            f"{self.name} and {other.name}",
            self.who,
            lambda actor, subject: self(actor, subject) and other(actor, subject),
        )

    def __sub__(self, other: Predicate) -> Predicate:
        """Yes here, unless `other` says yes: the conflict wall is taken off with this."""
        return Predicate(
            f"{self.name} but not {other.name}",
            self.who,
            lambda actor, subject: self(actor, subject) and not other(actor, subject),
        )


def predicate(who: Sentence) -> Callable[[Callable[[Actor, Any], bool]], Predicate]:
    """Name a question; `who` completes “Only … may do this.” in every language."""

    def named(test: Callable[[Actor, Any], bool]) -> Predicate:
        return Predicate(test.__name__.replace("_", " "), who, test)

    return named


@predicate(_l("anyone"))
def anyone(actor: Actor, subject: Any) -> bool:
    return True


@predicate(_l("people who have signed in"))
def signed_in(actor: Actor, subject: Any) -> bool:
    return actor.is_authenticated


@predicate(_l("the system itself"))
def the_system(actor: Actor, subject: Any) -> bool:
    return actor.is_system


Permissions = Mapping[str, Predicate]


RoleSource = Callable[[int], Select[str, str, str]]
"""What a user (by id) holds now, as rows of role, scope, key."""


def install(app: Flask, *tables: Permissions, roles: Sequence[RoleSource] = ()) -> None:
    """Give the app its permission tables and where roles come from.

    Raises ValueError if two tables declare one name.
    """
    merged: dict[str, Predicate] = {}
    for table in tables:
        taken = merged.keys() & table.keys()
        if taken:
            raise ValueError(f"permissions declared twice: {sorted(taken)}")
        merged.update(table)
    app.extensions["grants.permissions"] = merged
    app.extensions["grants.roles"] = roles


def role_sources() -> Sequence[RoleSource]:
    found: Sequence[RoleSource] = current_app.extensions["grants.roles"]
    return found


def rule(permission: str) -> Predicate:
    rules: Permissions = current_app.extensions["grants.permissions"]
    return rules[permission]


def permits(actor: Actor, permission: str, subject: Any = None) -> bool:
    return rule(permission)(actor, subject)


def authorise(actor: Actor, permission: str, subject: Any = None) -> None:
    """Raise Forbidden, naming who may, unless the actor may."""
    may = rule(permission)
    if not may(actor, subject):
        raise Forbidden(_l("Only %(who)s may do this.", who=may.who))

"""Predicts every cell of role × address from the declared access and the policy table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.routing import Rule

from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.policy import Actor, permits
from tests.demo_year import Year
from tests.guards import subjects
from tests.guards.reach import permissions_asked

PEOPLE = (
    "", "director", "officer", "officer2", "finance", "awards", "auditor", "board1", "district", "district2",
    "partner", "evaluator", "admin", "reviewer1", "reviewer2", "group1", "group1b", "group5", "group12",
)  # fmt: skip
READING = frozenset({"GET"})
SAMPLES = 2
ABSENT = object()


@dataclass(frozen=True)
class Cell:
    """One address with real arguments: who may see what it names, and who may do what it does.

    `acts` is None for somebody of whom it cannot be foretold.
    """

    rule: Rule
    path: str
    arguments: tuple[tuple[str, Any], ...]
    seers: frozenset[str] = frozenset()
    acts: Mapping[str, bool | None] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        return self.rule.endpoint


class Matrix:
    """All addresses of the app with a few subjects each, chosen so that people differ in what they may see."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.actors = {name: year.actor(name) for name in PEOPLE}
        self.known = year.app.extensions["grants.permissions"]
        self._found: dict[tuple[Any, ...], Any] = {}
        self.cells: list[Cell] = []
        with year.reading():
            self._adapter = year.app.url_map.bind("localhost")
            for rule in self.rules():
                self.cells += self._cells(rule)

    def rules(self) -> list[Rule]:
        """Every address whose arguments are known, in the order of the alphabet."""
        found = sorted(self.year.app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
        return [rule for rule in found if rule.endpoint != "static" and subjects.is_known(rule)]

    def cell(self, rule: Rule, values: Mapping[str, Any], **known: Any) -> Cell:
        path = self._adapter.build(
            rule.endpoint, dict(values), method=min(rule.methods - {"HEAD", "OPTIONS"})
        )
        return Cell(rule, path.removeprefix("http://localhost"), tuple(values.items()), **known)

    def _cells(self, rule: Rule) -> list[Cell]:
        """Subjects on which the people of the cast do not all agree, one of each kind: own, foreign, walled off."""
        found: dict[frozenset[str], Cell] = {}
        for values in subjects.candidates(rule):
            subject = self.subject(rule.endpoint, values)
            seers = frozenset(
                name for name, actor in self.actors.items() if self.may_see(rule.endpoint, subject, actor)
            )
            if seers not in found and len(found) < SAMPLES:
                acts = {
                    name: self.may_do(rule.endpoint, subject, actor) for name, actor in self.actors.items()
                }
                found[seers] = self.cell(rule, values, seers=seers, acts=acts)
        return list(found.values())

    def may_do(self, endpoint: str, subject: Any, actor: Actor) -> bool | None:
        """What the permissions say that the act asks for; None where they are about another kind of thing."""
        asked = permissions_asked(self.year.app.view_functions[endpoint], self.known)
        answers = [_answer(actor, name, subject) for name in asked]
        known = [answer for answer in answers if answer is not None]
        return any(known) if known else None

    def access(self, endpoint: str) -> str:
        return str(self.year.app.view_functions[endpoint].__access__)

    def subject(self, endpoint: str, values: Mapping[str, Any]) -> Any:
        """What the view's own loader finds for an address, asked once; ABSENT where that says there is nothing."""
        load: Callable[..., Any] | None = getattr(self.year.app.view_functions[endpoint], "__load__", None)
        key = (load, *values.values())
        if key not in self._found:
            # Each address is a request of its own: it holds nothing that another one has held.
            db.session().info.pop("held", None)
            try:
                self._found[key] = load(**values) if load else None
            except NotFound:
                self._found[key] = ABSENT
        return self._found[key]

    def may_see(self, endpoint: str, subject: Any, actor: Actor) -> bool:
        """What the declared access and the policy table say, where the door itself loads the subject."""
        access = self.access(endpoint)
        if access == "public":
            return True
        if not actor.is_authenticated or subject is ABSENT:
            return False
        return access == "signed in" or permits(actor, access, subject)

    def reading(self) -> Sequence[Cell]:
        return [cell for cell in self.cells if "GET" in (cell.rule.methods or ())]

    def writing(self) -> Sequence[Cell]:
        unsafe = {"POST", "PATCH", "PUT", "DELETE"}
        return [cell for cell in self.cells if unsafe & set(cell.rule.methods or ())]


def _answer(actor: Actor, permission: str, subject: Any) -> bool | None:
    try:
        return permits(actor, permission, subject)
    except AttributeError:
        return None


def method_of(cell: Cell) -> str:
    return next(each for each in ("POST", "PATCH", "PUT", "DELETE") if each in (cell.rule.methods or ()))

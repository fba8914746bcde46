"""Predicts every cell of role × address from the declared access and the policy table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.routing import Rule

from grants.core.errors import NotFound
from grants.core.policy import Actor, permits
from tests.demo_year import Year
from tests.guards import subjects

PEOPLE = (
    "", "director", "officer", "officer2", "finance", "awards", "auditor", "board1", "district", "district2",
    "partner", "evaluator", "admin", "reviewer1", "reviewer2", "group1", "group1b", "group5", "group12",
)  # fmt: skip
READING = frozenset({"GET"})
SAMPLES = 3
ABSENT = object()


@dataclass(frozen=True)
class Cell:
    """One address with real arguments."""

    rule: Rule
    path: str
    arguments: tuple[tuple[str, Any], ...]

    @property
    def endpoint(self) -> str:
        return self.rule.endpoint


class Matrix:
    """All addresses of the app with a few subjects each, chosen so that people differ in what they may see."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.actors = {name: year.actor(name) for name in PEOPLE}
        self.cells: list[Cell] = []
        with year.reading():
            self._adapter = year.app.url_map.bind("localhost")
            for rule in self.rules():
                self.cells += [self.cell(rule, values) for values in self._samples(rule)]

    def rules(self) -> list[Rule]:
        """Every address whose arguments are known, in the order of the alphabet."""
        found = sorted(self.year.app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
        return [rule for rule in found if rule.endpoint != "static" and subjects.is_known(rule)]

    def cell(self, rule: Rule, values: dict[str, Any]) -> Cell:
        path = self._adapter.build(rule.endpoint, values, method=min(rule.methods - {"HEAD", "OPTIONS"}))
        return Cell(rule, path.removeprefix("http://localhost"), tuple(values.items()))

    def _samples(self, rule: Rule) -> list[dict[str, Any]]:
        """Subjects on which the people of the cast do not all agree, one of each kind: own, foreign, walled off."""
        if not rule.arguments:
            return [{}]
        found: dict[tuple[bool, ...], dict[str, Any]] = {}
        for values in subjects.candidates(rule):
            subject = self.subject(rule.endpoint, values)
            answers = tuple(self.may_see(rule.endpoint, subject, actor) for actor in self.actors.values())
            found.setdefault(answers, values)
        return list(found.values())[:SAMPLES]

    def access(self, endpoint: str) -> str:
        return str(self.year.app.view_functions[endpoint].__access__)

    def subject(self, endpoint: str, values: Mapping[str, Any]) -> Any:
        """What the view's own loader finds for an address; ABSENT where that says there is nothing."""
        load: Callable[..., Any] | None = getattr(self.year.app.view_functions[endpoint], "__load__", None)
        try:
            return load(**values) if load else None
        except NotFound:
            return ABSENT

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


def method_of(cell: Cell) -> str:
    return next(each for each in ("POST", "PATCH", "PUT", "DELETE") if each in (cell.rule.methods or ()))

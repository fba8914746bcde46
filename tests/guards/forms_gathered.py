"""Gathers the forms of the house: a round of everybody's pages, then a search for acts that no page has shown yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from sqlalchemy import select
from werkzeug.routing import Rule

from grants.core.db import Base, db
from tests.guards import subjects
from tests.guards.everybody import Everybody
from tests.guards.forms_reached import Shown, forms_on
from tests.guards.matrix import Cell, Matrix

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OF_A_STATE, PEOPLE_TRIED = 2, 3


class Gathered:
    """One form of each kin, with who has it before them and where."""

    def __init__(self, matrix: Matrix, everybody: Everybody) -> None:
        self._matrix, self._everybody, self._year = matrix, everybody, matrix.year
        self._adapter = self._year.app.url_map.bind("localhost")
        self._looked: set[tuple[str, str]] = set()
        self.forms: dict[tuple[Any, ...], Shown] = {}

    def look(self, person: str, page: str) -> None:
        """Open a page, once, and take down its forms."""
        if (person, page) in self._looked:
            return
        self._looked.add((person, page))
        answer = self._year.browser(person).get(page, buffered=True)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            for shown in forms_on(answer.text, person=person, page=page, adapter=self._adapter):
                self.forms.setdefault(shown.kin, shown)

    def cells_of(self, person: str) -> list[Cell]:
        """The addresses to read that open to this person."""
        cells = self._matrix.reading()
        return [
            cell
            for cell in cells
            if person in cell.seers or self._matrix.access(cell.endpoint) == "public" or not cell.arguments
        ]

    @property
    def reached(self) -> set[str]:
        return {shown.endpoint for shown in self.forms.values() if shown.method == "POST"}

    def writes(self) -> list[Rule]:
        return [rule for rule in self._matrix.rules() if UNSAFE & set(rule.methods or ())]

    def search(self) -> None:
        """For each act nobody has been offered: things in every state, before the eyes of who may do it."""
        for rule in self.writes():
            if rule.endpoint not in self.reached:
                self._search(rule)

    def offer(self, endpoint: str) -> None:
        """Look for the form of one act only."""
        for rule in self.writes():
            if rule.endpoint == endpoint and endpoint not in self.reached:
                self._search(rule)

    def _search(self, rule: Rule) -> None:
        with self._year.reading():
            places = list(self._places(rule))
        for person, page in places:
            self.look(person, page)
            if rule.endpoint in self.reached:
                return

    def _places(self, rule: Rule) -> Iterator[tuple[str, str]]:
        """(person, page) where the form of this act may stand, the nearest pages first."""
        pages = self._pages_around(rule)
        for values in in_every_state(rule):
            subject = self._matrix.subject(rule.endpoint, values)
            able = [
                name
                for name, actor in self._everybody
                if name
                and self._matrix.may_see(rule.endpoint, subject, actor)
                and self._matrix.may_do(rule.endpoint, subject, actor) is not False
            ]
            step = max(1, len(able) // PEOPLE_TRIED)
            for page, person in product(pages, able[::step][:PEOPLE_TRIED]):
                yield person, self._address(page, values)

    def _address(self, page: Rule, values: Mapping[str, Any]) -> str:
        wanted = {name: values[name] for name in page.arguments}
        return self._adapter.build(page.endpoint, wanted, method="GET").removeprefix("http://localhost")

    def _pages_around(self, rule: Rule) -> list[Rule]:
        """Pages below the same thing, or the thing it hangs on."""
        known = dict(subjects.prefixes(rule))
        found = [
            page
            for page in self._matrix.rules()
            if "GET" in (page.methods or ()) and page.arguments and _is_around(page, known)
        ]
        return sorted(found, key=lambda page: (-len(page.arguments), len(page.rule)))


def _is_around(page: Rule, known: Mapping[str, str]) -> bool:
    return all(known.get(name) == prefix for name, prefix in subjects.prefixes(page))


def in_every_state(rule: Rule) -> list[dict[str, Any]]:
    """Arguments for an address, a few things in each of their states; call within a reading of the year."""
    found: list[dict[str, Any]] = [{}]
    for name, prefix in subjects.prefixes(rule):
        kind = subjects.kind_of(prefix)
        if isinstance(kind, subjects.Below):
            found = [{**values, name: child} for values in found for child in _below(kind, values)]
        else:
            many = _rows(kind) if isinstance(kind, subjects.Rows) else kind.words if kind else ()
            as_said = int if "<int:" in prefix.rsplit("/", 1)[-1] else str
            found = [{**values, name: as_said(each)} for values, each in product(found, many)]
    return found


def _rows(kind: subjects.Rows) -> list[str]:
    table = Base.metadata.tables[kind.table]
    return _spread(table, select(table).order_by(*table.primary_key.columns), kind.column)


def _below(kind: subjects.Below, values: Mapping[str, Any]) -> list[str]:
    table, parents = Base.metadata.tables[kind.table], Base.metadata.tables[kind.parent]
    above = parents.c.public_id == list(values.values())[-1]
    joined = select(table).join(parents, table.c[f"{kind.parent}_id"] == parents.c.id).where(above)
    return _spread(table, joined.order_by(table.c.id), kind.column)


def _spread(table: Any, wanted: Any, column: str) -> list[str]:
    """The first few and the last of each state; where there are no states, some of all."""
    by_state: dict[Any, list[str]] = {}
    for row in db.session.connection().execute(wanted).mappings():
        by_state.setdefault(row.get("state"), []).append(row[column])
    if set(by_state) == {None}:
        return [*by_state[None][:6], *by_state[None][-6:]]
    return [each for rows in by_state.values() for each in dict.fromkeys([*rows[:OF_A_STATE], rows[-1]])]

"""Everybody's round through the house, taken once: what each address answered, what was said there, which forms stood there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from werkzeug.test import TestResponse

from tests.demo_year import Year
from tests.guards import subjects
from tests.guards.matrix import Cell, Matrix

READABLE = ("text/", "application/json", "application/problem+json", "application/atom+xml")
TAG = re.compile(r"<[^>]*>")
VALUE = re.compile(r'(?:value|title|alt|aria-label|content)="([^"]+)"')
IDENTIFIER = re.compile(r"\b[0-9a-z]{16}\b")
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
NEVER_SAME = re.compile(r'name="csrf_token"[^>]*value="[^"]+"|content="[^"]{80,}"|request-id[^<]*')


@dataclass(frozen=True)
class Visit:
    """One look at one address. `differs` says that a 404 could be told from the 404 of what never was."""

    cell: Cell
    status: int
    differs: bool = False
    said: str = ""
    identifiers: frozenset[str] = frozenset()
    forms: tuple[str, ...] = ()

    def names(self, hidden: set[str]) -> set[str]:
        """Those of the hidden words that stand here: identifiers anywhere, words where they are said."""
        words = {word for word in hidden if not IDENTIFIER.fullmatch(word) and word in self.said}
        return words | (hidden & self.identifiers)


class Walk:
    """Each person's round is taken when first asked for."""

    def __init__(self, year: Year, matrix: Matrix) -> None:
        self._year, self._matrix = year, matrix
        self._taken: dict[str, list[Visit]] = {}

    def of(self, name: str) -> list[Visit]:
        if name not in self._taken:
            self._taken[name] = list(self._round(name))
        return self._taken[name]

    def _round(self, name: str) -> Iterator[Visit]:
        client = self._year.browser(name)
        absent: dict[str, tuple[Any, ...]] = {}
        for cell in self._matrix.reading():
            answer = client.get(cell.path, buffered=True)
            argument = subjects.named_by_row(cell.rule)
            if answer.status_code != 404 or not argument:
                yield _seen(cell, answer)
                continue
            there = str(dict(cell.arguments)[argument])
            nowhere = cell.path.replace(there, subjects.ABSENT)
            if absent.get(cell.endpoint) != likeness(answer, cell, there):
                # A cookie may be new, or a minute may have passed on the clock of the demo: both are looked at again.
                absent[cell.endpoint] = likeness(client.get(nowhere, buffered=True), cell, subjects.ABSENT)
            if absent[cell.endpoint] != likeness(answer, cell, there):
                answer = client.get(cell.path, buffered=True)
            yield Visit(cell, 404, absent[cell.endpoint] != likeness(answer, cell, there))


def _seen(cell: Cell, answer: TestResponse) -> Visit:
    if not answer.mimetype.startswith(READABLE):
        return Visit(cell, answer.status_code)
    page = answer.text
    said = unescape("\n".join([TAG.sub("\n", page), *VALUE.findall(page)]))
    ids, forms = frozenset(IDENTIFIER.findall(page)), tuple(FORM.findall(page))
    return Visit(cell, answer.status_code, said=said, identifiers=ids, forms=forms)


def likeness(answer: TestResponse, cell: Cell, identifier: str) -> tuple[Any, ...]:
    """All of an answer that could tell two things apart, but for what is new with every answer or was asked."""
    headers = sorted((name, value) for name, value in answer.headers if name != "Set-Cookie")
    cookies = sorted(value.partition("=")[0] for value in answer.headers.getlist("Set-Cookie"))
    body = NEVER_SAME.sub("", answer.text).replace(identifier, "…")
    for _, asked in cell.arguments:
        body = body.replace(str(asked), "…")
    return answer.status_code, [pair for pair in headers if pair[0] != "Content-Length"], cookies, body

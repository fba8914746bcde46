"""Which fields a write understands: those of the form classes on the way, and those on the page that shows it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

from wtforms import FieldList, FormField
from wtforms.fields.core import UnboundField

from grants.core.forms import Form
from tests.guards.reach import functions_of, references, resolved, tree_of

DEEPEST = 3
SECRET = frozenset({"password", "file", "hidden", "submit", "checkbox", "radio", "button", "image"})


def names_in_forms(view: Callable[..., Any]) -> list[str]:
    """Field names of every form class mentioned on the way from a view, in order, each once."""
    found: dict[str, None] = {}
    for kind in _forms(inspect.unwrap(view), DEEPEST, set()):
        for name in _fields(kind):
            found.setdefault(name)
    return [name for name in found if name != "csrf_token"]


def _forms(function: Any, depth: int, seen: set[Any]) -> Iterator[type[Any]]:
    if depth == 0 or function in seen:
        return
    seen.add(function)
    for name in references(tree_of(function)):
        there = resolved(name, function.__globals__)
        if isinstance(there, type) and issubclass(there, Form):
            yield there
        for other in functions_of(there):
            yield from _forms(other, depth - 1, seen)


@cache
def _fields(kind: type[Any]) -> list[str]:
    """Enclosed forms with the prefix they are sent under; of a list, its first two rows."""
    names: list[str] = []
    for name in dir(kind):
        field = getattr(kind, name, None)
        if not isinstance(field, UnboundField):
            continue
        if issubclass(field.field_class, FormField):
            names += [f"{name}-{each}" for each in _fields(field.args[0])]
        elif issubclass(field.field_class, FieldList):
            names += [f"{name}-{row}" for row in range(2)]
        else:
            names.append(name)
    return names


class Controls(HTMLParser):
    """The controls of a page: name -> (kind, what stands in it), the first of each name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, tuple[str, str]] = {}
        self._area: tuple[str, list[str]] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "textarea" and name:
            self._area = (name, [])
        elif tag in {"input", "select"} and name:
            kind = "select" if tag == "select" else (given.get("type") or "text")
            self.found.setdefault(name, (kind, given.get("value") or ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self.found.setdefault(self._area[0], ("textarea", "".join(self._area[1])))
            self._area = None

    def typed(self) -> dict[str, str]:
        """What a person typed, as far as it is plain text."""
        return {name: value for name, (kind, value) in self.found.items() if kind in {"text", "textarea"}}

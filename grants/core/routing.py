"""How addresses are read and written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.datastructures import ImmutableDict
from werkzeug.routing import IntegerConverter, Map, Rule

from grants.core.text import LARGEST_INTEGER

Written = Callable[..., tuple[str, str]]


class WholeNumber(IntegerConverter):
    """A number in an address that no column can hold leads nowhere, like any other that is not there."""

    def __init__(self, map: Map, *given: Any, max: int = LARGEST_INTEGER, **named: Any) -> None:  # noqa: A002
        super().__init__(map, *given, max=max, **named)


class Route(Rule):
    """Werkzeug compiles two functions per address that write it. Done at the start for all, most of them for
    nothing, it would take a fifteenth of the start; so each is compiled when it is first called.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Written:
        def write(_rule: Rule, **values: Any) -> tuple[str, str]:
            compiled: Written = super(Route, self)._compile_builder(append_unknown).__get__(self)
            setattr(self, "_build_unknown" if append_unknown else "_build", compiled)
            return compiled(**values)

        return write


class Addresses(Map):
    """All addresses of the house."""

    default_converters = ImmutableDict({**Map.default_converters, "int": WholeNumber})

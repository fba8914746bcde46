"""How addresses are written: each learns it when somebody first links to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Written = Callable[..., tuple[str, str]]


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

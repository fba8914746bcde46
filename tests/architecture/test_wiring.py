"""Every dotted name in `grants/wiring.py` leads to something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from werkzeug.utils import import_string

from grants import wiring


def named() -> Iterator[tuple[str, str]]:
    for table in ("JOBS", "FILES", "CHECKS", "PANELS", "THREADS", "COMMANDS", "ROLES"):
        for words in _words(getattr(wiring, table)):
            if words.startswith("grants.") and ":" in words:
                yield table, words


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for below in value.values():
            yield from _words(below)
    elif isinstance(value, (list, tuple)):
        for below in value:
            yield from _words(below)


@pytest.mark.parametrize(("table", "name"), sorted(set(named())))
def test_a_name_in_the_wiring_leads_somewhere(table: str, name: str) -> None:
    assert import_string(name) is not None, f"{table} names {name}"


def test_there_are_names_to_try() -> None:
    assert {table for table, _ in named()} >= {"JOBS", "FILES", "CHECKS", "PANELS", "THREADS", "COMMANDS"}

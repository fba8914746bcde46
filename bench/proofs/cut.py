"""What a cut is: a change of the text of the source that takes one hard rule, or a part of it, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """`old`, which stands in the file exactly once, becomes `new`."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Cut:
    """`tests` are those of the rule's tests that are to notice it (all of them when empty).

    `engine` is postgres where only PostgreSQL shows it: SQLite lets one writer in at a time.
    """

    rule: int
    name: str
    edits: Sequence[Edit]
    tests: Sequence[str] = ()
    engine: str = "sqlite"


def one(rule: int, name: str, file: str, old: str, new: str, *tests: str, engine: str = "sqlite") -> Cut:
    return Cut(rule, name, (Edit(f"grants/{file}", old, new),), tests, engine)

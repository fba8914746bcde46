"""The page of the design names what stands: every table with its columns, every right, and no right that is not."""

from __future__ import annotations

import re
from pathlib import Path

from grants import wiring
from grants.core.db import Base

PAGE = (Path(__file__).parents[2] / "docs" / "design" / "part-1.md").read_text("utf-8")
# Said once for all tables, in the conventions at the top or by the words `holder` and `subject holder`.
OF_EVERY_TABLE = {"id", "never_id", "subject_kind"}
RIGHTS = re.compile(r"`(\w+)`: ([\w ]+)")
HINT = "Change docs/design/part-1.md in the same commit."


def is_named(word: str) -> bool:
    return re.search(rf"\b{word}\b", PAGE) is not None


def test_every_table_and_column_is_named() -> None:
    missing = [
        f"{mapper.class_.__name__}.{column.key}"
        for mapper in Base.registry.mappers
        for column in mapper.columns
        if column.key not in OF_EVERY_TABLE and not is_named(column.key)
    ]
    unnamed = [mapper.class_.__name__ for mapper in Base.registry.mappers]
    assert missing == [], HINT
    assert [name for name in unnamed if not is_named(name)] == [], HINT


def test_the_rights_named_are_the_rights_there_are() -> None:
    section = PAGE.partition("## Rights, by what they are about")[2]
    named = {f"{about}.{verb}" for about, verbs in RIGHTS.findall(section) for verb in verbs.split()}
    there = {name for table in wiring.PERMISSIONS for name in table}
    assert sorted(named ^ there) == [], HINT

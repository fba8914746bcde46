"""Scenes that many tests begin with: built once by the actions people use, then put back as they stood.

A scene is what a fixture makes in an empty house, or on top of another scene. The first test that asks for it builds
it and has it photographed; whoever asks after that gets the rows, the files, the people and the value of that moment.
"""

from __future__ import annotations

import copy
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from flask import Flask
from sqlalchemy import event, text

from grants.core import remembered
from grants.core.db import Base, db
from tests.cast import Cast

Value = TypeVar("Value")
Photographed = Callable[..., Any]
"""`photographed(build, *changes)`, the fixture: see `Album.scene`."""
WRITES = ("INSERT", "UPDATE", "DELETE")
KEPT = ("files", "mail")


class House(Protocol):
    """What an album needs of a stage."""

    backend: str
    folder: Path
    file: Path
    app: Flask


@dataclass(frozen=True)
class Photograph:
    """How the house stood: `number` names its rows and files; `state` is the value and what else it changed."""

    number: int
    cast: Cast
    people: dict[str, int]
    state: Any


class Album:
    """The photographs of one stage, and which of them it shows now; empty for a house nobody has been in."""

    def __init__(self, stage: House) -> None:
        self._stage, self._taken = stage, dict[tuple[str, ...], Photograph]()
        self._inserts: dict[int, str] = {}
        self._shown: tuple[str, ...] = ()
        self._is_touched = False
        with stage.app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._notice)
            if stage.backend == "postgres":
                with db.engine.begin() as connection:
                    connection.execute(text("CREATE SCHEMA IF NOT EXISTS photographs"))
            db.engine.dispose()

    def _notice(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        self._is_touched = self._is_touched or statement.lstrip().upper().startswith(WRITES)

    def begin(self) -> None:
        """The house is empty again."""
        self._shown, self._is_touched = (), False

    def scene(self, cast: Cast, build: Callable[[], Value], *changes: Any) -> Value:
        """What `build` gives; `changes` are the objects it changes beside. Built in truth where anybody wrote before."""
        name = (*self._shown, f"{build.__module__}.{build.__qualname__}")
        if self._is_touched:
            return build()
        photograph = self._taken.get(name)
        if photograph is None:
            value = build()
            photograph = self._take(cast, [value, *(vars(each) for each in changes)])
            self._taken[name] = photograph
        else:
            self._put_back(photograph)
            cast.remember(photograph.people)
            mine = {id(photograph.cast): cast, id(self._stage.app): self._stage.app}
            value, *kept = copy.deepcopy(photograph.state, mine)
            for each, attributes in zip(changes, kept, strict=True):
                vars(each).update(attributes)
        self._shown, self._is_touched = name, False
        return value

    def _take(self, cast: Cast, state: list[Any]) -> Photograph:
        number = len(self._taken)
        with self._stage.app.app_context():
            db.session.remove()
            if self._stage.backend == "postgres":
                self._copy_tables(number)
        if self._stage.backend == "sqlite":
            _copy(self._stage.file, self._file(number))
        for folder in KEPT:
            if (self._stage.folder / folder).exists():
                shutil.copytree(self._stage.folder / folder, self._folder(number) / folder)
        same = {id(cast): cast, id(self._stage.app): self._stage.app}
        return Photograph(number, cast, cast.people, copy.deepcopy(state, same))

    def _copy_tables(self, number: int) -> None:
        """Each table that holds anything, beside the house; and the one statement that brings all of them back."""
        tables = Base.metadata.sorted_tables
        asked = " UNION ALL ".join(
            f"SELECT '{table.name}' WHERE EXISTS (SELECT FROM \"{table.name}\")" for table in tables
        )
        back = [deletes()]
        with db.engine.begin() as connection:
            filled = set(connection.execute(text(asked)).scalars())
            for table in tables:
                if table.name in filled:
                    kept = f'photographs."{table.name}_{number}"'
                    columns = ", ".join(
                        f'"{column.name}"' for column in table.columns if column.computed is None
                    )
                    connection.exec_driver_sql(f'CREATE TABLE {kept} AS SELECT {columns} FROM "{table.name}"')
                    back.append(f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM {kept}')
        self._inserts[number] = "; ".join(back)

    def _put_back(self, photograph: Photograph) -> None:
        remembered.forget()
        for folder in KEPT:
            shutil.rmtree(self._stage.folder / folder, ignore_errors=True)
            if (self._folder(photograph.number) / folder).exists():
                shutil.copytree(self._folder(photograph.number) / folder, self._stage.folder / folder)
        with self._stage.app.app_context():
            db.session.remove()
            if self._stage.backend == "postgres":
                with db.engine.begin() as connection:
                    connection.exec_driver_sql(self._inserts[photograph.number])
        if self._stage.backend == "sqlite":
            _copy(self._file(photograph.number), self._stage.file)

    def _folder(self, number: int) -> Path:
        return self._stage.folder / f"photograph-{number}"

    def _file(self, number: int) -> Path:
        return self._stage.folder / f"photograph-{number}.db"


def deletes() -> str:
    """Deletes every row, past triggers and foreign keys, in one round trip; far quicker than TRUNCATE on small tables."""
    every = (f'DELETE FROM "{name}"' for name in Base.metadata.tables)
    return "; ".join(["SET LOCAL session_replication_role = replica", *every])


def _copy(here: Path, there: Path) -> None:
    """By SQLite itself, so that whoever has a file open sees what is in it now."""
    with closing(sqlite3.connect(here)) as source, closing(sqlite3.connect(there)) as target:
        target.execute("PRAGMA synchronous=OFF")
        source.backup(target)

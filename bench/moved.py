"""Carries a whole house from its SQLite file into an empty PostgreSQL database, row by row.

python -m bench.moved FOLDER, with GRANTS_DATABASE_URL naming the empty database
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, insert, select, text
from sqlalchemy.engine import Engine, Result

from grants.app import create_app
from grants.core import search
from grants.core.db import Base, db, engine_options
from grants.core.search import SearchDocument
from grants.core.unit_of_work import unit_of_work
from grants.operation.database import upgrade

BATCH = 1000


def main() -> None:
    app = create_app()
    url = f"sqlite:///{Path(sys.argv[1]).resolve() / 'greenshoots.db'}"
    source = create_engine(url, **engine_options(url))
    with app.app_context():
        upgrade(source)
        upgrade(db.engine)
        _carry(source, db.engine)
        with unit_of_work():
            _file_again()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    source.dispose()


def _carry(source: Engine, target: Engine) -> None:
    """Every table as it is; triggers and foreign keys look away, because rows come table by table."""
    with source.connect() as there, target.begin() as here:
        here.execute(text("SET LOCAL session_replication_role = replica"))
        for table in Base.metadata.sorted_tables:
            here.execute(table.delete())
            found = there.execute(select(table))
            for batch in _batches(found):
                here.execute(insert(table), batch)
            _count_on(here, table)


def _batches(found: Result[Any]) -> Iterator[list[dict[str, Any]]]:
    rows = iter(found.mappings())
    while batch := [{str(name): row[name] for name in row} for row in islice(rows, BATCH)]:
        yield batch


def _count_on(connection: Connection, table: Table) -> None:
    """Numbers given from now on follow those that are there."""
    if "id" in table.columns and table.autoincrement_column is not None:
        name = f'"{table.name}"'
        place = f"pg_get_serial_sequence('{name}', 'id')"
        newest = f"(SELECT max(id) FROM {name})"  # noqa: S608 - a table's own name
        connection.execute(text(f"SELECT setval({place}, {newest}) WHERE {newest} IS NOT NULL"))


def _file_again() -> None:
    """The index of the search is each database's own."""
    for found in db.session.scalars(select(SearchDocument).order_by(SearchDocument.id)).all():
        search.put(found.kind, found.subject_id, title=found.title, body=found.body, case=found.case)


if __name__ == "__main__":
    main()

"""Runs migrations in one transaction, with SQLite's foreign keys off while tables are rebuilt."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.types import TypeDecorator

from grants.core.db import Base
from grants.operation.database import load_models, ours

ONE_AT_A_TIME = 7_220_116_001  # any number; two starting processes must not both migrate


def render(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types as what they are in the database: migrations outlive the code."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl_instance!r}"
    return False


def migrate(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=sqlite,
        transactional_ddl=True,  # Alembic thinks SQLite cannot, and would commit each statement
        compare_type=True,
        include_object=ours,
        render_item=render,
    )
    with context.begin_transaction():
        if not sqlite:
            connection.exec_driver_sql(
                "SET LOCAL lock_timeout = 0"
            )  # somebody else's migration may take long
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
        context.run_migrations()
        if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise RuntimeError(f"The migration broke foreign keys: {broken[:5]}")


def without_foreign_keys(connection: Any, _record: object) -> None:
    """Rebuilding a parent table drops it, and with keys on that deletes its children."""
    connection.execute("PRAGMA foreign_keys=OFF")


def run(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            return migrate(connection)
    from sqlalchemy import create_engine

    own = create_engine(engine.url)
    event.listen(own, "connect", without_foreign_keys)
    with own.connect().execution_options(write=True) as connection:
        migrate(connection)
    return own.dispose()


load_models()
run(context.config.attributes["engine"])

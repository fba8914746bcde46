"""Migrations: one transaction, one at a time, and no children lost on SQLite."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from grants.operation import database


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return create_engine(f"sqlite:///{tmp_path}/trial.db")


def write_migration(folder: Path, number: str, before: str | None, body: str) -> None:
    (folder / "versions").mkdir(exist_ok=True)
    (folder / "versions" / f"{number}.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\nrevision = {number!r}\n"
        f"down_revision = {before!r}\ndef upgrade():\n"
        + "".join(f"    {line}\n" for line in body.splitlines())
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real env.py with migrations of the test's own."""
    copy = tmp_path / "migrations"
    copy.mkdir()
    for name in ("env.py", "script.py.mako"):
        (copy / name).write_text((database.BESIDE / "migrations" / name).read_text())
    monkeypatch.setattr(database, "resource_dir", lambda _name: copy)
    parents = (
        'op.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT)")\n'
        'op.execute("CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER '
        'REFERENCES parent(id) ON DELETE CASCADE)")\n'
        "op.execute(\"INSERT INTO parent VALUES (1, 'one')\")\n"
        'op.execute("INSERT INTO child VALUES (1, 1), (2, 1)")'
    )
    write_migration(copy, "0001", None, parents)
    return copy


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_rebuilding_a_parent_table_keeps_its_children(engine: Engine, folder: Path) -> None:
    rebuild = 'with op.batch_alter_table("parent", recreate="always") as t:\n    t.add_column(sa.Column("age", sa.Integer()))'
    write_migration(folder, "0002", "0001", rebuild)
    database.upgrade(engine)
    assert count(engine, "child") == 2
    assert database.current(engine) == database.head() == "0002"


def test_a_migration_that_orphans_rows_keeps_nothing(engine: Engine, folder: Path) -> None:
    database.upgrade(engine)
    write_migration(folder, "0002", "0001", 'op.execute("DELETE FROM parent")')
    with pytest.raises(RuntimeError, match="broke foreign keys"):
        database.upgrade(engine)
    assert (count(engine, "parent"), database.current(engine)) == (1, "0001")


def test_a_second_upgrade_changes_nothing(engine: Engine, folder: Path) -> None:
    database.upgrade(engine)
    database.upgrade(engine)
    assert count(engine, "child") == 2


def test_the_migrations_agree_with_the_models(engine: Engine) -> None:
    database.upgrade(engine)
    assert database.differences(engine) == []


@pytest.mark.postgres
def test_the_migrations_agree_with_the_models_on_postgresql(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    database.upgrade(engine)
    assert database.differences(engine) == []
    engine.dispose()


def test_search_tables_made_by_hand_are_not_called_a_difference() -> None:
    assert not database.ours(None, "search_fts_data", "table", None, None)
    assert database.ours(None, "proposal", "table", None, None)


def test_our_column_types_are_written_as_what_they_are(engine: Engine, folder: Path) -> None:
    database.upgrade(engine)
    written = database.revise("Trial").read_text()
    assert "grants.core" not in written


def triggers(engine: Engine) -> set[str]:
    wanted = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' OR sql LIKE '%VIRTUAL%'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with engine.connect() as connection:
        return set(connection.execute(text(wanted[engine.dialect.name])).scalars())


def made_from_models(engine: Engine) -> Engine:
    database.models_metadata().create_all(engine)
    return engine


def test_a_migrated_database_has_the_same_guards_as_the_models(engine: Engine, tmp_path: Path) -> None:
    database.upgrade(engine)
    expected = triggers(made_from_models(create_engine(f"sqlite:///{tmp_path}/models.db")))
    assert expected
    assert triggers(engine) == expected


@pytest.mark.postgres
def test_a_migrated_postgresql_has_the_same_guards_as_the_models(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    database.upgrade(engine)
    migrated = triggers(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    assert migrated == triggers(made_from_models(engine))
    engine.dispose()

"""Bringing a database to the models' shape, with Alembic, from code instead of an ini file."""

import importlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import DDL, Engine, MetaData, create_engine

from grants.operation.places import BESIDE, PACKAGE, resource_dir


def configuration(engine: Engine | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource_dir("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> None:
    """Run every migration the database has not had; nothing is kept of one that fails."""
    command.upgrade(configuration(engine), "head")


def head() -> str | None:
    """Revision the code expects, to compare with `current`."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def current(engine: Engine) -> str | None:
    """Revision the database stands at; None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def revise(sentence: str) -> Path:
    """Write the migration from the newest one to the models; answers its path."""
    with empty_database() as engine:
        upgrade(engine)
        made = command.revision(configuration(engine), sentence, autogenerate=True, rev_id=next_number())
    if made is None or isinstance(made, list):
        raise TypeError("Alembic wrote no script")
    write_by_hand(Path(made.path))
    for verb in (["check", "--fix"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *verb, "-q", made.path], check=False)  # noqa: S603
    return Path(made.path)


def write_by_hand(path: Path) -> None:
    """Add to a new migration what Alembic cannot see: triggers and search tables of the tables it creates."""
    source = path.read_text("utf-8")
    tables = [name for name in models_metadata().tables if f'op.create_table("{name}"' in _one_line(source)]
    lines = [
        f"    by_hand({dialect!r}, {statement!r})\n"
        for table in tables
        for dialect, statement in statements_of(table)
    ]
    upgrades, mark, rest = source.partition("\n\ndef downgrade()")
    path.write_text(upgrades + "\n" + "".join(lines) + mark + rest, "utf-8")


def _one_line(source: str) -> str:
    return source.replace("op.create_table(\n        ", "op.create_table(").replace("'", '"')


def statements_of(table: str) -> Iterator[tuple[str, str]]:
    """(dialect, statement) of everything that is to be executed once a table exists."""
    for listener in models_metadata().tables[table].dispatch.after_create:
        if isinstance(listener, DDL):
            condition = listener._ddl_if  # noqa: SLF001 - SQLAlchemy keeps it nowhere public
            dialect = condition.dialect if condition is not None else ""
            yield str(dialect), listener.statement.replace("%%", "%").replace(":", "\\:")


def models_metadata() -> MetaData:
    from grants.core.db import Base

    load_models()
    return Base.metadata


@contextmanager
def empty_database() -> Iterator[Engine]:
    """A SQLite file for as long as one looks at it."""
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.db")
        try:
            yield engine
        finally:
            engine.dispose()


def next_number() -> str:
    """Revisions are counted: 0001, 0002. Two branches with one number clash in the review."""
    return f"{len(list((resource_dir('migrations') / 'versions').glob('*.py'))) + 1:04}"


def differences(engine: Engine) -> Sequence[str]:
    """What the models say and the database does not; empty when they agree."""
    from grants.core.db import Base

    load_models()
    options = {"compare_type": True, "compare_server_default": False, "include_object": ours}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]


def load_models() -> None:
    """Import the floor and every `models` rung, so that the metadata knows every table."""
    rungs = [*PACKAGE.glob("core/*.py"), *PACKAGE.glob("*/models.py"), *PACKAGE.glob("*/models/*.py")]
    for path in sorted(rungs):
        importlib.import_module(".".join(path.with_suffix("").relative_to(BESIDE).parts))


def ours(_thing: object, name: str | None, kind: str, _reflected: object, _compared: object) -> bool:
    """Search tables are made by hand in migrations and have no model."""
    return not (kind == "table" and (name or "").startswith(("search_fts", "sqlite_")))

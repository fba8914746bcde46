"""Houses to be measured and shaken: a demo year of some size, on a database of either kind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.pages import Cast
from bench.servers import ROOT

ENGINES = ("sqlite", "postgresql")


def prepared(folder: Path, size: int, *, drafts: int = 0) -> Path:
    """The folder with a demo year of so many proposals in it and so many drafts to be handed in."""
    if not (folder / "cast.json").exists():
        environment = {"GRANTS_DEMO": "1", "GRANTS_INSTANCE": str(folder)}
        run("bench.prepare", str(folder), str(size), str(drafts), environment=environment)
    return folder


@contextmanager
def house(engine: str, pattern: Path, folder: Path) -> Iterator[tuple[dict[str, str], Cast]]:
    """A copy of a prepared house on this engine, without a server: its environment, and who may ask it."""
    shutil.copytree(pattern, folder)
    environment = {"GRANTS_DEMO": "1", "GRANTS_INSTANCE": str(folder)}
    cast = Cast(**json.loads((folder / "cast.json").read_text()))
    if engine == "sqlite":
        yield environment, cast
        return
    keys = {
        "GRANTS_SECRET_KEY": (folder / "secret.key").read_text(),
        "GRANTS_ENCRYPTION_KEYS": (folder / "encryption.key").read_text(),
    }
    with database() as url:
        environment |= {"GRANTS_DATABASE_URL": url, **keys}
        run("bench.moved", str(folder), environment=environment)
        yield environment, cast


@contextmanager
def database() -> Iterator[str]:
    """The address of an empty database of its own on the tests' server, gone afterwards."""
    from sqlalchemy import create_engine

    from tools.postgres import postgres

    name = f"bench_{os.getpid()}_{os.urandom(3).hex()}"
    with postgres() as address:
        admin = create_engine(address, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
            )
        try:
            yield admin.url.set(database=name).render_as_string(hide_password=False)
        finally:
            with admin.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            admin.dispose()


def run(module: str, *arguments: str, environment: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", module, *arguments]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True)

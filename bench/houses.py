"""Houses to be measured: a database of either kind, a demo year of some size, and a server on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.pages import Cast
from bench.servers import ROOT

ENGINES = ("sqlite", "postgresql")


@contextmanager
def house(engine: str, folder: Path, size: int, *, drafts: int = 0) -> Iterator[tuple[dict[str, str], Cast]]:
    """A prepared house without a server: its environment, and who may ask it."""
    with ExitStack() as stack:
        environment = {"GRANTS_DEMO": "1", "GRANTS_INSTANCE": str(folder)}
        if engine == "postgresql":
            environment |= stack.enter_context(_database(folder.name))
        command = [sys.executable, "-m", "bench.prepare", str(folder), str(size), str(drafts)]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True)
        yield environment, Cast(**json.loads((folder / "cast.json").read_text()))


@contextmanager
def _database(name: str) -> Iterator[Mapping[str, str]]:
    """A database of its own on the tests' server, gone afterwards."""
    from cryptography.fernet import Fernet
    from sqlalchemy import create_engine

    from tools.postgres import postgres

    plain = "".join(letter if letter.isalnum() else "_" for letter in f"bench_{name}_{os.getpid()}")
    with postgres() as address:
        admin = create_engine(address, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE \"{plain}\" TEMPLATE template0 ENCODING 'UTF8'")
        url = admin.url.set(database=plain).render_as_string(hide_password=False)
        key = Fernet.generate_key().decode()
        try:
            yield {"GRANTS_DATABASE_URL": url, "GRANTS_SECRET_KEY": "bench", "GRANTS_ENCRYPTION_KEYS": key}
        finally:
            with admin.connect() as connection:
                connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{plain}" WITH (FORCE)')
            admin.dispose()

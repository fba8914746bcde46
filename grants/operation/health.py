"""Whether every part the house stands on is in order: for `/readyz` and `grants check`."""

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from flask import Flask
from msgspec import Struct
from sqlalchemy import Engine, text

from grants.config import Settings
from grants.core import jobs
from grants.core.db import db
from grants.operation.places import resource_dir

REVISION = re.compile(r"^(revision|down_revision)\b[^=]*= *(?:[\"']([^\"']+)[\"']|None)", re.MULTILINE)


class NotInOrder(RuntimeError):
    """Carries one sentence on what is wrong with a part."""


class Part(Struct, frozen=True):
    """How one part was found: `found` tells the operator, never a visitor."""

    name: str
    in_order: bool
    found: str


def examine(app: Flask) -> Iterator[Part]:
    """Look at each part in turn; a part that fails does not hide the next."""
    settings: Settings = app.extensions["grants.settings"]
    looks: dict[str, Callable[[], str]] = {
        "database": lambda: database(db.engine),
        "migrations": lambda: migrations(db.engine),
        "storage": lambda: storage(settings.storage_url),
        "queue": queue,
    }
    for name, look in looks.items():
        try:
            yield Part(name, True, look())
        except Exception as error:  # noqa: BLE001 - whatever fails, the part is not in order
            yield Part(name, False, str(error).splitlines()[0])


def database(engine: Engine) -> str:
    begun = time.perf_counter()
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return f"{engine.dialect.name} answers in {(time.perf_counter() - begun) * 1000:.0f} ms"


def migrations(engine: Engine) -> str:
    with engine.connect() as connection:
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if current != (expected := newest_migration()):
        raise NotInOrder(f"the database stands at {current}, this version needs {expected}")
    return f"stands at {current}"


@lru_cache(maxsize=1)
def newest_migration() -> str | None:
    """The revision no other follows, read from the sources: Alembic is slow to import."""
    followed, known = set(), set()
    for path in (resource_dir("migrations") / "versions").glob("*.py"):
        names = {kind: name or None for kind, name in REVISION.findall(path.read_text("utf-8"))}
        known.add(names.get("revision"))
        followed.add(names.get("down_revision"))
    return next(iter(known - followed), None)


def storage(address: str) -> str:
    """A folder must take a file; a bucket is asked when files are, and has its own alarms."""
    scheme, _, rest = address.partition(":")
    if scheme != "file":
        return f"files are kept in {scheme}"
    folder = Path("/" + rest.lstrip("/")) if rest.startswith("/") else Path(rest)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(b"greenshoots")
    return f"{folder} takes files"


def queue() -> str:
    backlog = jobs.backlog()
    return f"{backlog.due} jobs are due, {backlog.dead} were given up"

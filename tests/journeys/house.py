"""A running server on a copy of the demo year that nobody else touches, and what html-validate says of pages."""

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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask
from msgspec.structs import replace

from grants.app import create_app
from grants.config import Settings
from grants.core import clock, jobs
from grants.demo.clock import ahead
from tests.demo_year import environment

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0


@dataclass
class House:
    """The server, its folder, and the work behind it, done in this process when it is asked for."""

    base: str
    folder: Path
    program: subprocess.Popen[bytes]

    @cached_property
    def app(self) -> Flask:
        return application(self.folder, GRANTS_BASE_URL=self.base)

    def jobs(self) -> None:
        """Do all the work that waits: mails, papers, what the clock brings."""
        do_what_waits(self.app)

    def link_in_mail(self, to: str, part: str) -> str:
        """The newest address with `part` in it that was mailed to somebody."""
        self.jobs()
        found = [
            link
            for mail in sorted((self.folder / "mail").glob("*.eml"))
            for link in links_of(mail, to)
            if part in link
        ]
        assert found, f"no mail to {to} leads to {part}"
        return found[-1].removeprefix(self.base)


def application(folder: Path, **more: str) -> Flask:
    settings = Settings.from_environment({**environment(folder), **more})
    return create_app(replace(settings, testing=True))


def do_what_waits(app: Flask) -> None:
    """Every job that is due by the clock of the demo."""
    clock.install(zone_name="Asia/Shanghai", offset=ahead)
    try:
        jobs.run_due(app)
    finally:
        clock.install(zone_name="Asia/Shanghai", offset=timedelta)


def links_of(mail: Path, to: str) -> list[str]:
    sent = mail.read_bytes()
    if to.encode() not in sent:
        return []  # unread: reading all the mails of a year takes longer than writing one of them
    message = message_from_bytes(sent, policy=policy.default)
    body = message.get_body(("plain",))
    if body is None or to not in str(message["To"]):
        return []
    return re.findall(r"https?://[^\s<>\"]+", body.get_content())


@contextmanager
def house_of(year: Path, folder: Path) -> Iterator[House]:
    """Serve a copy of the loaded year from `folder` until the block is left; no page may have failed in it."""
    shutil.copytree(year, folder)
    running = serve(folder)
    try:
        yield running
    finally:
        running.program.send_signal(signal.SIGTERM)
        running.program.wait(timeout=30)
    log = (folder / "server.log").read_text()
    assert "Traceback" not in log, log[-4000:]


def serve(folder: Path) -> House:
    port = free_port()
    serving = [sys.executable, "-m", "grants", "serve", "--port", str(port), "--workers", "1"]
    env = {**environment(folder), "GRANTS_BASE_URL": f"http://127.0.0.1:{port}"}
    with (folder / "server.log").open("w") as log:
        program = subprocess.Popen(serving, cwd=ROOT, env=env, stdout=log, stderr=log)
    house = House(f"http://127.0.0.1:{port}", folder, program)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{house.base}/readyz", timeout=5):
                return house
        except OSError:
            assert program.poll() is None, (folder / "server.log").read_text()[-3000:]
            time.sleep(0.2)
    raise AssertionError((folder / "server.log").read_text()[-3000:])


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def invalid(pages: Mapping[str, str], folder: Path) -> list[str]:
    """What html-validate says of these pages, in one run of it."""
    if not pages:
        return []
    names: dict[str, str] = {}
    for number, (at, html) in enumerate(pages.items()):
        path = folder / f"page-{number}.html"
        path.write_text(html, "utf-8")
        names[str(path)] = at
    said = folder / "report.json"
    tool = [
        "node_modules/.bin/html-validate",
        "--config",
        ".htmlvalidate.json",
        "--formatter",
        f"json={said}",
    ]
    subprocess.run([*tool, *names], cwd=ROOT, capture_output=True, check=False, timeout=180)
    report: list[dict[str, Any]] = json.loads(said.read_text("utf-8"))
    return [
        f"{names[each['filePath']]}:{found['line']} {found['ruleId']}: {found['message']}"
        for each in report
        for found in each["messages"]
        if found["severity"] > 1
    ]

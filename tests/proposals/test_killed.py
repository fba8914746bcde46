"""Hard rule 13: a worker killed at any moment loses nothing that was acknowledged."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.accounts import queries as accounts
from grants.accounts.actions import sessions
from grants.core.db import db
from grants.questionnaires.models import SectionAnswers
from tests.conftest import KEY, Stage
from tests.proposals.conftest import Room

ROOT = Path(__file__).parents[2]
KILLS = 6
PATIENCE = 30.0
AWAY = (OSError, http.client.HTTPException, json.JSONDecodeError)


class Server:
    """A real gunicorn with one worker on the stage's database."""

    def __init__(self, stage: Stage) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        with stage.app.app_context():
            url = db.engine.url.render_as_string(hide_password=False)
        command = [sys.executable, "-m", "gunicorn", "-w", "1", "--threads", "4", "-k", "gthread",
                   "-b", f"127.0.0.1:{self.port}", "--graceful-timeout", "2", "wsgi:app"]  # fmt: skip
        outer = {name: value for name, value in os.environ.items() if not name.startswith("GRANTS_")}
        environ = outer | {
            "GRANTS_DATABASE_URL": url,
            "GRANTS_INSTANCE": str(stage.folder),
            "GRANTS_SECRET_KEY": "tests only",
            "GRANTS_ENCRYPTION_KEYS": KEY,
        }
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill_worker(self) -> None:
        for pid in self.workers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def ask(self, method: str, path: str, token: str, **more: str) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Cookie": f"sid={token}", "Accept-Language": "en", **more}
        body = headers.pop("body", None)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
            return answer.status, answer.read().decode(), cookie
        finally:
            connection.close()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


@pytest.fixture
def server(stage: Stage, room: Room) -> Iterator[Server]:
    server = Server(stage)
    yield server
    server.stop()


class Writer:
    """Ada at her desk: writes number after number, and remembers the last one that was acknowledged."""

    def __init__(self, server: Server, token: str, draft: str) -> None:
        self.server, self.token = server, token
        self.address = f"/proposals/{draft}/sections/need"
        self.acknowledged, self.sent = 0, 0
        self.version, self.csrf, self.cookie = "1", "", ""

    def open_page(self) -> None:
        """Wait until the page is there again, as a browser would by reloading."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            with suppress(*AWAY):
                status, page, cookie = self.server.ask("GET", self.address, self.token)
                if status == 200:
                    self.version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]  # type: ignore[index]
                    self.csrf = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]  # type: ignore[index]
                    self.cookie = cookie
                    return
            time.sleep(0.1)
        pytest.fail("the server did not come back")

    def write(self) -> None:
        self.sent += 1
        body = json.dumps({"version": int(self.version), "answers": {"need": str(self.sent)}})
        status, text, _ = self.server.ask(
            "PATCH",
            self.address,
            f"{self.token}; {self.cookie}",
            **{"Accept": "application/json", "Content-Type": "application/json", "X-CSRFToken": self.csrf},
            body=body,
        )
        if status == 200:
            self.acknowledged, self.version = self.sent, str(json.loads(text)["version"])
        else:
            self.open_page()


@pytest.mark.slow
def test_a_killed_worker_loses_nothing_that_was_acknowledged(
    server: Server, room: Room, rows: Session
) -> None:
    draft, moments = room.start(), random.Random(13)
    with room.inside():
        ada = accounts.user_by_id(room.cast.id("ada"))
        token = sessions.open_session(ada, address="127.0.0.1", agent="test")
    writer = Writer(server, token, draft)
    writer.open_page()
    for _ in range(KILLS):
        kill_at = time.monotonic() + moments.uniform(0.05, 0.6)
        killed = False
        while not killed or writer.sent % 3:
            if not killed and time.monotonic() >= kill_at:
                server.kill_worker()
                killed = True
            try:
                writer.write()
            except AWAY:
                writer.open_page()
        assert kept(rows) >= writer.acknowledged
    assert writer.acknowledged > KILLS
    assert writer.acknowledged <= kept(rows) <= writer.sent


def kept(rows: Session) -> int:
    rows.rollback()
    row = rows.scalars(select(SectionAnswers).where(SectionAnswers.section == "need")).one()
    return int(row.answers.get("need", "0"))

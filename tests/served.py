"""The house's own server, really served, on the stage's database; its workers can be killed."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from grants.core.db import db
from tests.conftest import KEY, Stage

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Server:
    """`grants serve` with so many workers. `more` are settings beyond those of the stage."""

    def __init__(self, stage: Stage, *, workers: int = 1, **more: str) -> None:
        self.port = free_port()
        with stage.app.app_context():
            url = db.engine.url.render_as_string(hide_password=False)
        outer = {name: value for name, value in os.environ.items() if not name.startswith("GRANTS_")}
        environ = outer | {
            "GRANTS_DATABASE_URL": url,
            "GRANTS_INSTANCE": str(stage.folder),
            "GRANTS_SECRET_KEY": "tests only",
            "GRANTS_ENCRYPTION_KEYS": KEY,
            **more,
        }
        serving = ["-m", "grants", "serve", "--port", str(self.port), "--workers", str(workers)]
        self.process = subprocess.Popen(
            [sys.executable, *serving],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self) -> None:
        """Until it answers."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with suppress(OSError, http.client.HTTPException):
                if self.ask("GET", "/healthz", "")[0] == http.HTTPStatus.OK:
                    return
            time.sleep(0.05)
        raise AssertionError("the server did not come up")

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill_worker(self) -> None:
        for pid in self.workers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def ask(self, method: str, path: str, cookies: str, **more: str) -> tuple[int, str, str]:
        """Status, text and the cookie that was set; `body` goes along, everything else is a header."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": f"sid={cookies}", "Accept-Language": "en", **more}
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
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

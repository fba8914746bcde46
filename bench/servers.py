"""Servers as the house runs them, of one worker with four threads, and what their worker costs."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60.0


@dataclass(frozen=True)
class Server:
    """A running server; `master` was started, `worker` is the (first) process that answers."""

    port: int
    master: int
    worker: int
    started_in: float

    def connection(self, timeout: float = 30) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def cpu_seconds(self) -> float:
        """User and system time of the worker so far."""
        fields = Path(f"/proc/{self.worker}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def megabytes(self) -> float:
        """Resident memory of the worker."""
        for line in Path(f"/proc/{self.worker}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0


@contextmanager
def one_worker(application: str, environment: Mapping[str, str], *, ready: str = "/") -> Iterator[Server]:
    """Serve `application` (module:name) with the house's own server settings until the block ends."""
    port = free_port()
    with running(["bench.serve", application, str(port)], environment, port, ready) as server:
        yield server


@contextmanager
def running(module: Sequence[str], environment: Mapping[str, str], port: int, ready: str) -> Iterator[Server]:
    """Run a module that serves on `port`. Raises RuntimeError if it does not answer in a minute."""
    command = [sys.executable, "-m", *module]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        _wait(port, ready, process)
        yield Server(port, process.pid, workers_of(process.pid)[0], time.perf_counter() - began)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes], grace: float = 30) -> None:
    """Ask it to end; end it when it does not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=grace)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def replaced(server: Server, ready: str) -> float:
    """Seconds from the death of the worker to the first answer of the next one."""
    began = time.perf_counter()
    os.kill(server.worker, signal.SIGKILL)
    while time.perf_counter() - began < PATIENCE:
        if answers(server.port, ready) and server.worker not in workers_of(server.master):
            return time.perf_counter() - began
        time.sleep(0.005)
    raise RuntimeError("no worker took the place of the one that died")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if answers(port, path):
            return
        time.sleep(0.02)
    raise RuntimeError(f"the server did not answer on {path}")


def answers(port: int, path: str) -> bool:
    """Whether a GET brings an answer that is no fault of the server's."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def workers_of(master: int) -> list[int]:
    """The processes that answer, oldest first."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [int(child) for child in children]

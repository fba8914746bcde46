"""Child processes: started together, watched, and stopped in order on a signal or a death."""

import contextlib
import gc
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from msgspec import Struct, field

HTTP_OK = 200


class CannotRun(Exception):
    """Carries one sentence on why the programs could not be started or went away."""


class Program(Struct, frozen=True):
    """What to start: a name for messages, the command, its environment and its log."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path | None = None


class Household(Struct):
    """Programs that live and die together."""

    grace: float = 20.0
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    logs: dict[str, Path] = field(default_factory=dict)

    def start(self, program: Program) -> None:
        """Start it in its own process group: a Ctrl-C in the terminal reaches only us."""
        with contextlib.ExitStack() as stack:
            log: BinaryIO | None = None  # without a log it writes where we do
            if program.log is not None:
                program.log.parent.mkdir(parents=True, exist_ok=True)
                log = stack.enter_context(program.log.open("ab"))
                self.logs[program.name] = program.log
            self.running[program.name] = subprocess.Popen(  # noqa: S603 - our own programs
                program.command,
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log and subprocess.STDOUT,
                start_new_session=True,
            )

    def run_through(self, program: Program, leaving: threading.Event) -> None:
        """Start it and wait for its end, or leave early; raise when it fails."""
        self.start(program)
        child = self.running[program.name]
        while child.poll() is None:
            if leaving.wait(0.05):
                return
        del self.running[program.name]
        if child.returncode:
            raise CannotRun(f"The {program.name} failed; see the lines above.")

    def dead(self) -> str | None:
        """Name of one that has ended by itself, if any."""
        ended = (name for name, child in self.running.items() if child.poll() is not None)
        return next(ended, None)

    def stop(self) -> None:
        """Ask all to end, newest first, wait for their grace, then end what is left."""
        children = list(reversed(self.running.values()))
        for child in children:
            if child.poll() is None:
                child.terminate()
        until = time.monotonic() + self.grace
        for child in children:
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.running.clear()

    def watch(self, leaving: threading.Event) -> None:
        """Return when asked to leave; raise when one of the programs has gone away."""
        while not leaving.wait(0.3):
            self.must_be_whole()

    def must_be_whole(self) -> None:
        if name := self.dead():
            raise CannotRun(f"The {name} has stopped by itself; see {self.logs.get(name, 'above')}.")


@contextlib.contextmanager
def signals_ask_to_leave() -> Iterator[threading.Event]:
    """SIGINT and SIGTERM set the event while this is open."""
    leaving = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        leaving.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield leaving
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def put_off_looking_for_waste() -> None:
    """Before the house is loaded: all that is loaded stays, and looking through it again and again takes a fifth
    of the start. The server looks again once it has set the house aside.
    """
    gc.disable()


def port_must_be_free(host: str, port: int) -> None:
    """Binds it for a moment, as the server will."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotRun(
                f"Port {port} is taken by another program; stop it or choose another with --port."
            ) from error


def wait_until_ready(url: str, household: Household, leaving: threading.Event, *, patience: float) -> None:
    """Ask until it answers 200; raise when a program dies or patience ends."""
    until = time.monotonic() + patience
    while not leaving.is_set():
        household.must_be_whole()
        if answers(url):
            return
        if time.monotonic() > until:
            raise CannotRun(f"The server did not become ready within {patience:.0f} seconds.")
        leaving.wait(0.1)


def answers(url: str) -> bool:
    """True when a GET brings 200; proxies of the machine are not asked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as response:
            return bool(response.status == HTTP_OK)
    except (urllib.error.URLError, OSError):
        return False

"""`grants demo`: one whole foundation on this machine, started and stopped as one thing."""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from grants.operation.preparation import LOADING
from grants.operation.processes import (
    CannotRun,
    Household,
    Program,
    port_must_be_free,
    signals_ask_to_leave,
    wait_until_ready,
)
from grants.operation.signins import welcome

HOST = "127.0.0.1"
PATIENCE = 60.0


def settings(folder: Path, port: int) -> Mapping[str, str]:
    """The demonstration never touches a database named outside of it: `--reset` empties its own."""
    ours = {
        "GRANTS_DEMO": "1",
        "GRANTS_INSTANCE": str(folder),
        "GRANTS_BASE_URL": f"http://{HOST}:{port}",
    }
    outer = {name: value for name, value in os.environ.items() if not name.startswith("GRANTS_")}
    return {**outer, **ours}


def run(folder: Path, *, port: int, reset: bool) -> None:
    """Prepare, start server and job runner, say where, and stay until asked to leave."""
    port_must_be_free(HOST, port)
    with alone_in(folder), signals_ask_to_leave() as leaving:
        if reset or (folder / LOADING).exists():  # a load that never ended is begun again
            empty(folder)
        household, environment = Household(), settings(folder, port)
        try:
            if not leaving.is_set():
                household.run_through(preparation(folder, environment), leaving)
            if not leaving.is_set():
                household.start(server(folder, environment, port))
                household.start(job_runner(folder, environment))
                ready = f"http://{HOST}:{port}/readyz"
                wait_until_ready(ready, household, leaving, patience=PATIENCE)
            if not leaving.is_set():
                print(welcome(f"http://{HOST}:{port}", str(folder)), flush=True)  # noqa: T201
                household.watch(leaving)
        finally:
            household.stop()


def program(name: str, folder: Path, environment: Mapping[str, str], *arguments: str) -> Program:
    log = folder / "logs" / f"{name.replace(' ', '-')}.log"
    return Program(name, [sys.executable, "-m", *arguments], environment, log)


def preparation(folder: Path, environment: Mapping[str, str]) -> Program:
    command = [sys.executable, "-m", "grants.operation.preparation", str(folder)]
    return Program("preparation", command, environment)


def server(folder: Path, environment: Mapping[str, str], port: int) -> Program:
    options = ("serve", "--host", HOST, "--port", str(port))
    return program("server", folder, environment, "grants", *options)


def job_runner(folder: Path, environment: Mapping[str, str]) -> Program:
    return program("job runner", folder, environment, "grants", "jobs", "run")


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One demonstration per folder: two job runners and a reset would tread on each other."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotRun(f"A demonstration is running from {folder} already.") from error
        yield


def empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name == ".lock":
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()

"""A house with everything it needs: its server, its job runners, its post office; each may be killed and comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from bench.faults.post import PostOffice
from bench.servers import ROOT, Server, free_port, running, stop, workers_of
from grants.core.db import engine_options

RUNNERS = 2


@dataclass
class Household:
    """What runs, and how often it was hurt."""

    server: Server
    office: PostOffice
    engine: Engine
    environment: Mapping[str, str]
    log: Path
    runners: list[subprocess.Popen[bytes]] = field(default_factory=list)
    hurt: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, number: int = 1) -> None:
        self.hurt[what] = self.hurt.get(what, 0) + number

    def start_runner(self) -> None:
        with self.log.open("ab") as log:
            self.runners.append(
                subprocess.Popen(
                    [sys.executable, "-m", "grants", "jobs", "run"],
                    cwd=ROOT,
                    env={**os.environ, **self.environment},
                    stdout=log,
                    stderr=log,
                )
            )

    def kill_a_worker(self, place: int) -> None:
        workers = workers_of(self.server.master)
        if workers:
            with suppress(ProcessLookupError):
                os.kill(workers[place % len(workers)], signal.SIGKILL)
            self.count("workers killed")

    def kill_a_runner(self) -> None:
        """And start another, as whatever watches over services would."""
        oldest = self.runners.pop(0)
        oldest.kill()
        oldest.wait()
        self.count("runners killed")
        self.start_runner()

    def cut_connections(self, most: int) -> None:
        """PostgreSQL ends some of our connections, whatever is under way on them."""
        victims = (
            "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "ORDER BY random() LIMIT :most) AS chosen"
        )
        with self.engine.connect() as connection:
            self.count("connections cut", connection.scalar(text(victims), {"most": most}) or 0)

    def stop_runners(self) -> None:
        for runner in self.runners:
            runner.send_signal(signal.SIGTERM)
        for runner in self.runners:
            stop(runner)
        self.runners.clear()


@contextmanager
def household(environment: Mapping[str, str], office: PostOffice, folder: Path) -> Iterator[Household]:
    """Two workers, two job runners, mails to our own post office; all gone in the end."""
    url = environment.get("GRANTS_DATABASE_URL", f"sqlite:///{folder / 'greenshoots.db'}")
    environment = {**environment, "GRANTS_MAIL_URL": office.url}
    port = free_port()
    serving = ["grants", "serve", "--port", str(port), "--workers", "2"]
    engine = create_engine(url, **engine_options(url))
    with running(serving, environment, port, "/healthz") as server:
        house = Household(server, office, engine, environment, folder / "runners.log")
        try:
            for _ in range(RUNNERS):
                house.start_runner()
            yield house
        finally:
            house.stop_runners()
            engine.dispose()

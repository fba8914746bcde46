"""`make bench`: every claim about speed, as figures of one run, in bench/results/.

python -m bench [--quick] [--postgres] [--sizes 200,10000]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench import measures, pages
from bench.measures import Measure, compare
from bench.servers import ROOT, Server, gunicorn

RESULTS = ROOT / "bench" / "results"
SIZES = "200,10000"
LIMITS = {"list of 25": 16.0, "list of 50": 26.0}


def main() -> int:
    options = _options()
    rounds = 2 if options.quick else measures.ROUNDS
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="greenshoots-bench-") as work:
        for engine in ("sqlite", "postgresql") if options.postgres else ("sqlite",):
            rows += _engine(engine, Path(work), [int(size) for size in options.sizes.split(",")], rounds)
    said = _said(rows)
    _keep(rows, said)
    print(said)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds in place of five")
    parser.add_argument("--postgres", action="store_true", help="also on PostgreSQL")
    parser.add_argument("--sizes", default=SIZES)
    return parser.parse_args()


def _engine(engine: str, work: Path, sizes: list[int], rounds: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    with ExitStack() as stack:
        hello = stack.enter_context(gunicorn("bench.hello:app", {}))
        homes = {size: stack.enter_context(_home(engine, work / f"{engine}-{size}", size)) for size in sizes}
        for size, (server, cast) in homes.items():
            asked = {**pages.requests(cast), "save of a section": pages.section_save(server.port, cast)}
            for name, request in asked.items():
                queries = pages.queries(server.port, request)
                measure = compare(name, server, request, hello, rounds=rounds)
                rows.append(_row(engine, size, measure, queries, server))
                print(
                    f"{engine} {size} {name}: {measure.median_ms:.1f} ms, {measure.times_hello:.1f} x",
                    flush=True,
                )
    return rows


def _row(engine: str, size: int, measure: Measure, queries: int, server: Server) -> dict[str, Any]:
    cold = {"started_in_s": round(server.started_in, 2)}
    return {"engine": engine, "proposals": size, **measure.as_row(), "queries": queries, **cold}


@contextmanager
def _home(engine: str, folder: Path, size: int) -> Iterator[tuple[Server, pages.Cast]]:
    """A server on a demo year of `size` proposals, and who asks it."""
    with ExitStack() as stack:
        environment = {"GRANTS_DEMO": "1", "GRANTS_INSTANCE": str(folder), "GRANTS_BENCH": "1"}
        if engine == "postgresql":
            environment |= stack.enter_context(_database(size))
        folder.mkdir(parents=True)
        _run("bench.prepare", str(folder), str(size), environment=environment)
        cast = pages.Cast(**json.loads((folder / "cast.json").read_text()))
        server = stack.enter_context(gunicorn("bench.watched:app", environment, ready="/healthz"))
        yield server, cast


@contextmanager
def _database(size: int) -> Iterator[Mapping[str, str]]:
    from cryptography.fernet import Fernet
    from sqlalchemy import create_engine

    from tools.postgres import postgres

    with postgres() as address:
        admin = create_engine(address, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE bench_{size}")
        url = admin.url.set(database=f"bench_{size}").render_as_string(hide_password=False)
        admin.dispose()
        key = Fernet.generate_key().decode()
        yield {"GRANTS_DATABASE_URL": url, "GRANTS_SECRET_KEY": "bench", "GRANTS_ENCRYPTION_KEYS": key}


def _run(module: str, *arguments: str, environment: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", module, *arguments]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True)


def _said(rows: list[dict[str, Any]]) -> str:
    head = "| engine | proposals | page | median ms | 95 % ms | requests/s | queries | KB | CPU ms | MB | x hello |\n|---|---|---|---|---|---|---|---|---|---|---|"
    lines = [
        f"| {r['engine']} | {r['proposals']} | {r['name']} | {r['median_ms']:.2f} | {r['p95_ms']:.2f} | "
        f"{r['per_second']:.0f} | {r['queries']} | {r['bytes'] / 1024:.1f} | {r['cpu_ms']:.2f} | "
        f"{r['megabytes']:.0f} | {r['times_hello']:.1f} |"
        for r in rows
    ]
    return "\n".join([head, *lines, "", *_growth(rows), *_limits(rows)])


def _growth(rows: list[dict[str, Any]]) -> Iterator[str]:
    """What the largest size costs against the smallest, per page."""
    for engine in dict.fromkeys(r["engine"] for r in rows):
        for name in dict.fromkeys(r["name"] for r in rows):
            found = sorted(
                (r for r in rows if (r["engine"], r["name"]) == (engine, name)), key=lambda r: r["proposals"]
            )
            if len(found) > 1:
                ratio = found[-1]["times_hello"] / found[0]["times_hello"]
                yield f"{engine}, {name}: {found[-1]['proposals']} against {found[0]['proposals']} proposals: {ratio:.2f}"


def _limits(rows: list[dict[str, Any]]) -> Iterator[str]:
    for r in rows:
        limit = LIMITS.get(r["name"])
        if limit and r["engine"] == "sqlite":
            word = "within" if r["times_hello"] <= limit else "OVER"
            yield f"{r['name']} at {r['proposals']}: {r['times_hello']:.1f} x hello, {word} {limit:.0f}"


def _keep(rows: list[dict[str, Any]], said: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    about = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}
    (RESULTS / "bench.json").write_text(json.dumps({"about": about, "rows": rows}, indent=1))
    (RESULTS / "bench.md").write_text(said + "\n")


if __name__ == "__main__":
    sys.exit(main())

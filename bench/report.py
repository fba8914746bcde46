"""Results as files of the repository: figures for programs, a table for people."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.limits import Verdict
from bench.servers import ROOT

RESULTS = ROOT / "bench" / "results"
_COLUMNS = (
    ("engine", "engine", "{}"),
    ("proposals", "proposals", "{}"),
    ("page", "name", "{}"),
    ("median ms", "median_ms", "{:.2f}"),
    ("95 % ms", "p95_ms", "{:.2f}"),
    ("requests/s", "per_second", "{:.0f}"),
    ("queries", "queries", "{}"),
    ("most", "most_queries", "{}"),
    ("bytes", "bytes", "{}"),
    ("CPU ms", "cpu_ms", "{:.2f}"),
    ("MB", "megabytes", "{:.0f}"),
    ("x hello", "times_hello", "{:.1f}"),
)


def machine() -> Mapping[str, Any]:
    """As much as figures need to be read: nothing that says whose machine it was."""
    return {"python": platform.python_version(), "cores": len(os.sched_getaffinity(0))}


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    head = ["| " + " | ".join(title for title, _key, _how in _COLUMNS) + " |", "|---" * len(_COLUMNS) + "|"]
    lines = ["| " + " | ".join(how.format(row[key]) for _title, key, how in _COLUMNS) + " |" for row in rows]
    return "\n".join([*head, *lines])


def said(title: str, body: str, verdicts: Sequence[Verdict]) -> str:
    about = "Python {python}, {cores} cores. Ratios are what to trust.".format(**machine())
    return "\n".join([f"# {title}", about, "", body, "", *(f"- {verdict}" for verdict in verdicts)])


def keep(name: str, figures: Mapping[str, Any], text: str, folder: Path = RESULTS) -> None:
    """Write `name`.json and `name`.md, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = json.dumps({"about": machine(), **figures}, indent=1, ensure_ascii=False)
    for suffix, content in ((".json", whole), (".md", text)):
        draft = folder / f"{name}{suffix}.tmp"
        draft.write_text(content.rstrip() + "\n", "utf-8")
        draft.replace(folder / f"{name}{suffix}")

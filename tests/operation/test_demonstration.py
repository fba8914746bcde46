"""The demonstration as a visitor starts it: as a program, with its server and job runner."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grants.operation import demonstration
from grants.operation.places import BESIDE
from grants.operation.preparation import LOADED, LOADING
from grants.operation.processes import CannotRun

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(folder: Path, port: int, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "grants", "demo", "--folder", str(folder), "--port", str(port), *options]
    environment = {
        **os.environ,
        "PYTHONPATH": str(BESIDE),
        "GRANTS_DATABASE_URL": "sqlite:////nowhere/else.db",
    }
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=folder.parent, env=environment, **output) as demo:
        try:
            yield demo
        finally:
            if demo.poll() is None:
                demo.send_signal(signal.SIGTERM)
                demo.wait(30)


def wait_for_welcome(demo: subprocess.Popen[str]) -> str:
    """All that is printed up to the last line of the welcome."""
    assert demo.stdout is not None
    lines = []
    for line in demo.stdout:
        lines.append(line)
        if "stop with Ctrl-C" in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def test_it_starts_answers_keeps_what_was_done_and_is_quick_the_second_time(tmp_path: Path) -> None:
    folder, port = tmp_path / "demo", free_port()
    with started(folder, port) as demo:
        assert f"http://127.0.0.1:{port}" in wait_for_welcome(demo)
        it_answers_and_is_alone(folder, port)
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(30) == 0
    nobody_answers(port)
    (folder / "mine.txt").touch()
    begun = time.monotonic()
    with started(folder, port) as demo:
        wait_for_welcome(demo)
        assert time.monotonic() - begun < 15
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 0
    nobody_answers(port)
    assert (folder / "mine.txt").exists()


def test_reset_empties_the_folder_loads_anew_and_can_be_left_meanwhile(
    loaded_year: Path, tmp_path: Path
) -> None:
    folder, port = tmp_path / "demo", free_port()
    shutil.copytree(loaded_year, folder)
    (folder / "mine.txt").touch()
    with started(folder, port, "--reset") as demo:
        end = time.monotonic() + 60
        while not (folder / LOADING).exists():
            assert time.monotonic() < end
            time.sleep(0.1)
        assert not (folder / "mine.txt").exists()
        demo.send_signal(signal.SIGINT)
        assert demo.wait(30) == 0
    nobody_answers(port)
    assert (folder / LOADING).exists()  # so the next start begins again
    assert not (folder / LOADED).exists()


def it_answers_and_is_alone(folder: Path, port: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
        assert json.load(answer)["ready"] is True
    with pytest.raises(CannotRun, match="is running from"), demonstration.alone_in(folder):
        pass


def nobody_answers(port: int) -> None:
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)


def test_a_taken_port_is_one_sentence_and_touches_nothing(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with started(tmp_path / "demo", taken.getsockname()[1], "--reset") as demo:
            assert demo.wait(30) == 1
            assert demo.stdout is not None
            assert demo.stdout.read().startswith("grants: Port ")
    assert not (tmp_path / "demo").exists()


def test_a_load_that_never_ended_is_begun_again(tmp_path: Path) -> None:
    demonstration.empty(tmp_path)
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "row").touch()
    (tmp_path / ".lock").touch()
    demonstration.empty(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_it_never_uses_a_database_named_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRANTS_DATABASE_URL", "postgresql://the.real/one")
    given = {
        name: value for name, value in demonstration.settings(tmp_path, 8000).items() if "GRANTS" in name
    }
    assert given == {
        "GRANTS_DEMO": "1",
        "GRANTS_INSTANCE": str(tmp_path),
        "GRANTS_BASE_URL": "http://127.0.0.1:8000",
    }

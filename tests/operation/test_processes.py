"""Programs that live and die together."""

import gc
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from grants.operation.processes import (
    CannotRun,
    Household,
    Program,
    port_must_be_free,
    put_off_looking_for_waste,
    signals_ask_to_leave,
    wait_until_ready,
)

POLITE = """
import signal, sys, time
def leave(number, frame):
    print("bye", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("hello", flush=True)
time.sleep(60)
"""
STUBBORN = POLITE.replace("sys.exit(0)", "pass").replace(
    "time.sleep(60)", "[time.sleep(1) for _ in range(60)]"
)
SERVER = """
import http.server, sys, threading
class Answer(http.server.BaseHTTPRequestHandler):
    asked = 0
    def do_GET(self):
        Answer.asked += 1
        self.send_response(200 if Answer.asked > 2 else 503)
        self.end_headers()
    def log_message(self, *words): ...
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


def program(tmp_path: Path, source: str, *arguments: str, name: str = "dummy") -> Program:
    return Program(name, [sys.executable, "-c", source, *arguments], os.environ, tmp_path / f"{name}.log")


def wait_for(text: str, log: Path) -> None:
    until = time.monotonic() + 10
    while text not in (log.read_text() if log.exists() else ""):
        assert time.monotonic() < until, f"{text!r} never came"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_program_is_asked_to_end_and_ends_in_its_own_words(tmp_path: Path) -> None:
    household = Household()
    household.start(program(tmp_path, POLITE))
    wait_for("hello", tmp_path / "dummy.log")
    child = household.running["dummy"]
    household.stop()
    assert child.returncode == 0
    assert (tmp_path / "dummy.log").read_text() == "hello\nbye\n"


def test_one_that_does_not_listen_is_ended_after_its_grace(tmp_path: Path) -> None:
    household = Household(grace=0.3)
    household.start(program(tmp_path, STUBBORN))
    wait_for("hello", tmp_path / "dummy.log")
    child = household.running["dummy"]
    household.stop()
    assert child.returncode == -signal.SIGKILL


def test_the_death_of_one_is_noticed_and_named(tmp_path: Path) -> None:
    household = Household()
    household.start(program(tmp_path, POLITE, name="server"))
    household.start(program(tmp_path, "raise SystemExit(3)", name="job runner"))
    with pytest.raises(CannotRun, match=r"The job runner has stopped by itself; see .*job runner\.log"):
        household.watch(threading.Event())
    household.stop()


def test_a_termination_signal_asks_to_leave_and_the_old_handler_comes_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with signals_ask_to_leave() as leaving:
        os.kill(os.getpid(), signal.SIGTERM)
        assert leaving.wait(2)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_taken_port_is_one_clear_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotRun, match=f"^Port {port} is taken by another program; .*--port.$"):
            port_must_be_free("127.0.0.1", port)
    port_must_be_free("127.0.0.1", port)


def test_ready_means_an_answer_of_200_not_just_an_open_port(tmp_path: Path) -> None:
    household, port = Household(), free_port()
    household.start(program(tmp_path, SERVER, str(port)))
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/", household, threading.Event(), patience=15)
    finally:
        household.stop()


def test_a_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    household = Household()
    household.start(program(tmp_path, POLITE))
    with pytest.raises(CannotRun, match="did not become ready"):
        wait_until_ready(f"http://127.0.0.1:{free_port()}/", household, threading.Event(), patience=0.3)
    household.stop()


def test_waste_is_looked_for_again_once_the_house_stands() -> None:
    from grants.operation.serving import server_options

    options = server_options(host="127.0.0.1", port=8000, workers=1, access_log=False)
    try:
        put_off_looking_for_waste()
        assert not gc.isenabled()
        options["when_ready"](None)
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.enable()

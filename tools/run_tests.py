"""`python3 -m grants test`: set up what the tests need, then run pytest.

What could not be had is handed on in GRANTS_TEST_WITHOUT; tests/provision.py leaves out the tests
that need it, says so in one line, and fails under CI.
"""

import os
import signal
import subprocess
import sys

from tools.postgres import postgres
from tools.provisions import ROOT, provide_chromium, provide_npm_tools


def main(arguments: list[str]) -> int:
    missing = list(filter(None, [provide_chromium(), provide_npm_tools()]))
    if missing:
        os.environ["GRANTS_TEST_WITHOUT"] = "; ".join(missing)
    # The tests start many programs of the house: each would compile all of it again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    parallel = (
        [] if chosen(arguments, "-n", "--numprocesses", "--pdb") else ["-n", "2", "--dist", "worksteal"]
    )
    command = [sys.executable, "-m", "pytest", "-q", *parallel, *arguments]
    with postgres():
        return run_to_its_end(command)


def run_to_its_end(command: list[str]) -> int:
    """A Ctrl-C reaches pytest by itself; we wait for its last words and clear up."""
    pytest = subprocess.Popen(command, cwd=ROOT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda _number, _frame: pytest.terminate())
    return pytest.wait()


def chosen(arguments: list[str], *options: str) -> bool:
    return any(argument.startswith(options) for argument in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

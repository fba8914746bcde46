"""`python3 -m grants test`: set up what the tests need, then become pytest.

What could not be had is handed on in GRANTS_TEST_WITHOUT; tests/provision.py leaves out the tests
that need it, says so in one line, and fails under CI.
"""

import os
import sys

from tools.provisions import ROOT, provide_chromium, provide_npm_tools


def main(arguments: list[str]) -> None:
    missing = list(filter(None, [provide_chromium(), provide_npm_tools()]))
    if missing:
        os.environ["GRANTS_TEST_WITHOUT"] = "; ".join(missing)
    parallel = [] if chosen(arguments, "-n", "--numprocesses", "-p", "--pdb") else ["-n", "2"]
    os.chdir(ROOT)
    command = [sys.executable, "-m", "pytest", "-q", *parallel, *arguments]
    os.execv(command[0], command)  # noqa: S606 - pytest's last line and exit code are ours


def chosen(arguments: list[str], *options: str) -> bool:
    return any(argument.startswith(options) for argument in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])

"""The command line as a whole: quick help, exit codes, one sentence for a refusal."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from grants import commandline
from grants.operation.places import BESIDE


def grants(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grants", *arguments],
        env={**os.environ, "PYTHONPATH": str(BESIDE), **environment},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command_from_any_folder() -> None:
    done = grants("--help")
    assert done.returncode == 0
    for word in ("demo", "serve", "jobs", "db", "test", "check-tree", "translations"):
        assert f"\n  {word} " in done.stdout


def test_help_loads_no_large_library() -> None:
    code = "import sys; from grants.commandline import tree; tree(['--help'], standalone_mode=False);"
    code += "print(sorted({'flask', 'sqlalchemy', 'gunicorn', 'alembic'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("entry", list(commandline.entries()), ids=lambda entry: entry.name)
def test_every_command_has_help_and_a_summary(entry: commandline.Entry) -> None:
    done = CliRunner().invoke(commandline.tree, [entry.name] if entry.name in {"jobs", "db"} else ["--help"])
    assert entry.summary()
    assert isinstance(entry.load(), click.Command)
    assert entry.name in done.output


def test_an_unknown_command_is_refused_with_a_code() -> None:
    done = grants("fly")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "grants: No such command 'fly'; see `grants --help`\n"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("user", "create"), "grants: Missing argument 'EMAIL'; see `grants user create --help`\n"),
        (("serve", "--port", "x"), "grants: Invalid value for '--port': 'x' is not a valid integer"),
        (("demo", "clock", "soon"), "grants: "),
        (("jobs", "run", "--twice"), "grants: No such option"),
    ],
)
def test_what_is_typed_wrongly_is_told_in_one_sentence(
    typed: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    done = grants(*typed, GRANTS_INSTANCE=str(tmp_path), GRANTS_DEMO="1")
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1, done.stderr


@pytest.mark.parametrize("later", ["import", "export", "backup", "restore", "review", "check-file"])
def test_what_is_not_built_yet_is_absent(later: str) -> None:
    assert later not in {entry.name for entry in commandline.entries()}


def test_faulty_settings_are_one_sentence(tmp_path: Path) -> None:
    faulty = {"GRANTS_TIMEZONE": "Mars/Base", "GRANTS_INSTANCE": str(tmp_path)}
    done = grants("serve", "--port", "18999", **faulty)
    assert done.returncode == 1
    assert done.stderr == "grants: GRANTS_TIMEZONE: there is no zone named Mars/Base\n"


@pytest.mark.parametrize(
    "typed",
    [
        ("check", "--data"),
        ("audit", "verify"),
        ("jobs", "run", "--once"),
        ("user", "create", "x@example.org", "--name", "X"),
    ],
)
def test_a_database_that_was_never_made_is_one_sentence(typed: tuple[str, ...], tmp_path: Path) -> None:
    done = grants(*typed, GRANTS_INSTANCE=str(tmp_path), GRANTS_NEW_PASSWORD="three green sprouts")
    assert done.returncode == 1
    assert done.stderr.startswith("grants: the database refused: no such table")
    assert done.stderr.count("\n") == 1


def test_groups_of_one_name_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    first, other = click.Group("demo"), click.Group("demo", commands=[click.Command("clock")])
    commandline.join(first, other)
    assert list(first.commands) == ["clock"]


def test_addresses_in_the_wiring_are_read_without_importing_it() -> None:
    from grants import wiring

    assert commandline.wired() == tuple(wiring.COMMANDS)

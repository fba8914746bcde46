"""The bootstrap decides, from locks and stamps alone, whether the environment is the right one."""

from pathlib import Path

import pytest

from grants import __main__ as bootstrap


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, path in {"ROOT": "", "LOCKS": "requirements", "VENV": ".venv", "TOOLS": ".venv-tools"}.items():
        monkeypatch.setattr(bootstrap, name, tmp_path / path)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / ".venv" / ".greenshoots")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    (tmp_path / "requirements").mkdir()
    for lock in ("run", "dev"):
        (tmp_path / "requirements" / f"{lock}.txt").write_text(f"{lock}==1")
    return tmp_path


def fill(checkout: Path, stamp: str) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").touch()
    bootstrap.STAMP.write_text(stamp)


def test_nothing_there_is_not_up_to_date(checkout: Path) -> None:
    assert not bootstrap.up_to_date("run")


def test_the_larger_environment_serves_the_smaller_need_but_not_the_other_way(checkout: Path) -> None:
    fill(checkout, bootstrap.digest("dev"))
    assert bootstrap.up_to_date("run")
    bootstrap.STAMP.write_text(bootstrap.digest("run"))
    assert bootstrap.up_to_date("run")
    assert not bootstrap.up_to_date("dev")


def test_a_changed_lock_asks_for_renewal(checkout: Path) -> None:
    fill(checkout, bootstrap.digest("run"))
    (checkout / "requirements" / "run.txt").write_text("run==2")
    assert not bootstrap.up_to_date("run")


def test_a_developers_environment_stays_one_when_the_lock_changes(checkout: Path) -> None:
    fill(checkout, bootstrap.digest("run"))
    assert not bootstrap.was_dev()
    bootstrap.STAMP.write_text(bootstrap.digest("dev"))
    (checkout / "requirements" / "dev.txt").write_text("dev==2")
    assert bootstrap.was_dev()


def test_an_interpreter_that_went_away_asks_for_renewal(checkout: Path) -> None:
    fill(checkout, bootstrap.digest("run"))
    (checkout / ".venv" / "bin" / "python").unlink()
    assert not bootstrap.up_to_date("run")


def test_compiled_files_are_kept_and_the_checkout_comes_first(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", f"/elsewhere:{checkout}")
    environment = bootstrap.environment()
    assert "PYTHONDONTWRITEBYTECODE" not in environment
    assert environment["PYTHONPATH"] == f"{checkout}:/elsewhere"


def test_the_tools_last_words_are_the_reason() -> None:
    import subprocess

    error = subprocess.CalledProcessError(1, ["uv"], stderr="warning: x\nerror: no such package\n")
    assert bootstrap.reason(error) == "error: no such package"

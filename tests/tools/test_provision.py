"""The test run's own provisions: a real database, a real browser, and honesty about what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import create_engine, inspect

from tests.provision import AXE, ROOT
from tools.postgres import with_driver

SAMPLE = """
import pytest

@pytest.mark.browser
@pytest.mark.parametrize("number", range(3))
def test_looks_at_a_page(number):
    raise AssertionError("there is no browser to look with")

def test_counts():
    assert 1 + 1 == 2
"""


def run_sample(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_sample.py").write_text(SAMPLE)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    browser: needs a browser\n")
    env = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST_") and name != "CI"
    }
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.provision", *arguments],
        cwd=folder,
        env={**env, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("parallel", [(), ("-n", "1")])
def test_what_could_not_run_is_one_line_and_pytests_line_is_last(
    tmp_path: Path, parallel: tuple[str, ...]
) -> None:
    done = run_sample(
        tmp_path, *parallel, GRANTS_TEST_WITHOUT="there is no Chromium: only root may install it"
    )
    lines = done.stdout.strip().splitlines()
    line = "not run: 3 browser tests because there is no Chromium: only root may install it"
    assert [text for text in lines if text.startswith("not run")] == [line]
    assert lines[-1].startswith("1 passed, 3 skipped")
    assert done.returncode == 0


def test_under_ci_what_could_not_run_is_a_failure(tmp_path: Path) -> None:
    done = run_sample(tmp_path, GRANTS_TEST_WITHOUT="there is no Chromium", CI="true")
    assert done.returncode == 1


def test_under_ci_a_whole_run_passes(tmp_path: Path) -> None:
    done = run_sample(tmp_path, "-k", "counts", GRANTS_TEST_WITHOUT="there is no Chromium", CI="true")
    assert done.returncode == 0


def test_an_address_of_any_kind_gets_our_driver() -> None:
    wanted = "postgresql+psycopg://me:pw@127.0.0.1/mine"
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert with_driver(f"{scheme}://me:pw@127.0.0.1/mine") == wanted


@pytest.mark.postgres
def test_a_real_postgresql_is_there_with_an_empty_database(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.browser
def test_a_real_browser_draws_chinese_and_loads_axe(browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    page.set_content("<!doctype html><html lang=zh-Hans><title>青</title><main><h1>青苗</h1></main>")
    page.add_script_tag(path=AXE)
    answer = page.evaluate("axe.run()")
    page.context.close()
    assert [violation["id"] for violation in answer["violations"]] == []

"""The demo year, served for real, and people who walk through it in a real browser."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.house import House, application, do_what_waits, house_of, invalid
from tests.journeys.person import Person
from tests.journeys.walk import Walk

PHONE, DESK = (360, 740), (1280, 800)


@pytest.fixture(scope="session")
def settled_year(loaded_year: Path) -> Path:
    """The loaded year with its mails sent and its papers printed, done once per run whatever the number of workers."""
    folder, mark = loaded_year.with_name("settled-year"), loaded_year.with_name("settled-year.ready")
    with loaded_year.with_name("settled-year.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.exists():
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(loaded_year, folder)
            do_what_waits(application(folder))
            mark.touch()
    return folder


@pytest.fixture
def house(settled_year: Path, tmp_path: Path) -> Iterator[House]:
    """The year as it was loaded, for one test alone."""
    with house_of(settled_year, tmp_path / "demo") as running:
        yield running


@pytest.fixture
def people(browser: Browser, house: House, tmp_path: Path) -> Iterator[Callable[..., Person]]:
    """Seat somebody: `people("officer", size=DESK, language="en")`. At the end nothing may have been wrong."""
    seated: list[Person] = []

    def seat(
        name: str = "",
        *,
        size: tuple[int, int] = PHONE,
        language: str = "zh-Hans",
        walk: Walk | None = None,
    ) -> Person:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "language", "value": language, "url": house.base}])
        person = Person(context, context.new_page(), house.base, size[0], walk)
        seated.append(person)
        if name:
            person.sign_in(name)
        return person

    yield seat
    complaints = [each for person in seated for each in person.complaints]
    complaints += invalid({at: html for person in seated for at, html in person.pages.items()}, tmp_path)
    for person in seated:
        person.context.close()
    assert complaints == [], "\n".join(complaints)

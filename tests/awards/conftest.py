"""A year of recognition, open for nominations."""

from __future__ import annotations

import pytest
from flask import Flask

from grants.awards.fields import Publicity
from tests.album import Photographed
from tests.awards.scene import Year, a_year
from tests.cast import Cast


@pytest.fixture
def year(app: Flask, cast: Cast, photographed: Photographed) -> Year:
    made: Year = photographed(lambda: a_year(app, cast))
    return made


@pytest.fixture
def marked(year: Year, photographed: Photographed) -> tuple[str, str]:
    """A volunteer with 30 hours marked 80, and a group marked 90 and 70."""
    made: tuple[str, str] = photographed(lambda: _marked(year), year)
    return made


def _marked(year: Year) -> tuple[str, str]:
    with year.inside():
        first = year.nominate("volunteer", year.volunteers["陈慕兰"])
        second = year.nominate("team", year.groups[0], publicity=Publicity.FULL)
    with year.inside():
        year.to_jury()
    year.mark(first, 80)
    year.mark(second, 90, 70)
    return first, second


@pytest.fixture
def in_notice(year: Year, marked: tuple[str, str], photographed: Photographed) -> tuple[str, str]:
    def publish() -> None:
        with year.inside():
            year.choose(*marked)
        with year.inside():
            year.publish()

    photographed(publish, year)
    return marked

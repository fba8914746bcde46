"""The public figures are those of the house: hours are counted in one place."""

from __future__ import annotations

from sqlalchemy import select

from grants.core.db import db
from grants.projects.models import Project
from grants.projects.queries import hours
from grants.projects.rules import hours_text
from grants.publishing import queries
from tests.demo_year import Year


def test_a_project_shows_everybody_the_hours_of_its_own_page(year: Year) -> None:
    """Whoever is on the sign-in sheet without a name counts, too."""
    with year.reading():
        rows = db.session.execute(select(Project.id, Project.public_id)).all()
        served = {public_id: hours.of_project(number).minutes for number, public_id in rows}
    assert any(served.values())
    for public_id, minutes in served.items():
        assert f"<dd>{hours_text(minutes)}</dd>" in year.browser("").page(f"/funded/{public_id}")


def test_the_front_page_sums_them(year: Year) -> None:
    with year.reading():
        assert queries.totals()["hours"] == hours.verified_minutes() // 60

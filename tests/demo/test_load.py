"""The loaded year stands where its clock says."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from grants.calls.models import Call
from grants.core.db import db
from grants.proposals.models import Proposal
from tests.demo_year import Year

pytestmark = pytest.mark.slow


def test_the_calls_stand_where_the_clock_says(year: Year) -> None:
    with year.app.app_context():
        states = list(db.session.scalars(select(Call.state).order_by(Call.id)))
    assert states == ["in_implementation", "open"]


def test_what_was_looked_at_has_its_officer(year: Year) -> None:
    with year.app.app_context():
        nobody = set(db.session.scalars(select(Proposal.state).where(Proposal.officer_id.is_(None))))
    assert nobody == {"draft", "submitted"}

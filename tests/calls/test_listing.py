"""The officers' list of calls says the same as each call's own page, whatever the clock says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from grants.calls.actions import publishing
from grants.calls.fields import CallState
from grants.calls.listing import CALLS
from grants.calls.models import Call
from grants.calls.queries import desk, loading
from grants.calls.rules.timetable import derived_state
from grants.core import clock, lists
from grants.core.db import db
from tests.calls.conftest import AT, OFFICER, Inside


@pytest.fixture
def published(inside: Inside, draft: str) -> str:
    with inside():
        publishing.publish_call(loading.by_public_id(draft), by=OFFICER, at=AT, lead_is_confirmed=True)
    return draft


@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.DRAFT])
@pytest.mark.parametrize(("opens", "closes"), [(1, 2), (-1, 1), (-2, -1)])
def test_the_state_by_the_clock_is_that_of_the_rule(
    inside: Inside, published: str, state: CallState, opens: int, closes: int
) -> None:
    now = clock.now()
    opens_at, closes_at = (
        None if hours is None else now + timedelta(hours=hours) for hours in (opens, closes)
    )
    with inside():
        db.session.execute(update(Call).values(state=state, opens_at=opens_at, closes_at=closes_at))
    with inside(read_only=True):
        page = lists.page(CALLS, {}, by=OFFICER, path="/calls")
        (row,) = page.rows
        wanted = derived_state(state, opens_at, closes_at, now)
        assert CallState(row.state) is wanted
        assert lists.page(CALLS, {"state": wanted.value}, by=OFFICER, path="/calls").total == 1


def test_each_row_says_what_is_next_and_whose_turn_it_is(inside: Inside, draft: str) -> None:
    with inside(read_only=True):
        page = lists.page(CALLS, {}, by=OFFICER, path="/calls")
        said = {head.column.text(getattr(page.rows[0], head.column.key)) for head in page.heads}
        turn = desk.turn(loading.by_public_id(draft), CallState.DRAFT, clock.now())
        assert {turn.what, turn.said} <= said

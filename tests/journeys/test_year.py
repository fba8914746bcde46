"""One call from its template to the award: every step by its own person, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.journeys import steps_calls as calls
from tests.journeys import steps_groups as groups
from tests.journeys import steps_proposals as proposals
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.house import House
from tests.journeys.person import Person
from tests.journeys.story import Story
from tests.journeys.walk import Walk

pytestmark = pytest.mark.browser

# On a phone in Chinese, at a desk in English; the proof (`GRANTS_PROVE=1`) tries the other two as well.
READERS = [(PHONE, "zh-Hans"), (DESK, "en")]
CROSSED = [(PHONE, "en"), (DESK, "zh-Hans")]
ALL = READERS + (CROSSED if os.environ.get("GRANTS_PROVE") else [])

STEPS = [
    calls.finance_sets_next_years_budget,
    calls.officer_makes_a_call,
    calls.weights_must_sum_to_a_hundred,
    calls.officer_previews_and_publishes,
    calls.everybody_reads_exactly_these_standards,
    calls.call_opens,
    groups.leader_opens_an_account,
    groups.leader_makes_the_group_known,
    groups.member_joins,
    proposals.may_we_apply,
    proposals.leader_writes,
    proposals.words_are_saved_as_they_are_written,
    proposals.leader_hands_in,
]


@pytest.mark.parametrize(("size", "language"), ALL, ids=str)
def test_the_year_of_a_call(
    people: Callable[..., Person], house: House, size: tuple[int, int], language: str
) -> None:
    story = Story(house, people, size, language, Walk(house.app.url_map.bind("localhost")))
    for step in STEPS:
        step(story)

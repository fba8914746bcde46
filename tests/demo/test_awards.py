"""The demo's awards come in through the doors people use, at their own times. Projects are loaded elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

from grants.awards.fields import CycleState, NominationState
from grants.awards.queries import cycles, honours, nominations
from grants.core import clock
from grants.core.policy import SYSTEM
from grants.demo.awards import Places, load_awards, load_honours
from grants.demo.calls import load_funds
from grants.demo.city import load_reference
from grants.demo.load import read_data
from grants.demo.organisations import (
    People,
    load_conflicts,
    load_groups,
    load_partners,
    load_people,
    load_volunteers,
)
from grants.reviews.actions import assigning

Inside = Callable[..., AbstractContextManager[None]]


def fill_the_pool(data: dict[str, Any], people: People) -> None:
    for row in data["reviewers"]:
        assigning.join_pool(
            people.user(row["id"]),
            expertise=row["expertise"],
            affiliation={"zh-Hans": row["affiliation_zh"]},
            is_external=row["external"],
            term_until=date.fromisoformat(row["term_to"]),
            by=people.actor("director"),
            at=clock.at_local(date(2026, 1, 5)),
        )


def test_the_year_stands_before_the_jury_with_the_scores_of_the_data(inside: Inside) -> None:
    data: dict[str, Any] = read_data()
    data["awards"]["nominations"] = [
        row for row in data["awards"]["nominations"] if row["nominee_type"] != "project"
    ]
    with inside():
        load_reference(data)
        people = load_people(data)
        groups = load_groups(data, people)
        partners = load_partners(data, people)
        volunteers = load_volunteers(data, people, groups)
        load_conflicts(data, people, groups)
        funds = load_funds(data, finance=people.actor("finance"))
        places = Places(
            {key: row.id for key, row in funds.items()},
            {key: row.id for key, row in groups.items()},
            {key: row.id for key, row in partners.items()},
            volunteers,
            {},
        )
        fill_the_pool(data, people)
    with inside():
        load_honours(data, people)
    with inside():
        public_id = load_awards(data, places, people)
    with inside(read_only=True):
        cycle = cycles.by_public_id(public_id)
        assert (cycle.number, cycle.state, len(cycle.categories)) == ("AW2026", CycleState.SCORING, 5)
        found = nominations.of_cycle(cycle.id, *NominationState)
        assert len(found) == 16
        assert {row.state for row in found} == {NominationState.SUBMITTED}
        team = next(row for row in cycle.categories if row.key == "team")
        ranked = nominations.standings(cycles.category_by_public_id(team.public_id), seen_by=SYSTEM)
        assert [row.parts.kept for row in ranked if row.parts] == [
            Decimal(number) for number in (93, "91.5", 90, 88, 86, 79)
        ]
        assert [row.number for row in honours.hall(honours.Asked(year=2025), page="").rows] == [
            "ZS2025-0004", "ZS2025-0001", "ZS2025-0002", "ZS2025-0003"
        ]  # fmt: skip

"""Plays the demo year through the doors people use, then says what is left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from flask import Flask

from grants.agreements import queries as agreements
from grants.calls.actions.publishing import keep_time
from grants.calls.models import Call
from grants.core import clock
from grants.core.unit_of_work import unit_of_work
from grants.demo.agreements import load_agreements
from grants.demo.awards import Places, load_awards, load_honours
from grants.demo.calls import load_calls, load_funds
from grants.demo.city import SETTLED, load_reference
from grants.demo.clock import move_to
from grants.demo.closeouts import closeout_steps
from grants.demo.decisions import load_board, load_decisions, load_notice
from grants.demo.organisations import (
    People,
    load_conflicts,
    load_groups,
    load_partners,
    load_people,
    load_volunteers,
)
from grants.demo.payments import load_accounts, payment_steps
from grants.demo.projects import project_steps
from grants.demo.proposals import admit_proposals, load_proposals, publish_forms
from grants.demo.reviews import load_reviewers, load_reviews
from grants.demo.timeline import play
from grants.projects.queries.projects import project_of_grant
from grants.reviews.models import ReviewStage
from grants.reviews.queries import loading as reviews

_DATA = Path(__file__).with_name("demo-data.json")
# Parts of the data whose rooms are built later.
LEFT_OUT = (
    "expenses",
    "site_visits",
    "change_requests",
    "sampling_checks",
    "contacts",
    "assets",
    "needs",
    "complaints",
)


def run(app: Flask) -> None:
    """Load the year into an empty database, part by part."""
    data = read_data()
    with app.app_context():
        with unit_of_work():
            move_to(clock.at_local(SETTLED))
            load_reference(data)
        with unit_of_work():
            people = load_people(data)
        with unit_of_work():
            groups = load_groups(data, people)
            partners = load_partners(data, people)
            volunteers = load_volunteers(data, people, groups)
            load_conflicts(data, people, groups)
        with unit_of_work():
            publish_forms(at=clock.at_local(SETTLED))
            funds = load_funds(data, finance=people.actor("finance"))
            calls = load_calls(data, found=funds, officer=people.actor("officer"))
        with unit_of_work():
            first = load_proposals(data, "C1", calls["C1"].id, people=people, groups=groups)
        with unit_of_work():
            keep_time(_review_begins(data, "C1"))
            admit_proposals(data, "C1", first, _stage("C1", calls), people=people)
        with unit_of_work():
            reviewers = load_reviewers(data, people=people, at=clock.at_local(SETTLED))
            load_reviews(data, first, reviewers, _stage("C1", calls), people=people)
        with unit_of_work():
            load_decisions(data, "C1", calls["C1"].id, first, people=people)
        load_board(data, "C1", calls["C1"].id, people=people)
        with unit_of_work():
            load_notice(data, "C1", calls["C1"].id, first, people=people)
        projects = _play_the_projects(data, first, volunteers, people=people)
        with unit_of_work():
            load_proposals(data, "C2", calls["C2"].id, people=people, groups=groups)
            load_honours(data, people)
            places = Places(_ids(funds), _ids(groups), _ids(partners), volunteers, projects)
            load_awards(data, places, people)
        with unit_of_work():
            _arrive_at(clock.at_local(date.fromisoformat(data["meta"]["as_of"]), time(9)))
    _say_what_is_left_out(data)


def _arrive_at(today: datetime) -> None:
    move_to(today)
    keep_time(today)


def _play_the_projects(
    data: Mapping[str, Any], proposals: Mapping[str, int], volunteers: Mapping[str, int], *, people: People
) -> dict[str, int]:
    """From the account and the signature to the last payment, in the order in which it happened.

    Answers the projects' rows by the data's ids.
    """
    load_accounts(data, people=people)
    made = load_agreements(data, proposals, people=people)
    work = project_steps(data, made, volunteers, people=people)
    money = payment_steps(data, made, people=people)
    play([*work, *money, *closeout_steps(data, made, people=people)])
    with unit_of_work(read_only=True):
        found = {
            key: project_of_grant(agreements.by_public_id(address).grant_id) for key, address in made.items()
        }
        return {key: project.id for key, project in found.items() if project is not None}


def _ids(made: Mapping[str, Any]) -> dict[str, int]:
    return {key: row.id for key, row in made.items()}


def _say_what_is_left_out(data: Mapping[str, Any]) -> None:
    said = ", ".join(f"{name} ({len(data[name])})" for name in LEFT_OUT)
    print(f"Not loaded yet: {said}.", flush=True)  # noqa: T201 - the loader speaks to whoever started it


def _review_begins(data: Mapping[str, Any], key: str) -> datetime:
    row = next(row for row in data["calls"] if row["id"] == key)
    return clock.at_local(date.fromisoformat(row["timetable"]["review_from"]))


def _stage(key: str, calls: Mapping[str, Call]) -> ReviewStage:
    """The review stage of a call, fresh in this unit of work."""
    stage = reviews.stage_of("call", calls[key].id)
    if stage is None:
        raise LookupError(f"the call {key} has no review stage")
    return stage


def read_data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(_DATA.read_text("utf-8"))
    return data

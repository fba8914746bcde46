"""Many hand in at the same moment: each proposal once, each number once."""

from __future__ import annotations

import threading
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core import clock
from grants.core.errors import IllegalTransition
from grants.core.events import TimelineEntry
from grants.proposals import queries
from grants.proposals.actions import handing_in, screening
from grants.proposals.fields import Outcome, ProposalState
from grants.proposals.models import Proposal, ProposalVersion
from tests.at_once import overlap
from tests.proposals.conftest import NOW, Room, make_group


def at_once(room: Room, jobs: list[tuple[str, str]]) -> list[str]:
    """Everybody presses the button at the same moment, each in a thread and a transaction of its own."""
    barrier, outcomes = threading.Barrier(len(jobs)), []
    actors = {by: room.cast.actor(by) for _, by in jobs}

    def press(public_id: str, by: str) -> None:
        barrier.wait()
        try:
            with room.inside():
                handing_in.submit(queries.by_public_id(public_id), by=actors[by], at=NOW)
            outcomes.append("in")
        except IllegalTransition:
            outcomes.append("already")

    threads = [threading.Thread(target=press, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_a_proposal_is_never_handed_in_twice(room: Room, rows: Session) -> None:
    draft = room.start()
    room.fill(draft)
    assert at_once(room, [(draft, "ada")] * 6) == ["already"] * 5 + ["in"]
    assert rows.scalar(select(func.count(ProposalVersion.id))) == 1
    assert (
        rows.scalar(select(func.count(TimelineEntry.id)).where(TimelineEntry.kind == "ProposalSubmitted"))
        == 1
    )


def test_numbers_never_clash_however_many_hand_in_at_once(room: Room, rows: Session) -> None:
    drafts = []
    for number in range(5):
        with room.inside():
            group_id = make_group(f"队{number}", {room.cast.id("ada"): "owner"})
        draft = room.start(group_id=group_id)
        room.fill(draft)
        drafts.append((draft, "ada"))
    assert at_once(room, drafts) == ["in"] * 5
    numbers = sorted(rows.scalars(select(Proposal.number)))
    assert numbers == [f"MM2026-00{place}" for place in range(1, 6)]


def test_what_was_taken_back_is_not_screened(app: Flask, room: Room, rows: Session) -> None:
    handed_in, ada, olu = room.handed_in(), room.cast.actor("ada"), room.cast.actor("olu")
    outcomes = overlap(
        app,
        lambda: handing_in.withdraw(queries.by_public_id(handed_in), "不做了", by=ada, at=NOW),
        lambda: screening.reject(
            queries.by_public_id(handed_in), "不符合", clock.day_of(NOW) + timedelta(days=9), by=olu, at=NOW
        ),
    )
    assert outcomes == ("done", "IllegalTransition")
    assert rows.scalars(select(Proposal.state)).one() is ProposalState.WITHDRAWN


def test_nobody_passes_with_a_condition_that_is_being_failed(app: Flask, room: Room, rows: Session) -> None:
    handed_in, olu, otis = room.handed_in(), room.cast.actor("olu"), room.cast.actor("otis")
    with room.proposal(handed_in, by="olu") as (proposal, by):
        found = [screening.Finding(rule.key, Outcome.PASS) for rule in proposal.call.rules]
        screening.record_screening(proposal, found, by=by, at=NOW)
        failed = screening.Finding(found[0].rule_key, Outcome.FAIL, "没有挂靠")
    outcomes = overlap(
        app,
        lambda: screening.record_screening(queries.by_public_id(handed_in), [failed], by=olu, at=NOW),
        lambda: screening.pass_screening(queries.by_public_id(handed_in), by=otis, at=NOW),
    )
    assert outcomes == ("done", "RulesBroken")
    assert rows.scalars(select(Proposal.state)).one() is ProposalState.SUBMITTED

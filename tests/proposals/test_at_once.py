"""Many hand in at the same moment: each proposal once, each number once."""

from __future__ import annotations

import threading

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.errors import IllegalTransition
from grants.core.events import TimelineEntry
from grants.proposals import queries
from grants.proposals.actions import handing_in
from grants.proposals.models import Proposal, ProposalVersion
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

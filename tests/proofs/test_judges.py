"""What judges after the faults is worth only what it can see; a proof that ended well is not run again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import delete

from bench import prove
from bench.faults import after
from bench.faults.household import Household
from bench.faults.people import Clerk, Crowd, Told, Writer
from bench.faults.post import PostOffice
from grants.core.db import db
from grants.messaging.models import SentMail
from grants.proposals.models import ProposalVersion
from tests.conftest import Stage
from tests.proposals.conftest import Room, room

__all__ = ["room"]
AT = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
Judged = tuple[Household, Crowd]


@pytest.fixture
def judged(room: Room, stage: Stage) -> Judged:
    """Saved three times, handed in once, one mail; exactly as everybody was told."""
    saved = room.start()
    room.fill(saved, basics={"title": "试一试 3"})
    handed_in = room.handed_in(by="cy", group_id=room.other_id)
    with room.inside():
        db.session.add(
            SentMail(key="1", to="a@example.org", kind="x", subject="x", message_id="<1@x>", at=AT)
        )
    with stage.app.app_context():
        engine = db.engine
    office = PostOffice()
    office.taken["<1@x>"] = 1
    house = Household(cast("Any", SimpleNamespace(port=1)), office, engine, {}, Path())
    person = cast("Any", None)
    writer, clerk = Writer(person, saved), Clerk(person, person, Told())
    writer.acknowledged, writer.sent, clerk.acknowledged = 3, 4, [handed_in]
    return house, Crowd([writer], [clerk], [], Told())


def wrong(judged: Judged) -> list[str]:
    house, crowd = judged
    found = [*after._of_writer(house, crowd.writers[0]), *after._of_clerks(house, crowd.clerks)]
    return [*found, *after._of_mails(house, 0)]


def test_nothing_is_said_where_all_is_well(judged: Judged) -> None:
    assert wrong(judged) == []


def test_a_save_that_was_acknowledged_and_is_gone_is_seen(judged: Judged) -> None:
    judged[1].writers[0].acknowledged = 4
    assert "acknowledged" in wrong(judged)[0]


def test_a_proposal_that_was_acknowledged_and_is_not_in_is_seen(judged: Judged, room: Room) -> None:
    with room.inside():
        db.session.execute(delete(ProposalVersion))
    assert "0 versions" in wrong(judged)[0]


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ({}, "never came"),
        ({"<1@x>": 2}, "came again"),
        ({"<1@x>": 1, "<2@x>": 1}, "not put down"),
    ],
)
def test_a_mail_that_is_missing_doubled_or_unknown_is_seen(
    judged: Judged, taken: dict[str, int], said: str
) -> None:
    judged[0].office.taken.clear()
    judged[0].office.taken.update(taken)
    assert said in " ".join(wrong(judged))


def test_a_mail_may_come_again_where_somebody_died(judged: Judged) -> None:
    judged[0].office.taken["<1@x>"] = 2
    judged[0].count("runners killed")
    assert wrong(judged) == []


def test_a_part_is_done_with_this_code_size_and_seed_and_without_faults() -> None:
    before = {"code": "a", "size": 1.0, "seed": None, "faults": []}
    assert prove.is_done(before, "a", 0.5, None)
    assert not prove.is_done(None, "a", 1.0, None)
    assert not prove.is_done(before, "b", 1.0, None)
    assert not prove.is_done(before, "a", 1.0, 7)
    assert not prove.is_done({**before, "size": 0.5}, "a", 1.0, None)
    assert not prove.is_done({**before, "faults": ["lost"]}, "a", 1.0, None)

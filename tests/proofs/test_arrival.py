"""Hard rule 2 on a real, busy server: what arrived by the closing is in however late it is kept, and nothing else."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from grants.accounts import queries as accounts
from grants.accounts.actions import sessions
from grants.calls.models import Call
from grants.core.audit import AuditEntry
from grants.core.db import db
from grants.proposals.models import Proposal, ProposalVersion
from tests.conftest import Stage
from tests.proposals.conftest import Room, make_group, room
from tests.scale import Note, note, scaled, seeds
from tests.served import Server

__all__ = ["note", "room", "seeds"]
EACH = scaled(5, 120)
LEAD, SPREAD = scaled(2, 8), scaled(1, 5)
FIELD = r'name="csrf_token"[^>]*value="([^"]+)"'
MILLISECOND = timedelta(milliseconds=1)
EDGES = (-1500, -30, -1, 0, 1, 2, 30, 1500)


@dataclass
class Press:
    """Somebody presses the button of one draft, perhaps twice; seconds are counted from the closing.

    `stamp` is what a trusted proxy says about the arrival, to the millisecond.
    """

    draft: str
    at: float
    times: int
    stamp: timedelta | None = None
    answers: list[tuple[datetime, datetime, int]] = field(default_factory=list)

    def arrivals(self, closes: datetime) -> list[tuple[datetime, datetime]]:
        """Between which instants each press reached us."""
        if self.stamp is not None:
            return [(closes + self.stamp,) * 2 for _ in self.answers]
        return [(sent, answered) for sent, answered, _status in self.answers]


def planned(drafts: list[str], seed: int) -> Iterator[Press]:
    """Half of them through the proxy, around the closing, told later; half directly."""
    chance = random.Random(seed)
    for draft in drafts:
        times = chance.choice([1, 1, 2])
        if chance.random() < 0.5:
            milliseconds = chance.choice([*EDGES, chance.randint(-1000 * SPREAD, 1000 * SPREAD)])
            late = milliseconds / 1000 + chance.uniform(0.1, SPREAD)
            yield Press(draft, max(late, 0.2 - SPREAD), times, timedelta(milliseconds=milliseconds))
        else:
            yield Press(draft, chance.uniform(-SPREAD, SPREAD), times)


@dataclass
class Desk:
    """Ada's browser: her cookies and the token of its forms."""

    server: Server
    cookies: str
    token: str

    def press(self, press: Press, closes: datetime) -> None:
        time.sleep(max(0.0, (closes - datetime.now(UTC)).total_seconds() + press.at))
        stamp = {} if press.stamp is None else {"X-Request-Start": stamped(closes + press.stamp)}
        sent = datetime.now(UTC)
        status, _text, _cookie = self.server.ask(
            "POST",
            f"/proposals/{press.draft}/submit",
            self.cookies,
            body=urlencode({"csrf_token": self.token, "signed": "y"}),
            **{"Content-Type": "application/x-www-form-urlencoded", **stamp},
        )
        press.answers.append((sent, datetime.now(UTC), status))

    def page(self, path: str) -> tuple[int, str]:
        return self.server.ask("GET", path, self.cookies)[:2]


def stamped(at: datetime) -> str:
    return f"t={round(at.timestamp() * 1000)}"


@pytest.fixture
def server(stage: Stage, room: Room) -> Iterator[Server]:
    server = Server(stage, workers=2, GRANTS_TRUSTED_PROXIES="127.0.0.1")
    yield server
    server.stop()


def seated(server: Server, room: Room, draft: str) -> Desk:
    server.wait()
    with room.inside():
        ada = accounts.user_by_id(room.cast.id("ada"))
        token = sessions.open_session(ada, address="127.0.0.1", agent="test")
    _status, page, cookie = server.ask("GET", f"/proposals/{draft}/sections/need", token)
    found = re.search(FIELD, page)
    assert found
    return Desk(server, f"{token}; {cookie}", found[1])


def many_drafts(room: Room, number: int) -> list[str]:
    found = []
    for place in range(number):
        with room.inside():
            group_id = make_group(f"队{place}", {room.cast.id("ada"): "owner"})
        found.append(room.start(group_id=group_id))
        room.fill(found[-1])
    return found


@contextmanager
def busy(room: Room, desk: Desk, closes: datetime, backend: str) -> Iterator[None]:
    """Others read all the time, and around the closing somebody holds up everybody who writes."""
    over = threading.Event()

    def read() -> None:
        for place in count():
            if over.is_set():
                return
            desk.page(("/home", "/calls", "/proposals")[place % 3])

    def hold_up() -> None:
        time.sleep(max(0.0, (closes - datetime.now(UTC)).total_seconds() - 0.3))
        with room.inside():
            if backend == "postgres":
                db.session.execute(text("LOCK TABLE proposal IN EXCLUSIVE MODE"))
            time.sleep(1.0)

    others = [threading.Thread(target=work) for work in (read, read, hold_up)]
    for each in others:
        each.start()
    try:
        yield
    finally:
        over.set()
        for each in others:
            each.join(60)


def all_press(desk: Desk, presses: list[Press], closes: datetime) -> None:
    threads = [
        threading.Thread(target=desk.press, args=(press, closes))
        for press in presses
        for _ in range(press.times)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


def faults(presses: list[Press], closes: datetime, found: Callable[[str], Any]) -> Iterator[str]:
    """What is in though it came late, out though it came in time, or in at a time at which it did not come."""
    for press in presses:
        row, arrivals = found(press.draft), press.arrivals(closes)
        said = f"{press} closing {closes}, kept {row.state.value} {row.submitted_at}"
        if len(press.answers) != press.times or any(status not in {303, 422} for *_, status in press.answers):
            yield f"a strange answer: {said}"
        if row.submitted_at is None:
            if any(latest <= closes for _earliest, latest in arrivals):
                yield f"out though in time: {said}"
            continue
        if row.submitted_at > closes or all(earliest > closes for earliest, _latest in arrivals):
            yield f"in though late: {said}"
        if not any(first <= row.submitted_at <= last for first, last in arrivals):
            yield f"in at another time than it came: {said}"


@pytest.mark.slow
def test_what_arrived_in_time_is_in_and_nothing_else(
    server: Server, room: Room, rows: Session, stage: Stage, seeds: list[int], note: Note
) -> None:
    drafts = many_drafts(room, EACH * len(seeds))
    desk = seated(server, room, drafts[0])
    # A draft at each edge that must never be missing, whatever the seeds say.
    presses = [
        press for place, seed in enumerate(seeds) for press in planned(drafts[place :: len(seeds)], seed)
    ]
    for press, milliseconds in zip(presses, (0, 1), strict=False):
        press.stamp, press.at = milliseconds * MILLISECOND, 0.5
    whole = datetime.now(UTC) + timedelta(seconds=LEAD)
    closes = whole.replace(microsecond=whole.microsecond // 1000 * 1000)
    with room.inside():
        db.session.get_one(Call, room.call_id).closes_at = closes
    with busy(room, desk, closes, stage.backend):
        all_press(desk, presses, closes)
    rows.rollback()
    kept = {row.public_id: row for row in rows.scalars(select(Proposal))}
    assert list(faults(presses, closes, kept.__getitem__)) == []
    numbers = sorted(row.number for row in kept.values() if row.submitted_at is not None)
    assert numbers == [f"MM2026-{place:03}" for place in range(1, len(numbers) + 1)]
    assert rows.scalar(select(func.count(ProposalVersion.id))) == len(numbers)
    late = select(func.count()).where(AuditEntry.verb == "submit", AuditEntry.recorded_at > closes)
    note("presses", sum(press.times for press in presses))
    note("in", len(numbers))
    note("out", len(drafts) - len(numbers))
    note("kept after the closing", rows.scalar(late))
    assert rows.scalar(late), "nothing was kept late: this tried nothing"
    out = next(draft for draft in drafts if kept[draft].submitted_at is None)
    status, page = desk.page(f"/proposals/{out}/sections/need")
    assert (status, "四成长者一周没有与人说话。" in page) == (200, True)

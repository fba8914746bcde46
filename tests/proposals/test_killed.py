"""Hard rule 13: a worker killed at any moment loses nothing that was acknowledged."""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.accounts import queries as accounts
from grants.accounts.actions import sessions
from grants.questionnaires.models import SectionAnswers
from tests.conftest import Stage
from tests.proposals.conftest import Room
from tests.scale import Note, note, scaled, seeds
from tests.served import Server

__all__ = ["note", "seeds"]
KILLS = scaled(4, 120)
PATIENCE = 60.0
AWAY = (OSError, http.client.HTTPException, json.JSONDecodeError)


@pytest.fixture
def server(stage: Stage, room: Room) -> Iterator[Server]:
    server = Server(stage)
    yield server
    server.stop()


class Writer:
    """Ada at her desk: writes number after number, and remembers the last one that was acknowledged."""

    def __init__(self, server: Server, token: str, draft: str) -> None:
        self.server, self.token = server, token
        self.address = f"/proposals/{draft}/sections/need"
        self.acknowledged, self.sent, self.said, self.reloads = 0, 0, 0, 0
        self.version, self.csrf, self.cookie = 1, "", ""

    def open_page(self) -> None:
        """Wait until the page is there again, as a browser would by reloading.

        One save may have been kept without an answer; no version comes from nowhere.
        """
        self.reloads += 1
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            with suppress(*AWAY):
                status, page, cookie = self.server.ask("GET", self.address, self.token)
                if status == 200:
                    version = int(re.search(r'name="version"[^>]*value="(\d+)"', page)[1])  # type: ignore[index]
                    assert version in {self.version, self.version + 1}
                    self.version, self.cookie = version, cookie
                    self.csrf = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]  # type: ignore[index]
                    return
            time.sleep(0.05)
        pytest.fail("the server did not come back")

    def write(self) -> None:
        self.sent += 1
        body = json.dumps({"version": self.version, "answers": {"need": str(self.sent)}})
        status, text, _ = self.server.ask(
            "PATCH",
            self.address,
            f"{self.token}; {self.cookie}",
            **{"Accept": "application/json", "Content-Type": "application/json", "X-CSRFToken": self.csrf},
            body=body,
        )
        if status == 200:
            version = json.loads(text)["version"]
            assert version == self.version + 1
            self.acknowledged, self.version = self.sent, version
            self.said += 1
        else:
            self.open_page()


@pytest.mark.slow
def test_a_killed_worker_loses_nothing_that_was_acknowledged(
    server: Server, room: Room, rows: Session, seeds: list[int], note: Note
) -> None:
    draft = room.start()
    with room.inside():
        ada = accounts.user_by_id(room.cast.id("ada"))
        token = sessions.open_session(ada, address="127.0.0.1", agent="test")
    writer = Writer(server, token, draft)
    writer.open_page()
    kills = 0
    for seed in seeds:
        moments = random.Random(seed)
        for _ in range(KILLS):
            write_until_killed(writer, moments.uniform(0.02, 0.5))
            kills += 1
            assert kept(rows) >= writer.acknowledged
    for name in ("said", "sent", "reloads"):
        note(name, getattr(writer, name))
    note("kills", kills)
    assert writer.said > kills
    assert writer.acknowledged <= kept(rows) <= writer.sent


def write_until_killed(writer: Writer, after: float) -> None:
    """Somebody kills the worker at a moment of their own, mostly in the midst of a save; two more are tried then."""
    killer, still = threading.Timer(after, writer.server.kill_worker), 2
    killer.start()
    while still:
        still -= not killer.is_alive()
        try:
            writer.write()
        except AWAY:
            writer.open_page()


def kept(rows: Session) -> int:
    rows.rollback()
    row = rows.scalars(select(SectionAnswers).where(SectionAnswers.section == "need")).one()
    return int(row.answers.get("need", "0"))

"""The closing as people meet it: the server's clock decides, and what was written stays there to be read (hard rule 2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.proposals.models import Proposal
from tests.cast import Browser
from tests.proposals.conftest import CLOSES, Room

SignIn = Callable[[str], Browser]


@pytest.mark.parametrize(("late_by", "status"), [(timedelta(0), 303), (timedelta(milliseconds=1), 422)])
def test_the_clock_of_the_server_decides(
    room: Room, sign_in: SignIn, rows: Session, late_by: timedelta, status: int
) -> None:
    draft = room.start()
    room.fill(draft)
    ada = sign_in("ada")
    with time_machine.travel(CLOSES - timedelta(seconds=9), tick=False):
        token = ada.csrf(f"/proposals/{draft}/submit")
    early = f"t={(CLOSES - timedelta(hours=1)).timestamp():.3f}"
    with time_machine.travel(CLOSES + late_by, tick=False):
        answer = ada.post(
            f"/proposals/{draft}/submit",
            data={"signed": "y", "csrf_token": token},
            headers={"X-Request-Start": early, "Date": "Thu, 01 Jan 2026 00:00:00 GMT"},
        )
    assert answer.status_code == status
    assert rows.scalars(select(Proposal)).one().state.value == ("submitted" if status == 303 else "draft")
    assert ("closed at" in answer.text) == (status == 422)


def test_a_draft_stays_readable_after_the_closing(room: Room, sign_in: SignIn) -> None:
    draft = room.start()
    room.fill(draft, need={"need": "四成长者一周没有与人说话。"})
    with time_machine.travel(CLOSES + timedelta(days=1), tick=False):
        ada = sign_in("ada")
        assert "暖巷敲门" in ada.page(f"/proposals/{draft}")
        assert "四成长者一周没有与人说话。" in ada.page(f"/proposals/{draft}/sections/need")

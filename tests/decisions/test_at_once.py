"""The board decides while a group takes back and officers change: all of it as the table stood, or nothing."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core import clock
from grants.core.policy import Actor, Held
from grants.decisions.actions import board, proposing
from grants.decisions.fields import DecisionState, Outcome
from grants.decisions.models import Decision
from grants.decisions.queries import meetings
from grants.funds.fields import EntryKind
from grants.funds.models import LedgerTransaction
from grants.notices.models import Notice
from grants.proposals import queries as proposals
from grants.proposals.actions import handing_in
from tests.at_once import overlap
from tests.decisions.scene import NOW, House, house

__all__ = ["house"]


def key_of(house: House) -> str:
    return house.address().split("/")[2]


def approve(house: House) -> None:
    by = house.actor("bea")
    board.approve(meetings.for_writing(key_of(house)), notice_from=None, by=by, at=NOW)


def promises(rows: Session) -> int:
    rows.rollback()
    return rows.scalar(select(func.count()).where(LedgerTransaction.kind == EntryKind.COMMITMENT)) or 0


def test_the_board_approves_once(app: Flask, house: House, rows: Session) -> None:
    house.ready()
    outcomes = overlap(app, lambda: approve(house), lambda: approve(house))
    assert outcomes == ("done", "IllegalTransition")
    assert promises(rows) == 2
    assert rows.scalar(select(func.count()).select_from(Notice)) == 1


def test_nobody_is_given_money_who_took_the_proposal_back(app: Flask, house: House, rows: Session) -> None:
    house.ready()
    own = Held("owner", "organisation", str(house.organisations[0]))
    ada, at = Actor(house.cast.id("ada"), "Ada", (own,)), clock.now()

    def take_back() -> None:
        handing_in.withdraw(proposals.by_id(house.proposals[0]), "有别的资助", by=ada, at=at)

    outcomes = overlap(app, take_back, lambda: approve(house))
    assert outcomes[0] == "done"
    assert outcomes[1] in {"IllegalTransition", "RulesBroken", "StaleVersion"}
    assert promises(rows) == 0


def test_the_table_does_not_change_under_the_board(app: Flask, house: House, rows: Session) -> None:
    house.ready()
    olu = house.cast.actor("olu")

    def change() -> None:
        call = meetings.call_for_writing(key_of(house))
        proposing.propose(call, [house.wish(0, Outcome.DECLINE, reason="改了")], by=olu, at=NOW)

    outcomes = overlap(app, lambda: approve(house), change)
    assert outcomes[0] == "done"
    assert outcomes[1] != "done"
    assert set(rows.scalars(select(Decision.state))) == {DecisionState.APPROVED}

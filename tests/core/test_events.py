"""A fact is written down once, in plain values, on its timeline and in the outbox."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.events import Event, TimelineEntry, publish
from grants.core.i18n import Sentence
from grants.core.jobs import Job
from grants.core.money import Money

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
Inside = Callable[..., AbstractContextManager[None]]


class CoinFound(Event, frozen=True, kw_only=True):
    """Somebody found money."""

    sentence: ClassVar[Sentence] = "%(amount)s was found."
    amount: Money


FOUND = CoinFound(occurred_at=NOON, actor_id=None, case="purse/1", amount=Money.yuan("16000.00"))


def test_money_is_told_in_yuan(inside: Inside, rows: Session) -> None:
    with inside():
        publish(FOUND)
    told = rows.scalars(select(TimelineEntry)).one()
    assert (told.case, told.kind, told.at, told.values["amount"]) == (
        "purse/1",
        "CoinFound",
        NOON,
        "16000.00",
    )
    assert rows.scalars(select(Job.payload)).one()["fact"]["amount"] == "16000.00"


def test_a_failing_reaction_undoes_the_fact(app: Flask, inside: Inside, rows: Session) -> None:
    def explode(fact: Event) -> None:
        raise RuntimeError("the ledger is away")

    kept = app.extensions["grants.reactions"]
    app.extensions["grants.reactions"] = {CoinFound: [explode]}
    try:
        with pytest.raises(RuntimeError), inside():
            publish(FOUND)
    finally:
        app.extensions["grants.reactions"] = kept
    assert rows.scalars(select(TimelineEntry)).all() == []
    assert rows.scalars(select(Job)).all() == []

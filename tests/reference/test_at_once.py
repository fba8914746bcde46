"""Two put the same word into a list at the same moment: it stands there once."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.policy import SYSTEM
from grants.reference import actions
from grants.reference.fields import Taxonomy
from grants.reference.models import Term
from tests.at_once import overlap
from tests.organisations.test_actions import Inside

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def test_a_list_has_each_word_once(app: Flask, inside: Inside, rows: Session) -> None:
    with inside():
        actions.foundation_profile()

    def add(key: str) -> None:
        actions.add_term(Taxonomy.FIELD, {"zh-Hans": "助老"}, key=key, by=SYSTEM, at=AT)

    assert overlap(app, lambda: add("one"), lambda: add("two")) == ("done", "RulesBroken")
    assert rows.scalars(select(Term.key)).all() == ["one"]

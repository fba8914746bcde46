"""State moves only as the table says, and every move is on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask

from grants.core import audit
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, Violation
from grants.core.lifecycle import Lifecycle, Transition
from grants.core.policy import Actor

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
ADA = Actor(user_id=1, name="Ada")


class S(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    BACK = "back"


@dataclass
class Letter:
    state: S = S.DRAFT
    text: str = "dear"
    id: int = 3
    case: str = "letter/3"
    __tablename__ = "letter"


def has_text(letter: Letter, at: datetime) -> Iterator[Violation]:
    if not letter.text:
        yield Violation("empty", "Write something.", "text")


def in_time(letter: Letter, at: datetime) -> Iterator[Violation]:
    if at > NOON:
        yield Violation("late", "Too late.")


LETTER = Lifecycle(
    Transition("send", frozenset({S.DRAFT, S.BACK}), S.SENT, guards=(has_text, in_time)),
    Transition("return", frozenset({S.SENT}), S.BACK),
)


@pytest.fixture(autouse=True)
def _session(app: Flask) -> Any:
    with app.app_context():
        yield
        audit.forget(db.session())


def waiting() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = db.session().info.get("audit.waiting", [])
    return found


def test_a_legal_move_is_made_and_recorded() -> None:
    letter = Letter()
    LETTER.fire("send", letter, by=ADA, at=NOON, note="why")
    assert letter.state == S.SENT
    (entry,) = waiting()
    assert (entry["verb"], entry["before"], entry["after"]) == ("send", {"state": "draft"}, {"state": "sent"})
    assert (entry["case"], entry["actor_id"], entry["note"]) == ("letter/3", 1, "why")


def test_an_illegal_move_changes_nothing() -> None:
    letter = Letter()
    with pytest.raises(IllegalTransition):
        LETTER.fire("return", letter, by=ADA, at=NOON)
    assert (letter.state, waiting()) == (S.DRAFT, [])


def test_every_objection_is_collected_before_refusing() -> None:
    letter = Letter(text="")
    with pytest.raises(RulesBroken) as broken:
        LETTER.fire("send", letter, by=ADA, at=datetime(2026, 11, 22, tzinfo=UTC))
    assert [violation.code for violation in broken.value.violations] == ["empty", "late"]
    assert (letter.state, waiting()) == (S.DRAFT, [])


def test_one_verb_leaves_a_state_one_way() -> None:
    move = Transition("send", frozenset({S.DRAFT}), S.SENT)
    with pytest.raises(ValueError, match="send"):
        Lifecycle(move, Transition("send", frozenset({S.DRAFT}), S.BACK))


def test_the_diagram_is_drawn_from_the_table() -> None:
    assert LETTER.to_mermaid().splitlines() == [
        "stateDiagram-v2", "    back --> sent: send", "    draft --> sent: send", "    sent --> back: return",
    ]  # fmt: skip

"""Whatever happens to a shown list in whatever order: it stays what it was, and each item waits for its own objections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from grants.core import audit
from grants.core.audit import AuditEntry
from grants.core.checkcodes import content_hash
from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken
from grants.notices import actions, queries
from grants.notices.models import Notice, NoticeCorrection, Objection
from tests.conftest import Stage
from tests.notices.test_actions import AT, ENDS, HOLDER, ITEMS, OFFICER, STRANGER, objecting, show
from tests.scale import scaled

Inside = Callable[..., AbstractContextManager[None]]
REFUSALS = (RulesBroken, Forbidden, IllegalTransition, DatabaseError)
KEYS = [item.key for item in ITEMS]
VERBS = ("object", "object", "uphold", "dismiss", "correct", "close", "tamper", "wait")
STEPS = st.tuples(st.sampled_from(VERBS), st.integers(0, 3), st.sampled_from([OFFICER, OFFICER, STRANGER]))
UPHELD = [("object", 0, OFFICER), ("uphold", 0, OFFICER), ("wait", 3, OFFICER), ("wait", 3, OFFICER)]
SPOILT = ("title = '{}'", "items = '[]'", "content_hash = 'x'", "state = 'draft'")


@dataclass
class History:
    """What should stand now: the clock, and the objections against each item with what became of them."""

    public_id: str
    at: datetime = AT
    raised: list[tuple[int, str]] = field(default_factory=list)
    decided: dict[int, str] = field(default_factory=dict)
    corrected: int = 0
    closed: int = 0

    def may_proceed(self, key: str) -> bool:
        mine = [self.decided.get(number) for number, about in self.raised if about == key]
        return self.at >= ENDS and all(found == "dismiss" for found in mine)


def step(history: History, verb: str, which: int, by: object) -> None:
    """One deed; raises what refuses it, and only then remembers it."""
    row, at = queries.shown(history.public_id), history.at
    if verb == "object":
        key = KEYS[which % len(KEYS)]
        history.raised.append((objecting(history.public_id, key, at).id, key))
    elif verb in {"uphold", "dismiss"} and history.raised:
        number = history.raised[which % len(history.raised)][0]
        deed = actions.uphold if verb == "uphold" else actions.dismiss
        deed(db.session.get_one(Objection, number), reason="已核实", by=by, at=at)  # type: ignore[arg-type]
        history.decided[number] = verb
    elif verb == "correct":
        actions.correct_notice(row, text={"zh-Hans": "更正"}, by=by, at=at)  # type: ignore[arg-type]
        history.corrected += 1
    elif verb == "close":
        actions.close_notice(row, by=by, at=at)  # type: ignore[arg-type]
        history.closed += 1
    elif verb == "tamper":
        db.session.execute(text(f"UPDATE notice SET {SPOILT[which]}"))
    elif verb == "wait":
        history.at += timedelta(hours=20 * which)


def what_is_wrong(history: History, fingerprint: str) -> list[str]:
    row = db.session.scalars(select(Notice)).one()
    wrong = (
        [] if row.content_hash == content_hash(actions.hashed(row)) == fingerprint else ["the list changed"]
    )
    wrong += [
        f"{key} at {history.at}: {history.raised} {history.decided}"
        for key in KEYS
        if queries.may_proceed(HOLDER, key, history.at) != history.may_proceed(key)
    ]
    if (corrections := db.session.scalar(select(func.count(NoticeCorrection.id)))) != history.corrected:
        wrong.append(f"{corrections} corrections, not {history.corrected}")
    verbs = Counter(db.session.scalars(select(AuditEntry.verb)))
    wanted = Counter(history.decided.values()) + Counter(
        object=len(history.raised), correct=history.corrected, close=history.closed, draft=1, publish=1
    )
    if verbs != wanted:
        wrong.append(f"the record says {verbs}, not {wanted}")
    return wrong + [f"entry {number} is not what was sealed" for number in audit.altered()]


@settings(max_examples=scaled(8, 150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=20))
@example(steps=UPHELD)
def test_no_history_of_a_notice_breaks_a_rule(
    stage: Stage, inside: Inside, steps: list[tuple[str, int, object]]
) -> None:
    stage.empty()
    history = History(show(inside))
    with inside(read_only=True):
        fingerprint = queries.shown(history.public_id).content_hash or ""
    for each in steps:
        with suppress(*REFUSALS), inside():
            step(history, *each)
    with inside(read_only=True):
        assert what_is_wrong(history, fingerprint) == []

"""From a template to the public page, and how a public call may change."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from grants.calls.actions import drafting, publishing
from grants.calls.fields import CallState, EditStep
from grants.calls.models import Call, CallCorrection
from grants.calls.queries import loading, parts
from grants.calls.rules import timetable
from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken, StaleVersion
from grants.core.money import Money
from tests.calls.conftest import AT, OFFICER, STRANGER

Inside = Callable[..., AbstractContextManager[None]]
WHY = {"zh-Hans": "物价调整", "en": "Prices rose"}


def part(call: Call, step: EditStep) -> Any:
    return parts.parts(call)[step]


def test_a_template_gives_a_complete_call(inside: Inside, draft: str) -> None:
    with inside(read_only=True):
        call = loading.by_public_id(draft)
        assert publishing.unready(call) == []
        assert call.stage is not None
        assert [row.weight for row in call.stage.criteria] == [15, 20, 10, 20, 10, 15, 10]
        assert sum(row.percent for row in call.tranches) == 100
        assert call.title["en"] == "Kapok Programme 2026: grants for volunteer projects"
        assert call.ceiling == Money.yuan(50_000)


def test_weights_that_do_not_sum_to_100_are_refused_and_nothing_is_kept(inside: Inside, draft: str) -> None:
    with pytest.raises(RulesBroken) as refused, inside():
        call = loading.by_public_id(draft)
        standard = part(call, EditStep.STANDARD)
        criteria = [replace(standard.criteria[0], weight=Decimal(10)), *standard.criteria[1:]]
        drafting.edit(call, EditStep.STANDARD, replace(standard, criteria=criteria), by=OFFICER, at=AT)
    assert [violation.code for violation in refused.value.violations] == ["weights"]
    with inside(read_only=True):
        assert part(loading.by_public_id(draft), EditStep.STANDARD).criteria[0].weight == 15


def test_a_standard_may_be_rewritten_while_it_is_a_draft(inside: Inside, draft: str) -> None:
    with inside():
        call = loading.by_public_id(draft)
        standard = part(call, EditStep.STANDARD)
        two = [
            replace(standard.criteria[0], weight=Decimal(40)),
            replace(standard.criteria[1], weight=Decimal(60)),
        ]
        drafting.edit(call, EditStep.STANDARD, replace(standard, criteria=two), by=OFFICER, at=AT)
    with inside(read_only=True):
        stage = loading.by_public_id(draft).stage
        assert stage is not None
        assert [(row.key, row.weight) for row in stage.criteria] == [("need", 40), ("design", 60)]


def test_two_people_never_overwrite_each_other(inside: Inside, draft: str) -> None:
    with inside():
        call = loading.by_public_id(draft)
        seen = call.version
        basics = part(call, EditStep.BASICS)
        drafting.edit(
            call, EditStep.BASICS, replace(basics, title={"en": "New"}), by=OFFICER, at=AT, version=seen
        )
    with pytest.raises(StaleVersion), inside():
        call = loading.by_public_id(draft)
        drafting.edit(call, EditStep.BASICS, basics, by=OFFICER, at=AT, version=seen)


def test_strangers_neither_begin_nor_change_nor_publish(inside: Inside, draft: str) -> None:
    with pytest.raises(Forbidden), inside():
        drafting.start_from_template("annual", by=STRANGER, at=AT)
    with pytest.raises(Forbidden), inside():
        call = loading.by_public_id(draft)
        drafting.edit(call, EditStep.BASICS, part(call, EditStep.BASICS), by=STRANGER, at=AT)
    with pytest.raises(Forbidden), inside():
        publishing.publish_call(loading.by_public_id(draft), by=STRANGER, at=AT)


def test_publishing_tells_everything_that_is_missing_at_once(inside: Inside, draft: str) -> None:
    with inside():
        call = loading.by_public_id(draft)
        call.fund_id = None
        call.tranches[0].percent = Decimal(40)
        call.questionnaire_version_id = None
    with pytest.raises(RulesBroken) as refused, inside():
        publishing.publish_call(loading.by_public_id(draft), by=OFFICER, at=AT)
    assert [violation.code for violation in refused.value.violations] == ["fund", "tranches", "form"]


def test_a_short_notice_must_be_confirmed(inside: Inside, draft: str) -> None:
    soon = datetime(2026, 1, 9, 1, 0, tzinfo=UTC)
    with pytest.raises(RulesBroken) as refused, inside():
        publishing.publish_call(loading.by_public_id(draft), by=OFFICER, at=soon)
    assert [violation.code for violation in refused.value.violations] == ["short_lead"]
    with inside():
        call = loading.by_public_id(draft)
        publishing.publish_call(call, by=OFFICER, at=soon, lead_is_confirmed=True)
        assert call.state is CallState.SCHEDULED


def test_publishing_gives_the_number_of_the_year(inside: Inside, published: str) -> None:
    with inside(read_only=True):
        call = loading.published(published)
        assert call.number == "穗志资〔2026〕1号"
        assert call.published_at == AT


def test_it_is_published_once(inside: Inside, published: str) -> None:
    with pytest.raises(IllegalTransition), inside():
        publishing.publish_call(loading.by_public_id(published), by=OFFICER, at=AT)


def test_states_follow_the_clock(inside: Inside, published: str) -> None:
    with inside():
        call = loading.by_public_id(published)
        assert call.opens_at
        assert call.closes_at
        opens, closes = call.opens_at, call.closes_at
        publishing.keep_time(opens - timedelta(microseconds=1))
        assert call.state is CallState.SCHEDULED
        publishing.keep_time(opens)
        assert call.state is CallState.OPEN
        publishing.keep_time(closes)
        assert call.state is CallState.OPEN
        publishing.keep_time(closes + timedelta(microseconds=1))
        assert call.state is CallState.CLOSED


def test_a_late_job_catches_up_with_both_moves(inside: Inside, published: str) -> None:
    with inside():
        call = loading.by_public_id(published)
        publishing.keep_time(AT + timedelta(days=365))
        assert call.state is CallState.CLOSED


def test_a_published_call_is_not_edited_silently(inside: Inside, published: str) -> None:
    with pytest.raises(RulesBroken) as refused, inside():
        call = loading.by_public_id(published)
        drafting.edit(call, EditStep.MONEY, part(call, EditStep.MONEY), by=OFFICER, at=AT)
    assert [violation.code for violation in refused.value.violations] == ["published"]


def test_a_correction_keeps_what_it_said_and_why(inside: Inside, rows: Session, published: str) -> None:
    with inside():
        call = loading.by_public_id(published)
        money = replace(part(call, EditStep.MONEY), ceiling=Money.yuan(60_000))
        publishing.correct(call, EditStep.MONEY, money, reason=WHY, by=OFFICER, at=AT)
    kept = rows.scalars(select(CallCorrection)).one()
    assert "50,000.00" in kept.before["en"]
    assert "60,000.00" in kept.after["en"]
    assert "50,000.00" not in kept.after["zh-Hans"]
    assert kept.reason == WHY


def test_a_correction_needs_a_reason_and_a_change(inside: Inside, published: str) -> None:
    with pytest.raises(RulesBroken), inside():
        call = loading.by_public_id(published)
        publishing.correct(
            call, EditStep.MONEY, part(call, EditStep.MONEY), reason={"en": " "}, by=OFFICER, at=AT
        )
    with inside():
        call = loading.by_public_id(published)
        same = part(call, EditStep.MONEY)
        assert publishing.correct(call, EditStep.MONEY, same, reason=WHY, by=OFFICER, at=AT) is None


@pytest.mark.parametrize(
    "statement", ["UPDATE call_correction SET reason = '{}'", "DELETE FROM call_correction"]
)
def test_corrections_are_never_changed(inside: Inside, published: str, statement: str) -> None:
    with inside():
        call = loading.by_public_id(published)
        money = replace(part(call, EditStep.MONEY), ceiling=Money.yuan(60_000))
        publishing.correct(call, EditStep.MONEY, money, reason=WHY, by=OFFICER, at=AT)
    with pytest.raises(DatabaseError, match="never changed"), inside():
        db.session.execute(text(statement))


def test_a_correction_does_not_move_the_closing(inside: Inside, published: str) -> None:
    with inside():
        call = loading.by_public_id(published)
        table = part(call, EditStep.TIMETABLE)
        earlier = timetable.Timetable(table.opens_at, table.closes_at - timedelta(days=3), table.steps)
        publishing.correct(call, EditStep.TIMETABLE, earlier, reason=WHY, by=OFFICER, at=AT)
        assert call.closes_at == table.closes_at


def test_the_closing_moves_later_only_and_everybody_sees_it(inside: Inside, published: str) -> None:
    with inside():
        call = loading.by_public_id(published)
        assert call.closes_at
        later = call.closes_at + timedelta(days=3)
        publishing.postpone_closing(call, until=later, reason=WHY, by=OFFICER, at=AT)
        assert call.closes_at == later
        assert [row.reason for row in call.corrections] == [WHY]
    with pytest.raises(RulesBroken) as refused, inside():
        call = loading.by_public_id(published)
        publishing.postpone_closing(call, until=later - timedelta(seconds=1), reason=WHY, by=OFFICER, at=AT)
    assert "not_later" in [violation.code for violation in refused.value.violations]


def test_a_closed_call_whose_closing_moves_is_open_again(inside: Inside, published: str) -> None:
    with inside():
        call = loading.by_public_id(published)
        assert call.closes_at
        now = call.closes_at + timedelta(hours=1)
        publishing.keep_time(now)
        assert call.state is CallState.CLOSED
        publishing.postpone_closing(call, until=now + timedelta(days=2), reason=WHY, by=OFFICER, at=now)
        assert call.state is CallState.OPEN
        assert timetable.is_open(call.state, call.opens_at, call.closes_at, now)


def test_a_cancelled_call_takes_no_proposals_and_says_why(inside: Inside, published: str) -> None:
    with inside():
        call = loading.by_public_id(published)
        publishing.cancel(call, reason=WHY, by=OFFICER, at=AT)
        assert call.state is CallState.CANCELLED
        assert call.opens_at
        assert not timetable.is_open(call.state, call.opens_at, call.closes_at, call.opens_at)
        assert [row.reason for row in call.corrections] == [WHY]


def test_phases_come_in_their_order(inside: Inside, published: str) -> None:
    with inside():
        call = loading.by_public_id(published)
        publishing.keep_time(AT + timedelta(days=90))
        for verb in ("start_review", "decide", "give_notice", "implement", "archive"):
            publishing.advance(call, verb, by=OFFICER, at=AT)
        assert call.state is CallState.ARCHIVED
    with pytest.raises(IllegalTransition), inside():
        publishing.advance(loading.by_public_id(published), "decide", by=OFFICER, at=AT)

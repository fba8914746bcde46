"""A list that is shown stays what it was, and an objection stops its own item only."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from grants.core.checkcodes import content_hash
from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken
from grants.core.money import Money
from grants.core.policy import VISITOR, Actor, Held
from grants.notices import actions, queries
from grants.notices.fields import DECIDE, NoticeState, ObjectionState
from grants.notices.models import FROZEN, Notice, Objection
from grants.notices.rules import Item
from grants.obligations.models import Obligation

Inside = Callable[..., AbstractContextManager[None]]
AT = datetime(2026, 4, 20, 1, 0, tzinfo=UTC)
ENDS = datetime(2026, 4, 24, 16, 0, tzinfo=UTC)
HOLDER = ("list", 1)
OFFICER = Actor(None, "Olu", (Held("officer"),))
STRANGER = Actor(None, "Cy")
ITEMS = [
    Item("proposal/1", "MM2026-001", "暖巷敲门", {"zh-Hans": "木棉队"}, Money.yuan(42_000)),
    Item("proposal/9", "MM2026-009", "山野救援", {"zh-Hans": "救援队"}, Money.yuan(48_000)),
]


@pytest.fixture
def notice(inside: Inside) -> str:
    return show(inside)


def show(inside: Inside) -> str:
    """A list of two items that everybody can read; its public id."""
    with inside():
        row = actions.draft_notice(
            HOLDER,
            case="call/1",
            title={"zh-Hans": "拟资助项目公示", "en": "Projects to be funded"},
            items=ITEMS,
            working_days=5,
            by=OFFICER,
            at=AT,
        )
        return actions.publish_notice(row, by=OFFICER, at=AT).public_id


def objecting(public_id: str, key: str = "proposal/9", at: datetime = AT) -> Objection:
    return actions.raise_objection(
        queries.shown(public_id),
        item_key=key,
        by_name="何实名",
        contact="13800000000",
        content="装备由商家赞助",
        by=VISITOR,
        at=at,
    )


def test_a_notice_has_its_number_period_hash_and_code(inside: Inside, notice: str) -> None:
    with inside(read_only=True):
        row = queries.shown(notice)
        assert row.number == "GS2026-001"
        assert (row.starts_on, row.ends_at) == (date(2026, 4, 20), ENDS)
        assert row.content_hash == content_hash(actions.hashed(row))
        assert row.check_code is not None
        assert len(row.check_code) == 16
        assert row.calendar_version.startswith("2026-")


@pytest.mark.parametrize("column", FROZEN)
def test_nothing_of_a_shown_notice_can_change(inside: Inside, notice: str, column: str) -> None:
    """Hard rule 11: past the application, in the database itself."""
    with pytest.raises(DatabaseError, match="frozen"), inside():
        value = "'[]'" if column == "items" else "'{}'" if column in {"title", "introduction"} else "NULL"
        value = "99" if column in {"working_days", "holder_id"} else value
        value = "'changed'" if column in {"case", "holder_kind", "calendar_version"} else value
        if column == "introduction":
            value = '\'{"en": "more"}\''
        db.session.execute(text(f'UPDATE notice SET "{column}" = {value}'))


def test_a_shown_notice_is_neither_deleted_nor_made_a_draft_again(inside: Inside, notice: str) -> None:
    with pytest.raises(DatabaseError, match="frozen"), inside():
        db.session.execute(text("DELETE FROM notice"))
    with pytest.raises(DatabaseError, match="frozen"), inside():
        db.session.execute(text("UPDATE notice SET state = 'draft'"))


def test_a_correction_stands_beside_and_changes_nothing(inside: Inside, rows: Session, notice: str) -> None:
    with inside():
        row = queries.shown(notice)
        before = row.content_hash
        actions.correct_notice(row, text={"zh-Hans": "金额更正"}, by=OFFICER, at=AT)
    with inside(read_only=True):
        row = queries.shown(notice)
        assert [correction.text for correction in row.corrections] == [{"zh-Hans": "金额更正"}]
        assert row.content_hash == before
    with pytest.raises(DatabaseError, match="frozen"), inside():
        db.session.execute(text("DELETE FROM notice_correction"))


def test_an_objection_stops_its_own_item_only(inside: Inside, notice: str) -> None:
    with inside():
        assert objecting(notice).number == "YY2026-001"
    with inside(read_only=True):
        assert queries.may_proceed(HOLDER, "proposal/1", ENDS) is True
        assert queries.may_proceed(HOLDER, "proposal/9", ENDS) is False
        assert queries.may_proceed(HOLDER, "proposal/9", ENDS + timedelta(days=30)) is False
        assert queries.may_proceed(HOLDER, "proposal/2", ENDS) is False
        assert queries.may_proceed(("list", 2), "proposal/1", ENDS) is False
        assert queries.who_may_proceed(HOLDER, ENDS) == {"proposal/1": True, "proposal/9": False}
        assert queries.may_proceed(HOLDER, "proposal/1", ENDS - timedelta(microseconds=1)) is False


def test_a_dismissed_objection_lets_its_item_go_on(inside: Inside, notice: str) -> None:
    with inside():
        actions.dismiss(objecting(notice), reason="已公开登记", by=OFFICER, at=AT)
    with inside(read_only=True):
        assert queries.may_proceed(HOLDER, "proposal/9", ENDS) is True


def test_an_upheld_objection_stops_its_item_for_good(inside: Inside, notice: str) -> None:
    with inside():
        actions.uphold(objecting(notice), reason="属实", by=OFFICER, at=AT)
    with inside(read_only=True):
        assert queries.may_proceed(HOLDER, "proposal/9", ENDS + timedelta(days=999)) is False


def test_a_decision_needs_a_reason_and_is_made_once(inside: Inside, notice: str) -> None:
    with inside():
        public_id = objecting(notice).public_id
    with pytest.raises(RulesBroken), inside():
        actions.dismiss(queries.objection_by_public_id(public_id), reason="  ", by=OFFICER, at=AT)
    with inside():
        actions.dismiss(queries.objection_by_public_id(public_id), reason="查无实据", by=OFFICER, at=AT)
    with pytest.raises(IllegalTransition), inside():
        actions.uphold(queries.objection_by_public_id(public_id), reason="又改主意", by=OFFICER, at=AT)
    with inside(read_only=True):
        row = queries.objection_by_public_id(public_id)
        assert (row.state, row.decision) == (ObjectionState.DISMISSED, "查无实据")


def test_who_objected_cannot_be_read_in_the_database(inside: Inside, rows: Session, notice: str) -> None:
    with inside():
        objecting(notice)
    stored = rows.execute(text("SELECT by_name, contact FROM objection")).one()
    for secret in stored:
        assert "何实名" not in secret
        assert "13800000000" not in secret
    assert "何实名" not in "".join(str(row) for row in rows.execute(text("SELECT * FROM audit_entry")))
    assert "何实名" not in "".join(str(row) for row in rows.execute(text("SELECT * FROM job")))


def test_objections_before_and_after_the_days_are_refused(inside: Inside, notice: str) -> None:
    for at in (AT - timedelta(seconds=1), ENDS):
        with pytest.raises(IllegalTransition), inside():
            objecting(notice, at=at)
    with inside():
        objecting(notice, at=ENDS - timedelta(microseconds=1))


def test_a_notice_closes_when_its_days_are_over(inside: Inside, rows: Session, notice: str) -> None:
    with inside():
        assert actions.close_ended(ENDS - timedelta(microseconds=1)) == 0
        assert actions.close_ended(ENDS) == 1
        assert actions.close_ended(ENDS) == 0
    assert rows.scalars(select(Notice)).one().state is NoticeState.CLOSED


def test_strangers_neither_publish_nor_decide(inside: Inside, notice: str) -> None:
    with pytest.raises(Forbidden), inside():
        actions.draft_notice(
            HOLDER, case="call/1", title={"en": "x"}, items=ITEMS, working_days=5, by=STRANGER, at=AT
        )
    with pytest.raises(Forbidden), inside():
        actions.dismiss(objecting(notice), reason="x", by=STRANGER, at=AT)


def test_a_notice_cannot_begin_before_it_is_shown(inside: Inside) -> None:
    with pytest.raises(RulesBroken), inside():
        row = actions.draft_notice(
            HOLDER, case="call/1", title={"en": "x"}, items=ITEMS, working_days=5, by=OFFICER, at=AT
        )
        actions.publish_notice(row, by=OFFICER, at=AT, starts_on=date(2026, 4, 19))


@pytest.mark.parametrize("actor", [VISITOR, STRANGER, OFFICER, Actor(None, "Aud", (Held("auditor"),))])
def test_the_policy_and_its_twin_agree(inside: Inside, notice: str, actor: Actor) -> None:
    from grants.core.policy import permits

    with inside():
        actions.draft_notice(
            HOLDER, case="call/1", title={"en": "draft"}, items=ITEMS, working_days=5, by=OFFICER, at=AT
        )
    with inside(read_only=True):
        all_of_them = db.session.scalars(select(Notice)).all()
        assert len(all_of_them) == 2
        seen = {row.id for row in db.session.scalars(queries.visible_to(actor))}
        assert seen == {row.id for row in all_of_them if permits(actor, "notice.view", row)}


def test_somebody_is_asked_to_decide_an_objection_until_it_is_decided(inside: Inside, notice: str) -> None:
    with inside():
        objection = objecting(notice)
        duty = db.session.scalars(select(Obligation)).one()
        assert (duty.kind, duty.case, duty.owner_key, duty.due_at) == (DECIDE, "proposal/9", "officer", ENDS)
        actions.dismiss(objection, reason="无事实依据", by=OFFICER, at=AT)
        assert duty.closed_at == AT

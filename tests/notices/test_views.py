"""Pages of notices: what everybody reads, how one objects, who decides."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core import clock
from grants.core.access_log import AccessEntry
from grants.core.policy import Actor, Held
from grants.notices import actions
from grants.notices.fields import ObjectionState
from grants.notices.models import Notice, Objection
from grants.notices.views import OBJECTIONS
from tests.cast import Browser
from tests.notices.test_actions import ITEMS

Inside = Callable[..., AbstractContextManager[None]]
OFFICER = Actor(None, "Olu", (Held("officer"),))
GIVEN = {
    "item_key": "proposal/9",
    "content": "装备由商家赞助",
    "by_name": "何实名",
    "contact": "13800000000",
    "website": "",
}


def make(*, published: bool) -> str:
    row = actions.draft_notice(
        ("list", 1),
        case="call/1",
        title={"zh-Hans": "拟资助项目公示", "en": "Projects to be funded"},
        items=ITEMS,
        working_days=5,
        by=OFFICER,
        at=clock.now(),
    )
    if published:
        actions.publish_notice(row, by=OFFICER, at=clock.now())
    return row.public_id


@pytest.fixture
def running(inside: Inside) -> str:
    with inside():
        return make(published=True)


def test_everybody_reads_the_list_its_days_hash_and_code(
    visitor: Callable[[], Browser], rows: Session, running: str
) -> None:
    row = rows.scalars(select(Notice)).one()
    page = visitor().page(f"/notices/{running}")
    for said in ("MM2026-001", "暖巷敲门", "¥42,000.00", row.number, row.content_hash, "5 working days"):
        assert said
        assert said in page
    assert "Projects to be funded" in visitor().page("/notices")


def test_a_draft_is_hidden_like_what_does_not_exist(visitor: Callable[[], Browser], inside: Inside) -> None:
    with inside():
        draft = make(published=False)
    anybody = visitor()
    hidden, absent = anybody.get(f"/notices/{draft}"), anybody.get("/notices/0000000000000000")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.text.replace(draft, "") == absent.text.replace("0000000000000000", "")
    assert "Projects to be funded" not in anybody.page("/notices")


def test_anybody_may_object_and_gets_a_number(
    visitor: Callable[[], Browser], rows: Session, running: str
) -> None:
    anybody = visitor()
    path = f"/notices/{running}"
    sent = anybody.send(path, GIVEN, from_page=path)
    assert sent.status_code == 303
    page = anybody.page(path)
    number = rows.scalars(select(Objection)).one().number
    assert f"Its number is {number}" in page
    assert "Being looked into" in page
    assert "何实名" not in page
    assert "装备由商家赞助" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"item_key": ""},
        {"item_key": "proposal/999"},
        {"content": ""},
        {"by_name": "字" * 61},
        {"content": "长" * 3001},
        {"contact": "\x00"},
    ],
)
def test_an_incomplete_objection_comes_back_with_its_words(
    visitor: Callable[[], Browser], rows: Session, running: str, wrong: dict[str, str]
) -> None:
    path = f"/notices/{running}"
    refused = visitor().send(path, {**GIVEN, "contact": "020-00000100", **wrong}, from_page=path)
    assert refused.status_code == 422
    assert rows.scalars(select(Objection)).all() == []


def test_what_machines_fill_in_is_thrown_away(
    visitor: Callable[[], Browser], rows: Session, running: str
) -> None:
    path = f"/notices/{running}"
    sent = visitor().send(path, {**GIVEN, "website": "http://spam"}, from_page=path)
    assert sent.status_code == 303
    assert rows.scalars(select(Objection)).all() == []


def test_too_many_objections_from_one_place_are_slowed_down(
    visitor: Callable[[], Browser], running: str
) -> None:
    anybody = visitor()
    path = f"/notices/{running}"
    answers = [
        anybody.send(path, {**GIVEN, "item_key": ""}, from_page=path).status_code
        for _ in range(OBJECTIONS.amount + 1)
    ]
    assert answers == [422] * OBJECTIONS.amount + [429]


def test_the_officer_reads_who_objected_and_decides(
    visitor: Callable[[], Browser], sign_in: Callable[[str], Browser], rows: Session, running: str
) -> None:
    visitor().send(f"/notices/{running}", GIVEN, from_page=f"/notices/{running}")
    olu = sign_in("olu")
    desk = f"/notices/{running}/objections"
    assert "何实名" in olu.page(desk)
    assert [entry.what for entry in rows.scalars(select(AccessEntry))] == ["objector"]
    public_id = rows.scalars(select(Objection)).one().public_id
    empty = olu.send(f"/objections/{public_id}", {"decision": "dismiss"}, from_page=desk)
    assert empty.status_code == 422
    told = {"decision": "dismiss", "reason": "已公开登记"}
    assert olu.send(f"/objections/{public_id}", told, from_page=desk).status_code == 303
    assert olu.send(f"/objections/{public_id}", told, from_page="/sign-in").status_code in {303, 409}
    rows.rollback()
    assert rows.scalars(select(Objection)).one().state is ObjectionState.DISMISSED
    page = visitor().page(f"/notices/{running}")
    assert "已公开登记" in page
    assert "何实名" not in page


@pytest.mark.parametrize("name", ["ada", "cy", "dee", "di", "eve", "bea"])
def test_others_never_see_who_objected(
    visitor: Callable[[], Browser], sign_in: Callable[[str], Browser], rows: Session, running: str, name: str
) -> None:
    visitor().send(f"/notices/{running}", GIVEN, from_page=f"/notices/{running}")
    client = sign_in(name)
    public_id = rows.scalars(select(Objection)).one().public_id
    assert client.get(f"/notices/{running}/objections").status_code == 404
    sent = client.post(f"/objections/{public_id}", data={"csrf_token": client.csrf("/account")})
    assert sent.status_code == 404


def test_the_auditor_reads_and_decides_nothing(
    visitor: Callable[[], Browser], sign_in: Callable[[str], Browser], rows: Session, running: str
) -> None:
    visitor().send(f"/notices/{running}", GIVEN, from_page=f"/notices/{running}")
    aud = sign_in("aud")
    assert "何实名" in aud.page(f"/notices/{running}/objections")
    public_id = rows.scalars(select(Objection)).one().public_id
    told = {"decision": "uphold", "reason": "x", "csrf_token": aud.csrf("/account")}
    assert aud.post(f"/objections/{public_id}", data=told).status_code == 403


def test_a_correction_stands_beside_the_list(
    visitor: Callable[[], Browser], sign_in: Callable[[str], Browser], running: str
) -> None:
    olu = sign_in("olu")
    path = f"/notices/{running}/correct"
    assert olu.send(path, {"text_zh": " "}, from_page=path).status_code == 422
    assert olu.send(path, {"text_zh": "金额应为 ¥43,000"}, from_page=path).status_code == 303
    assert "金额应为 ¥43,000" in unescape(visitor().page(f"/notices/{running}"))
    aud = sign_in("aud")
    assert aud.post(path, data={"text_zh": "x", "csrf_token": aud.csrf("/account")}).status_code == 403


def test_after_its_days_a_notice_takes_no_objection(
    visitor: Callable[[], Browser], inside: Inside, running: str, monkeypatch: Any
) -> None:
    from datetime import timedelta

    anybody = visitor()
    token = anybody.csrf(f"/notices/{running}")
    monkeypatch.setattr(clock, "_offset", lambda: timedelta(days=40))
    late = anybody.post(f"/notices/{running}", data={**GIVEN, "csrf_token": token})
    assert late.status_code == 409
    assert "is over" in late.text

"""Anybody with number and code may check a paper; everything else answers alike."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from grants.core.checkcodes import grouped
from grants.core.policy import Actor, Held
from grants.notices import actions as notices
from grants.notices import queries as queries_of_notices
from grants.notices.rules import Item
from grants.proposals import queries
from grants.proposals.actions import handing_in
from tests.cast import Browser
from tests.proposals.conftest import NOW, Room, room

__all__ = ["room"]
SignIn = Callable[[str], Browser]
Inside = Callable[..., AbstractContextManager[None]]
OFFICER = Actor(None, "Olu", (Held("officer"),))


@pytest.fixture
def receipt(room: Room) -> tuple[str, str]:
    """Public id of a proposal that was handed in, and the code of its receipt."""
    public_id = room.handed_in()
    with room.inside(read_only=True):
        return public_id, str(queries.by_public_id(public_id).check_code)


def test_a_right_code_shows_what_is_public_and_nothing_else(
    receipt: tuple[str, str],
    visitor: Callable[[], Browser],
    sign_in: SignIn,
) -> None:
    public_id, code = receipt
    page = visitor().page(f"/check/{code}")
    for shown in ("MM2026-001", "Receipt for a proposal", "Valid"):
        assert shown in page
    for hidden in ("暖巷敲门", "敲门队", public_id, "Ada"):
        assert hidden not in page
    assert f"/proposals/{public_id}/print?version=1" in sign_in("bo").page(f"/check/{code}")
    assert f"/proposals/{public_id}" not in sign_in("cy").page(f"/check/{code}")


def test_the_code_is_read_however_it_was_typed(
    receipt: tuple[str, str], visitor: Callable[[], Browser]
) -> None:
    client = visitor()
    typed = {"number": "mm2026-００1", "code": f" {grouped(receipt[1]).lower().replace('0', 'o')} "}
    answer = client.send("/check", typed, from_page="/check")
    assert (answer.status_code, "Valid" in answer.text) == (200, True)


def test_unknown_number_wrong_code_and_nothing_answer_alike(
    receipt: tuple[str, str], visitor: Callable[[], Browser]
) -> None:
    client, code = visitor(), receipt[1]
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    answers = [
        client.send("/check", {"number": number, "code": given}, from_page="/check")
        for number, given in (
            ("MM2026-001", wrong),
            ("MM2026-002", code),
            ("MM2026-001", "漢字"),
            ("X", "\x00"),
        )
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert all("There is no paper with this number and code" in answer.text for answer in answers)
    assert client.get(f"/check/{wrong}").status_code == client.get("/check/x").status_code == 404
    assert client.send("/check", {"number": "", "code": ""}, from_page="/check").status_code == 422


def test_a_withdrawn_proposal_leaves_a_receipt_that_says_so(
    room: Room,
    receipt: tuple[str, str],
    visitor: Callable[[], Browser],
) -> None:
    with room.proposal(receipt[0], by="ada") as (proposal, ada):
        handing_in.withdraw(proposal, "撤回", by=ada, at=NOW)
    assert "Withdrawn" in visitor().page(f"/check/{receipt[1]}")


@pytest.fixture
def shown(inside: Inside) -> tuple[str, str]:
    """Public id and code of a public notice."""
    with inside():
        row = notices.draft_notice(
            ("list", 1),
            case="call/1",
            title={"zh-Hans": "拟资助项目公示", "en": "Projects to be funded"},
            items=[Item("proposal/1", "MM2026-001", "暖巷敲门")],
            working_days=5,
            by=OFFICER,
            at=NOW,
        )
        draft_code = row.check_code
        notice = notices.publish_notice(row, by=OFFICER, at=NOW)
        assert draft_code is None
        return notice.public_id, str(notice.check_code)


def test_a_public_notice_answers_by_its_code_and_leads_to_its_list(
    shown: tuple[str, str], visitor: Callable[[], Browser], inside: Inside
) -> None:
    public_id, code = shown
    page = visitor().page(f"/check/{code}")
    for said in ("Public notice", "GS", "Valid", f"/notices/{public_id}"):
        assert said in page
    assert "It was corrected" not in page
    with inside():
        notices.correct_notice(
            queries_of_notices.shown(public_id), text={"en": "A slip."}, by=OFFICER, at=NOW
        )
    assert "It was corrected; the corrections stand beside the list." in visitor().page(f"/check/{code}")

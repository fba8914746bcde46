"""What officers put on a group's record by its pages: ties, blocks; and hosts and partners that register nowhere."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core import clock
from grants.core.db import db
from grants.organisations import queries
from grants.organisations.fields import ConflictKind, ConflictState, Kind, StandingKind
from grants.organisations.models import Conflict, Organisation, Standing
from tests.album import Photographed
from tests.cast import Browser, Cast
from tests.city import build_city
from tests.organisations.test_views import register

SignIn = Callable[[str], Browser]
Inside = Callable[..., AbstractContextManager[None]]
OUTSIDE = ("cy", "dee", "bea", "aud", "eve")
BODY = {
    "kind": "host",
    "name_zh": "逢源街道社会组织服务中心",
    "legal_status": "registered_ssa",
    "credit_code": "52440103DEM000014G",
}


@pytest.fixture
def group(inside: Inside, sign_in: SignIn, photographed: Photographed) -> str:
    made: str = photographed(lambda: _group(inside, sign_in))
    return made


def _group(inside: Inside, sign_in: SignIn) -> str:
    with inside():
        build_city()
    return register(sign_in("ada"), inside)


def number_of(inside: Inside, group: str) -> int:
    with inside(read_only=True):
        return queries.by_public_id(group).id


def test_an_officer_notes_a_tie_and_it_counts_at_once(
    cast: Cast, sign_in: SignIn, inside: Inside, rows: Session, group: str
) -> None:
    dee, olu = cast.id("dee"), sign_in("olu")
    page = olu.page(f"/groups/{group}/record")
    assert "Dee" in page
    sent = {"person": str(dee), "kind": "family", "evidence": "姐姐是负责人"}
    assert olu.send(f"/groups/{group}/ties", sent).status_code == 303
    tie = rows.scalars(select(Conflict)).one()
    assert (tie.user_id, tie.kind, tie.state) == (dee, ConflictKind.FAMILY, ConflictState.CONFIRMED)
    assert cast.actor("dee").holds_within("conflicted", organisation_id=number_of(inside, group))


@pytest.mark.parametrize("wrong", [{"person": ""}, {"person": "999999"}, {"person": "x"}, {"kind": "phone"}])
def test_a_tie_of_nobody_or_of_no_kind_is_not_kept(
    cast: Cast, sign_in: SignIn, rows: Session, group: str, wrong: dict[str, str]
) -> None:
    sent = {"person": str(cast.id("dee")), "kind": "family"} | wrong
    assert sign_in("olu").send(f"/groups/{group}/ties", sent).status_code == 422
    assert rows.scalar(select(func.count(Conflict.id))) == 0


def test_who_has_nothing_to_do_with_the_house_is_not_offered(cast: Cast, sign_in: SignIn, group: str) -> None:
    cast.id("cy")
    form = sign_in("olu").page(f"/groups/{group}/record").split('id="tie-title"')[1]
    assert "Cy" not in form


def test_a_block_counts_from_today_until_its_day_and_can_be_lifted(
    sign_in: SignIn, inside: Inside, group: str
) -> None:
    olu, number = sign_in("olu"), number_of(inside, group)
    until = clock.today() + timedelta(days=90)
    sent = {"until_on": until.isoformat(), "reason": "上期结项报告逾期未交"}
    assert olu.send(f"/groups/{group}/block", sent).status_code == 303
    with inside(read_only=True):
        shown = queries.standing_shown(number, clock.today())[StandingKind.BLOCKED]
        assert (shown.value, shown.until_on) == ("上期结项报告逾期未交", until)
        assert StandingKind.BLOCKED in queries.standing_shown(number, until)
        assert StandingKind.BLOCKED not in queries.standing_shown(number, until + timedelta(days=1))
    assert "上期结项报告逾期未交" in sign_in("ada").page(f"/groups/{group}")
    assert olu.send(f"/groups/{group}/block/lift").status_code == 303
    with inside(read_only=True):
        assert StandingKind.BLOCKED not in queries.standing_shown(number, clock.today())
    assert olu.send(f"/groups/{group}/block/lift").status_code == 409


def test_a_second_block_takes_the_place_of_the_first(sign_in: SignIn, inside: Inside, group: str) -> None:
    olu, number = sign_in("olu"), number_of(inside, group)
    for days, reason in ((90, "甲"), (30, "乙")):
        until = (clock.today() + timedelta(days=days)).isoformat()
        assert olu.send(f"/groups/{group}/block", {"until_on": until, "reason": reason}).status_code == 303
    with inside(read_only=True):
        counting = queries.standing_of([number], clock.today())[number][StandingKind.BLOCKED]
        assert [row.value for row in counting] == ["乙"]


@pytest.mark.parametrize(
    "wrong", [{"until_on": ""}, {"until_on": "2001-01-01"}, {"reason": ""}, {"reason": "长" * 301}]
)
def test_a_block_without_a_day_to_come_or_a_reason_is_refused(
    sign_in: SignIn, rows: Session, group: str, wrong: dict[str, str]
) -> None:
    sent = {"until_on": (clock.today() + timedelta(days=9)).isoformat(), "reason": "逾期"} | wrong
    assert sign_in("olu").send(f"/groups/{group}/block", sent).status_code == 422
    assert rows.scalar(select(func.count(Standing.id))) == 0


@pytest.mark.parametrize("name", [*OUTSIDE, "ada"])
def test_nobody_else_finds_these_ways(sign_in: SignIn, rows: Session, group: str, name: str) -> None:
    browser = sign_in(name)
    for way in ("ties", "block", "block/lift"):
        assert browser.send(f"/groups/{group}/{way}", {"reason": "x"}).status_code == 404
    assert browser.send("/groups/bodies/new", BODY).status_code in {403, 404}
    assert rows.scalar(select(func.count(Conflict.id))) == 0
    assert rows.scalar(select(func.count(Organisation.id)).where(Organisation.kind == Kind.PARTNER)) == 0


def test_staff_enter_a_host_that_groups_can_then_name(sign_in: SignIn, inside: Inside, rows: Session) -> None:
    with inside():
        build_city()
    olu = sign_in("olu")
    assert "/groups/bodies/new" in olu.page("/groups")
    assert olu.send("/groups/bodies/new", BODY).status_code == 303
    body = rows.scalars(select(Organisation)).one()
    assert (body.kind, body.name["zh-Hans"], body.credit_code) == (
        Kind.HOST,
        "逢源街道社会组织服务中心",
        "52440103DEM000014G",
    )
    assert "逢源街道" in sign_in("ada").page("/groups/hosts?host_q=逢源")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name_zh": ""},
        {"credit_code": ""},
        {"credit_code": "123"},
        {"kind": "group"},
        {"legal_status": "filed"},
    ],
)
def test_a_body_that_cannot_be_is_explained(sign_in: SignIn, rows: Session, wrong: dict[str, str]) -> None:
    assert sign_in("olu").send("/groups/bodies/new", BODY | wrong).status_code == 422
    assert rows.scalar(select(func.count(Organisation.id))) == 0


def test_the_same_credit_code_is_not_entered_twice(sign_in: SignIn, rows: Session) -> None:
    olu = sign_in("olu")
    assert olu.send("/groups/bodies/new", BODY).status_code == 303
    assert olu.send("/groups/bodies/new", BODY | {"name_zh": "另一个"}).status_code == 422
    assert rows.scalar(select(func.count(Organisation.id))) == 1


def test_a_body_is_found_by_its_whole_name_its_code_or_a_part_that_is_its_own(
    sign_in: SignIn, inside: Inside
) -> None:
    olu = sign_in("olu")
    olu.send("/groups/bodies/new", BODY)
    olu.send(
        "/groups/bodies/new",
        BODY | {"kind": "partner", "name_zh": "逢源街道", "credit_code": "", "legal_status": "public_body"},
    )
    with inside(read_only=True):

        def called(name: str) -> str:
            found = queries.body_called(name)
            return found.name["zh-Hans"] if found else ""

        assert called("逢源街道") == "逢源街道"
        assert called(" 52440103dem000014g ") == "逢源街道社会组织服务中心"
        assert called("服务中心") == "逢源街道社会组织服务中心"
        assert called("逢源") == ""
        assert called("") == ""
        assert db.session.scalar(select(func.count(Organisation.id))) == 2

"""Groups through HTTP: registering on a phone without script, members, ledgers, and what strangers find."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.accounts.models import OneTimeToken
from grants.core import jobs, tokens
from grants.core.access_log import AccessEntry
from grants.organisations.models import Invitation, Membership, Organisation, StatusChange, Volunteer
from grants.reference import queries as reference
from tests.album import Photographed
from tests.cast import Browser, Cast
from tests.city import build_city

SignIn = Callable[[str], Browser]
Inside = Callable[..., AbstractContextManager[None]]
HOST_CODE = "52440103DEM000014G"
PHONE = "138\u00a00013\u00a08000"  # as a page shows it: never broken over two lines
STEPS: list[dict[str, Any]] = [
    {"name_zh": "西关敲门队", "service_fields": ["elderly"], "volunteers_registered": "12"},
    {"place_1": "440103", "place_2": "440103006"},
    {"legal_status": "unregistered"},
    {
        "host_name": "木棉服务中心",
        "host_credit_code": HOST_CODE,
        "contact_name": "陈慕兰",
        "contact_phone": "13800138000",
    },
]


@pytest.fixture(autouse=True)
def city(inside: Inside, photographed: Photographed) -> None:
    photographed(lambda: _city(inside))


def _city(inside: Inside) -> None:
    with inside():
        build_city()


def speciality(inside: Inside) -> str:
    with inside(read_only=True):
        row = reference.speciality_by_code("SP-CARE")
        assert row is not None
        return str(row.id)


def carried(page: str) -> dict[str, Any]:
    """What a step carries along unseen, as a browser sends it back."""
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page):
        found.setdefault(name, []).append(value)
    found.pop("csrf_token", None)
    return found


def register(client: Browser, inside: Inside) -> str:
    """All four steps; the public id of the group."""
    answers = [dict(step) for step in STEPS]
    answers[1]["speciality"] = speciality(inside)
    page = client.page("/groups/new")
    for number, typed in enumerate(answers, start=1):
        go = "finish" if number == 4 else "next"
        answer = client.send("/groups/new", {**carried(page), **typed, "go": go})
        page = answer.text
    assert answer.status_code == 303, page
    return str(answer.location).rpartition("/")[2]


def test_a_leader_registers_a_group_with_an_unknown_host_in_four_steps(
    sign_in: SignIn, inside: Inside, rows: Session, cast: Cast
) -> None:
    ada = sign_in("ada")
    public_id = register(ada, inside)
    group = rows.scalars(select(Organisation).where(Organisation.public_id == public_id)).one()
    host = rows.scalars(select(Organisation).where(Organisation.id == group.host_id)).one()
    assert (group.name, group.region_path) == ({"zh-Hans": "西关敲门队"}, "440100/440103/440103006")
    assert (host.credit_code, host.kind.value) == (HOST_CODE, "host")
    owner = rows.scalars(select(Membership)).one()
    assert (owner.user_id, owner.role.value, owner.organisation_id) == (cast.id("ada"), "owner", group.id)
    page = ada.page(f"/groups/{public_id}")
    assert "西关敲门队" in page
    assert PHONE in page


def test_a_host_and_a_group_that_said_little_have_a_page(
    sign_in: SignIn, inside: Inside, rows: Session
) -> None:
    """Only what must be filled in: no number of volunteers, no contact."""
    ada = sign_in("ada")
    sent = {**STEPS[0], **STEPS[1], **STEPS[2], **STEPS[3], "speciality": speciality(inside), "step": "4"}
    bare = sent | {"volunteers_registered": "", "contact_name": "", "contact_phone": "", "go": "finish"}
    answer = ada.send("/groups/new", bare)
    assert answer.status_code == 303
    ada.page(str(answer.location))
    for public_id in rows.scalars(select(Organisation.public_id)):
        for part in ("", "/members", "/volunteers", "/status", "/checklist", "/record"):
            sign_in("olu").page(f"/groups/{public_id}{part}")


def test_each_step_says_what_is_missing_and_keeps_what_was_typed(sign_in: SignIn, inside: Inside) -> None:
    ada = sign_in("ada")
    page = carried(ada.page("/groups/new"))
    answer = ada.send("/groups/new", {**page, "name_zh": "半个", "go": "next"})
    assert answer.status_code == 422
    assert "半个" in answer.text
    assert "Choose at least one field of service." in answer.text
    answer = ada.send("/groups/new", {**page, **STEPS[0], "go": "next"})
    assert answer.status_code == 200
    second = ada.send("/groups/new", {**carried(answer.text), "go": "next"})
    assert second.status_code == 422
    assert "Say where your group is at home" in second.text
    back = ada.send("/groups/new", {**carried(second.text), "go": "back"})
    assert 'value="西关敲门队"' in back.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"host_name": "", "host_credit_code": ""}, "Name a host"),
        ({"host_credit_code": "52440103DEM000014H"}, "Its last character does not fit"),
        ({"contact_phone": "call me"}, "This does not look like a phone number."),
        ({"service_fields": ["nothing"]}, "This choice is no longer offered."),
        ({"place_1": "440116", "place_2": ""}, "Say where your group is at home"),
    ],
)
def test_the_last_step_is_judged_whole(
    typed: dict[str, Any], said: str, sign_in: SignIn, inside: Inside, rows: Session
) -> None:
    answers = {**STEPS[0], **STEPS[1], **STEPS[2], **STEPS[3], **typed}
    sent = {**answers, "speciality": speciality(inside), "step": "4", "go": "finish"}
    answer = sign_in("ada").send("/groups/new", sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert rows.scalar(select(func.count()).select_from(Organisation)) == 0


def test_strangers_cannot_tell_whether_a_group_exists(sign_in: SignIn, inside: Inside) -> None:
    public_id = register(sign_in("ada"), inside)
    cy = sign_in("cy")
    for path in (
        "",
        "/edit",
        "/status",
        "/members",
        "/volunteers",
        "/volunteers/add",
        "/checklist",
        "/record",
    ):
        hidden, absent = cy.get(f"/groups/{public_id}{path}"), cy.get(f"/groups/AAAAAAAAAAAAAAAA{path}")
        assert (hidden.status_code, absent.status_code) == (404, 404), path
        assert re.sub("AAAAAAAAAAAAAAAA", public_id, absent.text) == hidden.text
        sent = cy.send(f"/groups/{public_id}{path}", {"go": "save"})
        assert sent.status_code in {404, 405}, path


def test_the_district_sees_its_own_groups_and_no_contact(sign_in: SignIn, inside: Inside) -> None:
    public_id = register(sign_in("ada"), inside)
    page = sign_in("di").page(f"/groups/{public_id}")
    assert PHONE not in page
    assert public_id in sign_in("di").page("/groups")


def test_staff_see_the_contact_and_that_is_remembered(
    sign_in: SignIn, inside: Inside, rows: Session, cast: Cast
) -> None:
    ada = sign_in("ada")
    public_id = register(ada, inside)
    ada.page(f"/groups/{public_id}")
    assert rows.scalars(select(AccessEntry)).all() == []
    rows.rollback()
    assert PHONE in sign_in("olu").page(f"/groups/{public_id}")
    entry = rows.scalars(select(AccessEntry)).one()
    assert (entry.actor_id, entry.what) == (cast.id("olu"), "contact")
    stored = (
        rows.connection()
        .exec_driver_sql("SELECT contact FROM organisation WHERE kind = 'group'")
        .scalar_one()
    )
    assert "13800138000" not in stored


def link_of(app: Flask, rows: Session) -> str:
    rows.rollback()
    token = rows.scalars(select(OneTimeToken).order_by(OneTimeToken.id.desc())).first()
    assert token is not None
    with app.app_context():
        return f"/join/{tokens.derived(token.purpose, token.nonce)}"


def mails(app: Flask) -> list[str]:
    """The texts of all mails, once what waits was done."""
    jobs.run_due(app)
    folder = Path(app.extensions["grants.settings"].mail_url.removeprefix("file:"))
    letters = [message_from_bytes(path.read_bytes(), policy=default) for path in folder.glob("*.eml")]
    return [part.get_content() for letter in letters if (part := letter.get_body(("plain",)))]


def test_a_member_is_invited_joins_by_the_link_once_and_works_here(
    sign_in: SignIn, inside: Inside, rows: Session, app: Flask, cast: Cast
) -> None:
    ada, bo = sign_in("ada"), sign_in("bo")
    public_id = register(ada, inside)
    members = f"/groups/{public_id}/members"
    assert ada.send(members, {"email": "no address", "role": "editor"}).status_code == 422
    assert ada.send(members, {"email": "Bo@Example.org", "role": "editor"}).status_code == 303
    link = link_of(app, rows)
    assert [link in mail for mail in mails(app)] == [True]
    assert "Sign in and join" in app.test_client().get(link, headers={"Accept-Language": "en"}).text
    assert bo.get(f"/groups/{public_id}").status_code == 404
    assert "西关敲门队" in bo.page(link)
    assert bo.send(link).status_code == 303
    assert bo.send(link).status_code == 404
    assert sign_in("cy").get(link).status_code == 404
    assert "Change the profile" in bo.page(f"/groups/{public_id}")
    assert bo.send(members, {"email": "x@example.org", "role": "owner"}).status_code == 403
    assert ada.send(members, {"email": "bo@example.org", "role": "viewer"}).status_code == 422
    rows.rollback()
    assert rows.scalar(select(func.count()).where(Invitation.accepted_at.isnot(None))) == 1


def test_the_lead_passes_with_two_confirmations(
    sign_in: SignIn, inside: Inside, rows: Session, cast: Cast, app: Flask
) -> None:
    ada, bo = sign_in("ada"), sign_in("bo")
    public_id = register(ada, inside)
    ada.send(f"/groups/{public_id}/members", {"email": "bo@example.org", "role": "viewer"})
    bo.send(link_of(app, rows))
    rows.rollback()
    bos = rows.scalars(select(Membership).where(Membership.user_id == cast.id("bo"))).one()
    own = rows.scalars(select(Membership).where(Membership.user_id == cast.id("ada"))).one()
    rows.rollback()
    assert ada.send(f"/groups/members/{own.public_id}/end").status_code == 422
    assert ada.send(f"/groups/members/{bos.public_id}/hand-over").status_code == 303
    assert ada.send(f"/groups/members/{bos.public_id}/hand-over").status_code == 409
    asked = re.search(r"/groups/hand-overs/(\w+)/accept", bo.page(f"/groups/{public_id}/members"))
    assert asked
    assert ada.send(f"/groups/hand-overs/{asked[1]}/accept").status_code == 403
    assert sign_in("cy").send(f"/groups/hand-overs/{asked[1]}/accept").status_code == 404
    assert bo.send(f"/groups/hand-overs/{asked[1]}/accept").status_code == 303
    assert bo.send(f"/groups/hand-overs/{asked[1]}/accept").status_code == 409
    rows.rollback()
    found = {
        row.user_id: row.role.value
        for row in rows.scalars(select(Membership).execution_options(populate_existing=True))
    }
    assert found == {cast.id("ada"): "editor", cast.id("bo"): "owner"}


def test_two_editors_of_a_profile_never_overwrite_each_other(
    sign_in: SignIn, inside: Inside, rows: Session
) -> None:
    ada = sign_in("ada")
    public_id = register(ada, inside)
    version = re.search(r'name="version"[^>]*value="(\d+)"', ada.page(f"/groups/{public_id}/edit"))
    assert version
    sent = {
        **STEPS[0],
        **STEPS[1],
        "speciality": speciality(inside),
        "version": version[1],
        "name_zh": "敲门队",
    }
    assert ada.send(f"/groups/{public_id}/edit", sent).status_code == 303
    assert ada.send(f"/groups/{public_id}/edit", {**sent, "name_zh": "旧的"}).status_code == 409
    group = rows.scalars(select(Organisation).where(Organisation.public_id == public_id)).one()
    assert group.name == {"zh-Hans": "敲门队"}


def test_a_registered_group_needs_no_host_and_its_code_is_its_own(
    sign_in: SignIn, inside: Inside, rows: Session
) -> None:
    ada = sign_in("ada")
    public_id = register(ada, inside)
    status = f"/groups/{public_id}/status"
    taken = ada.send(status, {"legal_status": "registered_ssa", "credit_code": HOST_CODE})
    assert taken.status_code == 422
    assert "is registered already" in taken.text
    sent = {"legal_status": "registered_ssa", "credit_code": "52440104 dem000022r"}
    assert ada.send(status, sent).status_code == 303
    group = rows.scalars(select(Organisation).where(Organisation.public_id == public_id)).one()
    assert (group.credit_code, group.host_id, group.payee_id) == ("52440104DEM000022R", None, group.id)
    assert {change.what for change in rows.scalars(select(StatusChange))} == {"legal_status", "host"}


def test_a_number_of_the_national_system_is_on_one_ledger_only(
    sign_in: SignIn, inside: Inside, rows: Session
) -> None:
    ada = sign_in("ada")
    public_id = register(ada, inside)
    person = {"name": "温启航", "number": "demo 1", "birth_year": "1965", "joined_on": "2017-02-11",
              "skills": "教学，心理"}  # fmt: skip
    add = f"/groups/{public_id}/volunteers/add"
    assert ada.send(add, person).status_code == 303
    again = ada.send(add, {**person, "name": "另一个", "number": "DEMO1"})
    assert again.status_code == 422
    assert "is on a ledger already" in again.text
    row = rows.scalars(select(Volunteer)).one()
    rows.rollback()
    assert (row.number, row.skills) == ("DEMO1", ["教学", "心理"])
    assert "DEMO1" not in sign_in("di").page(f"/groups/{public_id}/volunteers")
    assert "DEMO1" in sign_in("olu").page(f"/groups/{public_id}/volunteers")
    assert sign_in("olu").send(f"/volunteers/{row.public_id}", person).status_code == 404


@pytest.mark.parametrize(
    "typed", [{"birth_year": "12"}, {"joined_on": "2999-01-01"}, {"name": " "}, {"name": "长" * 41}]
)
def test_an_entry_that_cannot_be_is_explained(typed: dict[str, str], sign_in: SignIn, inside: Inside) -> None:
    ada = sign_in("ada")
    public_id = register(ada, inside)
    person = {"name": "温启航", "joined_on": "2017-02-11", **typed}
    assert ada.send(f"/groups/{public_id}/volunteers/add", person).status_code == 422


def test_officers_keep_the_record_and_others_do_not_find_the_page(sign_in: SignIn, inside: Inside) -> None:
    public_id = register(sign_in("ada"), inside)
    olu = sign_in("olu")
    record = f"/groups/{public_id}/record"
    olu.page(record)
    sent = {"star_level": "3", "assessment_grade": "3A", "assessment_until": "2028-12-31", "liaison": ""}
    assert olu.send(record, sent).status_code == 303
    assert olu.send(record, {**sent, "assessment_until": ""}).status_code == 422
    check = {"year": "2025", "result": "passed"}
    assert olu.send(f"/groups/{public_id}/annual-check", check).status_code == 303
    assert "3A" in olu.page(f"/groups/{public_id}")
    for name in ("ada", "di", "eve"):
        assert sign_in(name).get(record).status_code == 404


def test_the_pickers_answer_with_what_lies_below_and_what_was_found(sign_in: SignIn) -> None:
    ada = sign_in("ada")
    below = ada.page("/groups/places?place_1=440103")
    assert "Fengyuan" in below
    assert "Luogang" not in below
    assert 'value="440106006"' in ada.page("/groups/places?place_q=石牌")
    ada.page("/groups/places?place_1=nonsense&place_q=" + "x" * 3000)
    ada.page("/groups/hosts?host_q=%F0%9F%98%80")


def test_lists_and_trees_show_what_is_there(sign_in: SignIn, inside: Inside) -> None:
    public_id = register(sign_in("ada"), inside)
    olu = sign_in("olu")
    assert public_id in olu.page("/groups?q=敲门")
    assert public_id not in olu.page("/groups?legal_status=filed")
    assert "Liwan" in olu.page("/regions")
    assert re.search(r"at=440103006.*?>1<", olu.page("/regions?at=440103"), re.DOTALL)
    of_one = re.search(
        r'(/groups\?speciality=\d+)"[^<]*</a></th><[^>]+>1<', olu.page("/regions?axis=speciality")
    )
    assert of_one
    assert public_id in olu.page(of_one[1])
    with olu.get("/groups.csv") as answer:
        assert "西关敲门队" in answer.get_data().decode("utf-8-sig")
    assert "My groups" in sign_in("ada").page("/groups")
    assert "You belong to no group yet" in sign_in("cy").page("/groups")

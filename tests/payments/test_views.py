"""The pages of paying: who sees them, what they offer, and that hidden and absent answer alike."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.agreements.models import Grant
from grants.core import clock
from grants.core.db import db
from grants.core.policy import SYSTEM
from grants.organisations.actions.conflicts import note_conflict
from grants.organisations.fields import ConflictKind
from grants.organisations.models import Organisation
from grants.payments.fields import AccountState, TrancheState
from grants.payments.models import PayeeAccount, Payment, Tranche
from grants.payments.queries import accounts, tranches
from tests.cast import Browser
from tests.payments.grants_made import House
from tests.payments.steps import apply, pay_whole

Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]
Statements = Callable[[], AbstractContextManager[list[str]]]
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\nxref\n0 1\ntrailer<<>>\nstartxref\n9\n%%EOF\n"
STAFF = ["olu", "eve", "fay", "aud"]
OUTSIDE = ["cy", "gus", "di", "bea", "dee", "max"]


@pytest.fixture
def address(house: House, inside: Inside, grant: int) -> str:
    with inside():
        return f"/payments/{house.tranche(grant).public_id}"


def version(rows: Session, grant: int) -> int:
    return rows.scalars(select(Tranche.version).where(Tranche.grant_id == grant, Tranche.number == 1)).one()


@pytest.mark.parametrize("name", STAFF)
def test_staff_see_the_desk(sign_in: SignIn, grant: int, name: str) -> None:
    assert "¥20,000" in sign_in(name).page("/payments")


@pytest.mark.parametrize("name", [*OUTSIDE, "ada"])
def test_nobody_else_can_tell_that_there_is_a_desk(sign_in: SignIn, address: str, name: str) -> None:
    browser = sign_in(name)
    for path in ("/payments", "/payments/all", "/payments/all.csv"):
        browser.page(path, status=404)


@pytest.mark.parametrize("name", ["eve", "olu", "fay", "aud"])
def test_who_has_a_tie_to_the_group_neither_pays_it_nor_sees_its_money(
    house: House, inside: Inside, sign_in: SignIn, grant: int, address: str, name: str
) -> None:
    with inside():
        body = db.session.get_one(Grant, grant).organisation_id
        account = accounts.accounts_of(body)[0].public_id
        group = db.session.get_one(Organisation, body).public_id
        note_conflict(house.cast.id(name), body, kind=ConflictKind.FAMILY, by=SYSTEM, at=clock.now())
    browser = sign_in(name)
    for path in (address, f"/groups/{group}/account", f"/payments/accounts/{account}/number"):
        browser.page(path, status=404)
    for verb in ("apply", "approve", "pay", "send-back", "cancel"):
        assert browser.send(f"{address}/{verb}", {"version": "1"}).status_code == 404
    assert address not in browser.page("/payments") + browser.page("/payments/all")
    assert "¥20,000" not in browser.page("/payments")
    assert address in sign_in("eve2").page("/payments")


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_hidden_tranche_answers_like_one_that_is_not(sign_in: SignIn, address: str, name: str) -> None:
    browser = sign_in(name)
    hidden, absent = browser.page(address, status=404), browser.page("/payments/0000000000000000", status=404)
    blank = hidden.replace(address, "")
    assert blank == absent.replace("/payments/0000000000000000", "")
    for verb in ("apply", "approve", "pay", "acknowledge", "cancel", "send-back"):
        assert browser.send(f"{address}/{verb}", {"version": "1"}).status_code == 404


def test_the_group_sees_its_tranche_without_the_names_of_staff(
    house: House, inside: Inside, sign_in: SignIn, grant: int, address: str
) -> None:
    with inside():
        apply(house, grant)
    page = sign_in("ada").page(address)
    assert "the foundation" in page
    assert "Olu" not in page
    assert "Olu" in sign_in("eve").page(address)


def test_the_whole_way_through_the_pages(sign_in: SignIn, rows: Session, grant: int, address: str) -> None:
    def send(name: str, verb: str, **more: str) -> int:
        rows.rollback()
        data = {"version": str(version(rows, grant)), **more}
        return sign_in(name).send(f"{address}/{verb}", data, from_page=address).status_code

    assert send("olu", "apply") == 303
    assert send("eve", "approve") == 303
    receipt = {"paid_on": f"{clock.today():%Y-%m-%d}", "receipt_type": "invoice", "receipt_number": "发票001"}
    assert send("eve", "pay", **receipt) == 403
    assert send("eve2", "pay", **{**receipt, "receipt_number": ""}) == 422
    assert send("eve2", "pay", **{**receipt, "paid_on": "no day"}) == 422
    assert send("eve2", "pay", **receipt) == 303
    assert send("olu", "acknowledge") == 403
    assert send("ada", "acknowledge") == 303
    rows.rollback()
    payment = rows.scalars(select(Payment)).one()
    assert payment.receipt_number == "发票001"
    assert payment.acknowledged_at is not None


def test_an_old_page_moves_nothing(
    house: House, inside: Inside, sign_in: SignIn, rows: Session, grant: int, address: str
) -> None:
    seen = str(version(rows, grant))
    with inside():
        apply(house, grant)
    answer = sign_in("eve").send(f"{address}/approve", {"version": seen}, from_page=address)
    assert answer.status_code == 409
    again = sign_in("otis").send(f"{address}/apply", {"version": seen}, from_page=address)
    assert again.status_code == 409
    rows.rollback()
    states = rows.scalars(select(Tranche.state).where(Tranche.grant_id == grant).order_by(Tranche.number))
    assert states.first() is TrancheState.APPLIED


@pytest.mark.parametrize("version", ["", "x", "-1", "９", "9" * 12, "1\x00"])
def test_a_strange_version_is_refused_and_not_a_fault(sign_in: SignIn, address: str, version: str) -> None:
    answer = sign_in("olu").send(f"{address}/apply", {"version": version}, from_page=address)
    assert answer.status_code in {409, 422}


@pytest.mark.parametrize("name", ["aud", "ada"])
def test_readers_have_no_buttons(sign_in: SignIn, address: str, name: str) -> None:
    page = sign_in(name).page(address)
    assert "Apply for" not in page
    assert "Do not pay this part" not in page


def test_a_reason_is_required_and_what_was_typed_stays(
    house: House, inside: Inside, sign_in: SignIn, rows: Session, grant: int, address: str
) -> None:
    with inside():
        apply(house, grant)
    rows.rollback()
    data = {"back-version": str(version(rows, grant)), "back-reason": ""}
    answer = sign_in("eve").send(f"{address}/send-back", data, from_page=address)
    assert answer.status_code == 422
    data["back-reason"] = "长" * 501
    answer = sign_in("eve").send(f"{address}/send-back", data, from_page=address)
    assert answer.status_code == 422
    assert "长" * 501 in answer.text


def test_what_holds_is_named_on_the_desk(house: House, inside: Inside, sign_in: SignIn) -> None:
    with inside():
        house.sign(house.promise(house.group()))
    page = sign_in("olu").page("/payments")
    assert "The payee has no confirmed account." in page


def test_the_desk_costs_the_same_for_one_and_for_many(
    house: House, inside: Inside, sign_in: SignIn, statements: Statements, grant: int
) -> None:
    browser = sign_in("eve")
    with statements() as one:
        browser.page("/payments")
    with inside():
        for _ in range(4):
            group = house.group()
            house.account(group)
            house.sign(house.promise(group))
        pay_whole(house, grant)
    with statements() as many:
        browser.page("/payments")
    assert len(many) <= len(one) + 4  # piles that were empty before
    assert len(many) <= 20


def test_the_twin_in_sql_agrees_with_the_table(house: House, inside: Inside, grant: int) -> None:
    from grants.core.policy import permits

    with inside():
        hosted = house.promise(house.group("夜谈", host=house.group("代管", leader="bo"), leader="cy"))
        house.sign(hosted)
        house.sign(house.promise(house.group("他组", leader="dee")))
    with inside(read_only=True):
        every = db.session.scalars(select(Tranche).options(*tranches.WHOLE)).all()
        for name in ("ada", "bo", "cy", "dee", "eve", "fay", "olu", "gus", "aud", "di", "bea", "max"):
            actor = house.actor(name)
            visible = {row.id for row in db.session.scalars(tranches.visible_to(actor))}
            assert visible == {row.id for row in every if permits(actor, "payment.view", row)}, name
            of_staff = {row.id for row in db.session.scalars(tranches.staff_visible_to(actor))}
            assert of_staff == {row.id for row in every if permits(actor, "payment.staff", row)}, name


def test_an_account_is_named_through_the_page(
    house: House, inside: Inside, sign_in: SignIn, rows: Session
) -> None:
    with inside():
        body = db.session.get_one(Organisation, house.group())
        page = f"/groups/{body.public_id}/account"
    ada = sign_in("ada")
    wrong = {"holder_name": "陈慕兰", "bank": "示例银行", "number": "6222 0000 1234 1234"}
    answer = ada.send(page, {**wrong, "proof": (io.BytesIO(PDF), "proof.pdf")}, from_page=page)
    assert answer.status_code == 422
    assert "示例银行" in answer.text
    answer = ada.send(page, {**wrong, "proof": (io.BytesIO(b"MZ\x90"), "proof.pdf")}, from_page=page)
    assert answer.status_code == 422
    right = {**wrong, "holder_name": "木棉暖巷", "proof": (io.BytesIO(PDF), "proof.pdf")}
    assert ada.send(page, right, from_page=page).status_code == 303
    account = rows.scalars(select(PayeeAccount)).one()
    assert account.state is AccountState.PROPOSED
    assert "6222000012341234" not in ada.page(page)
    confirm = f"/payments/accounts/{account.public_id}/confirm"
    assert ada.send(confirm, from_page=page).status_code == 403
    assert sign_in("eve").send(confirm, from_page=page).status_code == 303
    rows.rollback()
    assert rows.get_one(PayeeAccount, account.id).state is AccountState.CONFIRMED


@pytest.mark.parametrize("name", OUTSIDE)
def test_the_account_page_is_hidden_from_others(
    house: House, inside: Inside, sign_in: SignIn, name: str
) -> None:
    with inside():
        body = db.session.get_one(Organisation, house.group())
        page = f"/groups/{body.public_id}/account"
    sign_in(name).page(page, status=404)


def test_an_export_holds_what_is_shown(house: House, inside: Inside, sign_in: SignIn, grant: int) -> None:
    text = sign_in("aud").get("/payments/all.csv?state=payable").text
    assert "20000.00" in text
    assert "16000.00" not in text


def test_settings_are_the_directors(sign_in: SignIn, house: House) -> None:
    data = {"waiting_days": "5", "paying_days": "15", "version": "0"}
    assert sign_in("eve").send("/payments/settings", data, from_page="/payments/settings").status_code == 403
    fay = sign_in("fay")
    assert fay.send("/payments/settings", data, from_page="/payments/settings").status_code == 303
    assert fay.send("/payments/settings", data, from_page="/payments/settings").status_code == 409
    assert 'value="5"' in fay.page("/payments/settings")

"""The account money goes to: named with proof, confirmed by another, waits, and never shows its number by the way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grants.core.access_log import AccessEntry
from grants.core.audit import AuditEntry
from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken
from grants.documents.actions import Spooled
from grants.messaging.announcements.payments import TELLS
from grants.organisations.models import Organisation
from grants.payments.actions import accounts
from grants.payments.fields import AccountState
from grants.payments.models import PayeeAccount
from grants.payments.queries import accounts as queries
from tests.cast import Browser
from tests.payments.grants_made import AT, House
from tests.payments.steps import apply, approve, pay, refused

Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]
NUMBER = "6222000088887777"


def proof(key: int = 1) -> Spooled:
    return Spooled("开户许可证.pdf", "application/pdf", 10, "0" * 64, f"202605/{key:032}")


def name_account(house: House, body_id: int, *, by: str = "ada", **given: object) -> PayeeAccount:
    body = queries.organisation(db.session.get_one(Organisation, body_id).public_id)
    values = {"holder_name": "木棉暖巷", "bank": "示例银行", "number": NUMBER, "proof": proof(), **given}
    return accounts.propose(body, **values, by=house.actor(by), at=AT)  # type: ignore[arg-type]


@pytest.fixture
def group(house: House, inside: Inside) -> int:
    with inside():
        return house.group()


def test_a_leader_names_an_account_and_finance_confirms_it(
    house: House, inside: Inside, rows: Session, group: int
) -> None:
    with inside():
        account_id = name_account(house, group).id
    with inside():
        accounts.confirm(
            db.session.get_one(PayeeAccount, account_id, options=queries.WHOLE), by=house.actor("eve"), at=AT
        )
    account = rows.get_one(PayeeAccount, account_id)
    assert (account.state, account.usable_from) == (AccountState.CONFIRMED, date(2026, 5, 11))
    assert (account.number, account.masked) == (NUMBER, "•••• 7777")


def test_the_number_is_nowhere_in_the_clear(house: House, inside: Inside, rows: Session, group: int) -> None:
    with inside():
        name_account(house, group)
    kept = rows.execute(text("SELECT number FROM payee_account")).scalars().one()
    assert NUMBER not in kept
    written = [str(row.after) for row in rows.scalars(select(AuditEntry))]
    assert not [line for line in written if NUMBER in line]
    facts = rows.execute(text("SELECT payload FROM job")).scalars().all()
    assert not [fact for fact in facts if NUMBER in str(fact)]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"holder_name": "陈慕兰"}, "holder_name"),
        ({"holder_name": "木棉暖巷 "}, None),
        ({"holder_name": "kapok 1"}, None),
        ({"bank": " "}, "bank"),
        ({"number": "12345"}, "number"),
        ({"number": "6222 0000 8888 7777"}, None),
        ({"number": "６２２２0000" + "x"}, "number"),
        ({"number": "1" * 31}, "number"),
        ({"proof": None}, "proof"),
    ],
)
def test_what_an_account_must_be(
    house: House, inside: Inside, group: int, given: dict[str, object], field: str | None
) -> None:
    if field is None:
        with inside():
            name_account(house, group, **given)
        return
    with pytest.raises(RulesBroken) as broken, inside():
        name_account(house, group, **given)
    assert [violation.field for violation in broken.value.violations] == [field]


def test_the_hosts_name_will_do_and_a_strangers_will_not(house: House, inside: Inside, group: int) -> None:
    with inside():
        body = db.session.get_one(Organisation, group)
        body.host_id = house.group("代管中心", leader="bo")
    with inside():
        name_account(house, group, holder_name="代管中心")


def test_a_group_without_legal_person_names_none(house: House, inside: Inside, group: int) -> None:
    with inside():
        hosted = house.group("夜谈小组", host=group)
    with pytest.raises(RulesBroken) as broken, inside():
        name_account(house, hosted, holder_name="木棉暖巷")
    assert refused(broken) == ["no_legal_person"]


@pytest.mark.parametrize("name", ["cy", "olu", "gus", "aud", "fay", "di"])
def test_nobody_else_names_one(house: House, inside: Inside, group: int, name: str) -> None:
    with pytest.raises(Forbidden), inside():
        name_account(house, group, by=name)


def test_whoever_named_it_cannot_confirm_it(house: House, inside: Inside, rows: Session, group: int) -> None:
    with inside():
        account_id = name_account(house, group, by="eve").id
    for name in ("eve", "ada", "olu", "fay"):
        with pytest.raises(Forbidden), inside():
            account = db.session.get_one(PayeeAccount, account_id, options=queries.WHOLE)
            accounts.confirm(account, by=house.actor(name), at=AT)
    assert rows.get_one(PayeeAccount, account_id).state is AccountState.PROPOSED


def test_the_database_knows_the_second_person_too(house: House, inside: Inside, group: int) -> None:
    with inside():
        account_id = name_account(house, group, by="eve").id
    with pytest.raises(IntegrityError), inside():
        db.session.execute(
            text("UPDATE payee_account SET confirmed_by_id = proposed_by_id WHERE id = :id"),
            {"id": account_id},
        )


def test_one_is_confirmed_and_the_one_before_retired(
    house: House, inside: Inside, rows: Session, group: int
) -> None:
    with inside():
        first = house.account(group).id
    with inside():
        second = name_account(house, group).id
    with inside():
        account = db.session.get_one(PayeeAccount, second, options=queries.WHOLE)
        accounts.confirm(account, by=house.actor("eve"), at=AT)
    assert rows.get_one(PayeeAccount, first).state is AccountState.RETIRED
    assert rows.get_one(PayeeAccount, second).state is AccountState.CONFIRMED


def test_two_proposals_do_not_stand_side_by_side(house: House, inside: Inside, group: int) -> None:
    with inside():
        name_account(house, group)
    with pytest.raises(RulesBroken) as broken, inside():
        name_account(house, group, proof=proof(2))
    assert refused(broken) == ["one_at_a_time"]


def test_a_refused_account_says_why_and_makes_room(
    house: House, inside: Inside, rows: Session, group: int
) -> None:
    with inside():
        account = name_account(house, group)
        accounts.refuse(account, reason="户名与证明不符", by=house.actor("eve"), at=AT)
        account_id = account.id
        name_account(house, group, proof=proof(2))
    assert rows.get_one(PayeeAccount, account_id).answer == "户名与证明不符"
    with pytest.raises(IllegalTransition), inside():
        old = db.session.get_one(PayeeAccount, account_id, options=queries.WHOLE)
        accounts.confirm(old, by=house.actor("eve"), at=AT)


def test_a_new_account_waits_and_two_people_may_shorten_it(
    house: House, inside: Inside, rows: Session, group: int
) -> None:
    soon = AT + timedelta(hours=1)
    with inside():
        account_id = house.account(group).id
        grant = house.promise(group)
        house.sign(grant)
        grant_id = grant.id
    with pytest.raises(RulesBroken) as broken, inside():
        apply(house, grant_id, at=soon)
    assert refused(broken) == ["new_account"]
    with inside():
        account = db.session.get_one(PayeeAccount, account_id, options=queries.WHOLE)
        accounts.ask_early(account, reason="活动明天开始", by=house.actor("eve"), at=soon)
    for name in ("eve", "ada", "olu"):
        with pytest.raises(Forbidden), inside():
            account = db.session.get_one(PayeeAccount, account_id, options=queries.WHOLE)
            accounts.agree_early(account, by=house.actor(name), at=soon)
    with inside():
        account = db.session.get_one(PayeeAccount, account_id, options=queries.WHOLE)
        accounts.agree_early(account, by=house.actor("fay"), at=soon)
    with inside():
        apply(house, grant_id, at=soon)
    assert rows.get_one(PayeeAccount, account_id).early_agreed_by_id == house.cast.id("fay")


def test_nobody_agrees_to_what_nobody_asked(house: House, inside: Inside, group: int) -> None:
    with pytest.raises(RulesBroken), inside():
        accounts.agree_early(house.account(group), by=house.actor("fay"), at=AT)


def test_an_account_changed_in_between_stops_the_payment(house: House, inside: Inside, grant: int) -> None:
    with inside():
        apply(house, grant)
        approve(house, grant)
        group = house.tranche(grant).grant.organisation_id
        house.account(group, number="6222000011112222")
    with pytest.raises(RulesBroken) as broken, inside():
        pay(house, grant)
    assert refused(broken) == ["account_changed"]


def test_the_waiting_days_are_the_foundations(
    house: House, inside: Inside, rows: Session, group: int
) -> None:
    with inside():
        accounts.change_settings(waiting_days=0, paying_days=5, version=0, by=house.actor("fay"), at=AT)
        account_id = house.account(group).id
    assert rows.get_one(PayeeAccount, account_id).usable_from == date(2026, 5, 7)
    with pytest.raises(Forbidden), inside():
        accounts.change_settings(waiting_days=0, paying_days=5, version=1, by=house.actor("eve"), at=AT)


def test_every_leader_is_told_and_the_namer_is_not_asked_to_confirm(
    house: House, inside: Inside, group: int
) -> None:
    fact = {
        "organisation_id": group,
        "organisation": "x",
        "number_end": "7777",
        "proposed_by_id": house.cast.id("eve"),
    }
    with inside(read_only=True):
        leaders, finance = (list(tell.who(fact)) for tell in TELLS["PayeeAccountProposed"])
    assert leaders == [house.cast.id("ada")]
    assert finance == [house.cast.id("eve2")]


def test_looking_at_the_number_is_kept(
    house: House, inside: Inside, rows: Session, sign_in: SignIn, group: int
) -> None:
    with inside():
        account = house.account(group)
        address, account_id = f"/payments/accounts/{account.public_id}/number", account.id
    assert "6222000012341234" in sign_in("aud").page(address)
    look = rows.scalars(select(AccessEntry)).one()
    assert (look.what, look.subject_id, look.actor_id) == ("account_number", account_id, house.cast.id("aud"))


@pytest.mark.parametrize("name", ["cy", "olu", "gus", "di", "bea"])
def test_others_cannot_tell_whether_there_is_a_number(
    house: House, inside: Inside, sign_in: SignIn, group: int, name: str
) -> None:
    with inside():
        address = f"/payments/accounts/{house.account(group).public_id}/number"
    hidden = sign_in(name).get(address)
    absent = sign_in(name).get("/payments/accounts/0000000000000000/number")
    assert (hidden.status_code, absent.status_code) == (404, 404)

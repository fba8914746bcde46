"""Two people do the same at the same moment: one of them wins, the other is told, and nothing happens twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.agreements.models import Grant
from grants.core import clock
from grants.core.db import db
from grants.funds.fields import EntryKind
from grants.funds.models import LedgerTransaction
from grants.payments.actions import accounts, tranches
from grants.payments.fields import AccountState
from grants.payments.models import PayeeAccount, Payment, Tranche
from grants.payments.queries import accounts as queries
from grants.projects.actions import findings
from grants.projects.fields import Severity
from grants.projects.queries.projects import project_of_grant
from grants.projects.rules import FindingTerms
from tests.at_once import overlap
from tests.cast import Browser
from tests.payments.grants_made import USABLE, House
from tests.payments.steps import LATER, PAID, apply, approve

Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]
PAID_TO = select(PayeeAccount.public_id).where(PayeeAccount.state == AccountState.CONFIRMED)
WRONG = FindingTerms(
    severity=Severity.SERIOUS,
    title="签领表缺失",
    action="补齐签领表",
    owner_name="邓青山",
    found_on=date(2026, 5, 12),
    due_on=date(2026, 5, 30),
)


def at_once(browsers: list[Browser], address: str, data: Mapping[str, str], page: str) -> list[int]:
    tokens = [browser.csrf(page) for browser in browsers]
    gun, statuses = threading.Barrier(len(browsers)), []

    def run(browser: Browser, token: str) -> None:
        gun.wait(timeout=20)
        answer = browser.post(address, data={**data, "csrf_token": token})
        statuses.append(answer.status_code)

    runners = [threading.Thread(target=run, args=pair) for pair in zip(browsers, tokens, strict=True)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(timeout=60)
    return sorted(statuses)


def movements(rows: Session, kind: EntryKind) -> int:
    rows.rollback()
    return rows.scalar(select(func.count()).where(LedgerTransaction.kind == kind)) or 0


def seen(rows: Session, grant: int) -> tuple[str, str]:
    rows.rollback()
    found = rows.scalars(select(Tranche).where(Tranche.grant_id == grant, Tranche.number == 1)).one()
    return f"/payments/{found.public_id}", str(found.version)


def test_two_apply_at_once(sign_in: SignIn, rows: Session, grant: int) -> None:
    page, version = seen(rows, grant)
    statuses = at_once([sign_in("olu"), sign_in("otis")], f"{page}/apply", {"version": version}, page)
    assert statuses == [303, 409]
    rows.rollback()
    assert len(rows.scalars(select(Payment)).all()) == 1


def test_two_approve_at_once(
    house: House, inside: Inside, sign_in: SignIn, rows: Session, grant: int
) -> None:
    with inside():
        apply(house, grant)
    page, version = seen(rows, grant)
    statuses = at_once([sign_in("eve"), sign_in("fay")], f"{page}/approve", {"version": version}, page)
    assert statuses == [303, 409]
    assert movements(rows, EntryKind.PAYABLE) == 1


def test_two_pay_at_once(house: House, inside: Inside, sign_in: SignIn, rows: Session, grant: int) -> None:
    with inside():
        apply(house, grant)
        approve(house, grant)
    page, version = seen(rows, grant)
    data = {
        "version": version,
        "paid_on": f"{clock.today():%Y-%m-%d}",
        "receipt_type": "invoice",
        "receipt_number": "发票001",
    }
    statuses = at_once([sign_in("eve2"), sign_in("fay")], f"{page}/pay", data, page)
    assert statuses == [303, 409]
    assert movements(rows, EntryKind.PAYMENT) == 1


def test_no_payment_is_approved_beside_a_finding_that_holds_it(
    app: Flask, house: House, inside: Inside, rows: Session, grant: int
) -> None:
    with inside():
        apply(house, grant)
    olu, eve = house.cast.actor("olu"), house.cast.actor("eve")

    def find() -> None:
        found = project_of_grant(grant)
        assert found is not None
        findings.open_finding(found, WRONG, by=olu, at=USABLE)

    outcomes = overlap(app, find, lambda: tranches.approve(house.tranche(grant), by=eve, at=USABLE))
    assert outcomes == ("done", "RulesBroken")
    assert movements(rows, EntryKind.PAYABLE) == 0


def test_no_payment_is_made_to_an_account_that_is_being_retired(
    app: Flask, house: House, inside: Inside, rows: Session, grant: int
) -> None:
    with inside():
        apply(house, grant)
        approve(house, grant)
    eve, fay, account = house.cast.actor("eve2"), house.cast.actor("eve"), rows.scalars(PAID_TO).one()
    rows.rollback()
    outcomes = overlap(
        app,
        lambda: accounts.retire(queries.by_public_id(account), by=fay, at=LATER),
        lambda: tranches.pay(house.tranche(grant), by=eve, at=LATER, **PAID),
    )
    assert outcomes == ("done", "RulesBroken")
    assert movements(rows, EntryKind.PAYMENT) == 0


def test_one_receipt_pays_one_tranche(
    app: Flask, house: House, inside: Inside, rows: Session, grant: int
) -> None:
    with inside():
        payee = db.session.get_one(Grant, grant).organisation_id
        other = house.promise(payee)
        house.sign(other)
        second = other.id
    for each in (grant, second):
        with inside():
            apply(house, each)
            approve(house, each)
    eve = house.cast.actor("eve2")
    outcomes = overlap(
        app,
        lambda: tranches.pay(house.tranche(grant), by=eve, at=LATER, **PAID),
        lambda: tranches.pay(house.tranche(second), by=eve, at=LATER, **PAID),
    )
    assert outcomes == ("done", "RulesBroken")
    assert movements(rows, EntryKind.PAYMENT) == 1


def test_what_is_cancelled_is_not_paid(
    app: Flask, house: House, inside: Inside, rows: Session, grant: int
) -> None:
    with inside():
        apply(house, grant)
        approve(house, grant)
    eve, fay = house.cast.actor("eve2"), house.cast.actor("fay")
    outcomes = overlap(
        app,
        lambda: tranches.cancel(house.tranche(grant), reason="没有用上", by=fay, at=LATER),
        lambda: tranches.pay(house.tranche(grant), by=eve, at=LATER, **PAID),
    )
    assert outcomes == ("done", "IllegalTransition")
    assert movements(rows, EntryKind.PAYMENT) == 0
    assert movements(rows, EntryKind.RELEASE) == 1

"""Two people do the same at the same moment: one of them wins, the other is told, and nothing happens twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core import clock
from grants.funds.fields import EntryKind
from grants.funds.models import LedgerTransaction
from grants.payments.models import Payment, Tranche
from tests.cast import Browser
from tests.payments.grants_made import House
from tests.payments.steps import apply, approve

Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]


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

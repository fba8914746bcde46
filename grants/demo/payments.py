"""The demo's payments as steps in time: accounts named and confirmed by two, tranches paid by two more, acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from grants.agreements import queries as agreements
from grants.core import clock
from grants.core.db import db
from grants.demo.evidence import proof_of_account
from grants.demo.organisations import People
from grants.demo.timeline import Step, play
from grants.documents.actions import Spooled
from grants.organisations.models import Organisation
from grants.payments.actions import accounts
from grants.payments.actions import tranches as actions
from grants.payments.fields import ReceiptType
from grants.payments.models import Tranche
from grants.payments.queries import accounts as account_queries
from grants.payments.queries import tranches as queries

Data = Mapping[str, Any]
NAMED, CONFIRMED = time(20, 30), time(10, 20)
APPLIED, APPROVED, PAID, ARRIVED = time(9, 40), time(15, 30), time(10), time(16, 10)
BEFORE_SIGNING = timedelta(days=14)
BANK = "示例银行广州分行"
# Paid on the day before the demo begins: these groups have not looked at their account yet.
SILENT = frozenset({("P06", 2), ("P07", 2)})


def load_accounts(data: Data, *, people: People) -> None:
    """The account of everybody who will be paid, named by its leader with proof, confirmed by finance.

    Opens its own units of work: the proofs are drawn and stored before them.
    """
    payees = {row["payee_group_id"]: row["agreement"]["signed_on"] for row in reversed(data["projects"])}
    names = {row["id"]: row["name_zh"] for row in data["groups"]}
    steps: list[Step] = []
    for place, (key, signed_on) in enumerate(sorted(payees.items()), start=1):
        number = f"6200000000000{place:03}"
        proof = proof_of_account(names[key], BANK, number)
        day = date.fromisoformat(signed_on) - BEFORE_SIGNING
        steps.append(Step(_on(day, NAMED), _name(key, names[key], number, proof, people)))
        steps.append(Step(_on(day + timedelta(days=1), CONFIRMED), _confirm(names[key], people)))
    play(steps)


def payment_steps(data: Data, made: Mapping[str, str], *, people: People) -> list[Step]:
    """Every payment of the data, and what was approved and not yet paid; `made` are the agreements."""
    grants = {key: agreements.by_public_id(public_id).grant_id for key, public_id in made.items()}
    steps = [step for row in data["payments"] for step in _paid(row, grants[row["project_id"]], data, people)]
    for row in data["projects"]:
        for part in row["tranches"]:
            if part["status"] == "approved":
                steps += _approved(part, grants[row["id"]], people)
    return steps


def _on(day: date, wall: time) -> datetime:
    return clock.at_local(day, wall)


def _body(name: str) -> Organisation:
    public_id = db.session.scalars(
        select(Organisation.public_id).where(Organisation.name["zh-Hans"].as_string() == name)
    ).one()
    return account_queries.organisation(public_id)


def _name(key: str, name: str, number: str, proof: Spooled, people: People) -> Callable[[datetime], object]:
    def act(at: datetime) -> None:
        leader = people.actor(key)
        body = _body(name)
        accounts.propose(body, holder_name=name, bank=BANK, number=number, proof=proof, by=leader, at=at)

    return act


def _confirm(name: str, people: People) -> Callable[[datetime], object]:
    def act(at: datetime) -> None:
        account = account_queries.proposed_account(_body(name).id)
        if account is not None:
            accounts.confirm(account, by=people.actor("finance"), at=at)

    return act


def _tranche(grant_id: int, number: int) -> Tranche:
    return next(row for row in queries.tranches_of(grant_id) if row.number == number)


def _paid(row: Data, grant_id: int, data: Data, people: People) -> Iterator[Step]:
    """Applied for the day before, approved in the afternoon, paid in the morning, confirmed before evening."""
    day, number = date.fromisoformat(row["paid_on"]), row["tranche"]
    yield Step(_on(day - timedelta(days=1), APPLIED), _apply(grant_id, number, row["applied_by"], people))
    yield Step(_on(day - timedelta(days=1), APPROVED), _approve(grant_id, number, row["approved_by"], people))

    def pay(at: datetime) -> None:
        given = {"receipt_type": ReceiptType.DONATION_RECEIPT, "receipt_number": row["receipt_no"]}
        actions.pay(_tranche(grant_id, number), paid_on=day, **given, by=people.actor("finance2"), at=at)

    def acknowledge(at: datetime) -> None:
        project = next(each for each in data["projects"] if each["id"] == row["project_id"])
        actions.acknowledge(_tranche(grant_id, number), by=people.actor(project["group_id"]), at=at)

    yield Step(_on(day, PAID), pay)
    if (row["project_id"], number) not in SILENT:
        yield Step(_on(day, ARRIVED), acknowledge)


def _approved(part: Data, grant_id: int, people: People) -> Iterator[Step]:
    """Both people have said yes; the money leaves on another day."""
    day = date.fromisoformat(part["due"])
    yield Step(_on(day, APPLIED), _apply(grant_id, part["no"], "officer2", people))
    yield Step(_on(day, APPROVED), _approve(grant_id, part["no"], "finance", people))


def _apply(grant_id: int, number: int, who: str, people: People) -> Callable[[datetime], object]:
    return lambda at: actions.apply(_tranche(grant_id, number), by=people.actor(who), at=at)


def _approve(grant_id: int, number: int, who: str, people: People) -> Callable[[datetime], object]:
    return lambda at: actions.approve(_tranche(grant_id, number), by=people.actor(who), at=at)

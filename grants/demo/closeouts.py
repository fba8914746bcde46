"""The demo's close-outs as steps in time: accounts, money returned, one project graded and closed, one settled early."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from grants.agreements import queries as agreements
from grants.closeouts import queries
from grants.closeouts.actions import closing
from grants.closeouts.fields import Dimension, Source
from grants.closeouts.models import Closeout
from grants.core import clock
from grants.core.money import Money
from grants.demo.organisations import People
from grants.demo.timeline import Step

Data = Mapping[str, Any]
EVENING, NOON, AFTERNOON, LAST = time(21, 30), time(11), time(16), time(17, 30)
SETTLING = timedelta(days=8)


def closeout_steps(data: Data, made: Mapping[str, str], *, people: People) -> list[Step]:
    """What the data says of ends; `made` are the agreements. The close-outs themselves open with the projects' end."""
    grants = {key: agreements.by_public_id(public_id).grant_id for key, public_id in made.items()}
    steps: list[Step] = []
    for row in data["projects"]:
        if "closeout" in row:
            steps += _closed(row, grants[row["id"]], data, people)
        if "termination" in row:
            steps += _settled(row, grants[row["id"]], people)
    return steps


def _on(day: str | date, wall: time) -> datetime:
    return clock.at_local(date.fromisoformat(day) if isinstance(day, str) else day, wall)


def _of(grant_id: int) -> Closeout:
    found = queries.of_grant(grant_id)
    if found is None:
        raise LookupError(f"the grant {grant_id} has no close-out")
    return found


def _closed(row: Data, grant_id: int, data: Data, people: People) -> Iterator[Step]:
    told, leader = row["closeout"], row["group_id"]
    account: dict[str, Money] = defaultdict(lambda: Money(0))
    for line in data["expenses"]:
        if line["project_id"] == row["id"]:
            account[line["category"]] += Money.yuan(line["amount"])
    last_paid = max(each["paid_on"] for each in data["payments"] if each["project_id"] == row["id"])
    yield Step(_on(told["final_report_on"], EVENING), _account(grant_id, account, leader, people))
    back = Money.yuan(told["leftover_returned"])
    yield Step(_on(told["returned_on"], NOON), _come_back(grant_id, back, told["returned_on"], people))
    yield Step(_on(told["accepted_on"], AFTERNOON), _evaluate(grant_id, told, row["officer_id"], people))
    yield Step(_on(last_paid, LAST), _close(grant_id, row["officer_id"], people))


def _settled(row: Data, grant_id: int, people: People) -> Iterator[Step]:
    """After a termination: what was accepted as spent, and the rest back."""
    told = row["termination"]
    account = {queries.WHOLE_SUM: Money.yuan(told["accepted_spending"])}
    stopped, returned = date.fromisoformat(told["on"]), date.fromisoformat(told["returned_on"])
    yield Step(_on(stopped + SETTLING, EVENING), _account(grant_id, account, row["group_id"], people))
    yield Step(
        _on(returned, NOON), _come_back(grant_id, Money.yuan(told["to_return"]), told["returned_on"], people)
    )
    yield Step(_on(returned + timedelta(days=1), LAST), _close(grant_id, row["officer_id"], people))


def _account(
    grant_id: int, account: Mapping[str, Money], leader: str, people: People
) -> Callable[[datetime], object]:
    words = "支出明细已向成员公布，凭证原件存本组织备查。"
    return lambda at: closing.submit_account(
        _of(grant_id), account=account, words=words, by=people.actor(leader), at=at
    )


def _come_back(grant_id: int, amount: Money, day: str, people: People) -> Callable[[datetime], object]:
    return lambda at: closing.record_return(
        _of(grant_id),
        amount=amount,
        received_on=date.fromisoformat(day),
        reference="",
        by=people.actor("finance"),
        at=at,
    )


def _evaluate(grant_id: int, told: Data, officer: str, people: People) -> Callable[[datetime], object]:
    """The data has the four points of staff; nobody else was asked."""
    points = {Dimension(item["key"]): Decimal(str(item["score"])) for item in told["evaluation"]["items"]}

    def act(at: datetime) -> None:
        closeout = _of(grant_id)
        mark = closing.staff_mark(points, closeout.project.grant.call.settings, "")
        marks = {Source.STAFF: mark} if mark is not None else {}
        closing.grade(closeout, marks, words="", by=people.actor(officer), at=at)

    return act


def _close(grant_id: int, officer: str, people: People) -> Callable[[datetime], object]:
    return lambda at: closing.close(_of(grant_id), by=people.actor(officer), at=at)

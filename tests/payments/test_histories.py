"""Whatever happens in whatever order: money is never promised twice, paid alone, or paid past its gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from grants.agreements.models import Grant
from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken
from grants.core.events import publish
from grants.core.money import Money, total
from grants.funds import queries as books
from grants.funds.fields import BudgetLine
from grants.payments import rules
from grants.payments.actions import tranches as actions
from grants.payments.fields import ReceiptType, TrancheState
from grants.payments.queries import ledger, tranches
from grants.projects.events import ProjectTerminated
from grants.projects.fields import FindingState, ProjectState, ReportKind, ReportResult
from grants.projects.models import Finding
from grants.workspace.queries.invariants import INVARIANTS
from tests.cast import Cast
from tests.conftest import Stage
from tests.payments.conftest import EVERYBODY
from tests.payments.grants_made import USABLE, YEAR, House, yuan
from tests.payments.steps import close, fact, find, project_of, read
from tests.scale import scaled

Inside = Callable[..., AbstractContextManager[None]]
MONEY, BUDGET = 120_000, 90_000
PEOPLE = ("olu", "eve", "eve2", "fay", "ada")
REFUSALS = (RulesBroken, Forbidden, IllegalTransition)
# What `grants check --data` and `grants audit verify` find must be nothing, even in a house of rows laid down by hand.
ALWAYS = ("audit chain", "books balanced", "ledger and screens", "tranches")


@dataclass
class Story:
    """One history: who does what to which grant; refusals are part of it."""

    house: House
    group: int
    grants: list[int] = field(default_factory=list)
    receipts: int = 0

    def promise(self, person: str, size: int) -> None:
        grant = self.house.promise(self.group, Money(size * 7_777 + 1))
        self.grants.append(grant.id)
        self.house.sign(grant)

    def act(self, verb: str, person: str, grant: int, number: int) -> None:
        tranche = self.house.tranche(grant, number)
        who = {"by": self.house.actor(person), "at": USABLE + timedelta(days=10)}
        if verb == "apply":
            actions.apply(tranche, **who)
        elif verb == "approve":
            actions.approve(tranche, **who)
        elif verb == "pay":
            self.receipts += 1
            given = {"receipt_type": ReceiptType.INVOICE, "receipt_number": f"F{self.receipts}"}
            actions.pay(tranche, paid_on=(USABLE + timedelta(days=10)).date(), **given, **who)
        elif verb == "send_back":
            actions.send_back(tranche, reason="再核", **who)
        else:
            actions.cancel(tranche, reason="不再需要", **who)

    def report(self, grant: int, *, passes: bool) -> None:
        result = ReportResult.PASS if passes else ReportResult.RECTIFY
        read(grant, ReportKind.MIDTERM, result)

    def close_findings(self, grant: int) -> None:
        project = project_of(grant)
        still = select(Finding.id).where(
            Finding.project_id == project.id, Finding.state != FindingState.CLOSED
        )
        for finding in db.session.scalars(still).all():
            close(self.house, grant, finding)

    def terminate(self, grant: int) -> None:
        project = project_of(grant)
        if project.state is ProjectState.TERMINATED:
            return
        project.state, project.reason, project.ended_on = ProjectState.TERMINATED, "终止", USABLE.date()
        db.session.flush()
        publish(fact(ProjectTerminated, project, grant_id=grant, reason="终止"))


STEPS = st.tuples(
    st.sampled_from(
        [
            "promise",
            "apply",
            "approve",
            "pay",
            "pay",
            "send_back",
            "cancel",
            "pass",
            "rectify",
            "find",
            "mend",
            "end",
        ]
    ),
    st.sampled_from(PEOPLE),
    st.integers(0, 5),
    st.integers(1, 3),
)


# What chance finds too seldom: one person alone all the way, and everything given up half-way.
ALONE = [("promise", "eve", 0, 1), *((verb, "eve", 0, 1) for verb in ("apply", "approve", "pay"))]
ENDED = [
    ("promise", "eve", 0, 1),
    ("apply", "olu", 0, 1),
    ("approve", "eve", 0, 1),
    ("send_back", "fay", 0, 1),
    ("cancel", "fay", 0, 1),
    ("pass", "olu", 0, 2),
    ("end", "fay", 0, 1),
]


def step(story: Story, verb: str, person: str, which: int, number: int) -> None:
    if verb == "promise" or not story.grants:
        story.promise(person, 100 * (which + 1))
        return
    grant = story.grants[which % len(story.grants)]
    if verb in {"pass", "rectify"}:
        story.report(grant, passes=verb == "pass")
    elif verb == "find":
        find(grant)
    elif verb == "mend":
        story.close_findings(grant)
    elif verb == "end":
        story.terminate(grant)
    else:
        story.act(verb, person, grant, number)


def faults(story: Story) -> Iterator[str]:
    """Everything that must never be so."""
    if ledger.out_of_step():
        yield "the ledger and the tranches differ"
    if books.unbalanced():
        yield "a movement does not balance"
    line = books.figures_of_line(story.house.fund_id, YEAR, BudgetLine.GRANTS)
    if line.promised > yuan(BUDGET) or books.free_money(story.house.fund_id) < yuan(0):
        yield "more was promised than there is"
    for grant_id in db.session.scalars(select(Grant.id)).all():
        yield from _faults_of(grant_id)


def _faults_of(grant_id: int) -> Iterator[str]:
    found = tranches.tranches_of(grant_id)
    if total(row.amount for row in found) != found[0].grant.amount:
        yield "the tranches do not make the grant"
    for row in found:
        if row.state not in {TrancheState.APPROVED, TrancheState.PAID}:
            continue
        payment = row.payment
        if payment is None or payment.applied_by_id == payment.approved_by_id:
            yield "one person alone"
        if not rules.gate_is_met(row):
            yield "past its gate"
        if (
            row.state is TrancheState.PAID
            and payment is not None
            and payment.paid_by_id == payment.approved_by_id
        ):
            yield "the approver paid"


@settings(
    max_examples=scaled(12, 120),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(STEPS, min_size=5, max_size=30))
@example(history=ALONE)
@example(history=ENDED)
def test_no_history_breaks_a_rule(
    stage: Stage, inside: Inside, history: list[tuple[str, str, int, int]]
) -> None:
    stage.empty()
    house = House(Cast(stage.app))
    for name in EVERYBODY:
        house.cast.id(name)
    with inside():
        house.open(money=MONEY, budget=BUDGET)
        group = house.group()
        house.account(group)
    story = Story(house, group)
    for each in history:
        before = list(story.grants)
        with suppress(*REFUSALS):
            try:
                with inside():
                    step(story, *each)
            except REFUSALS:
                story.grants = before
                raise
        with inside(read_only=True):
            assert list(faults(story)) == []
    with inside(read_only=True):
        assert [said for name in ALWAYS for said in INVARIANTS[name]()] == []


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_finder_of_faults_finds_them(house: House, inside: Inside, grant: int, number: int) -> None:
    """The property above is only worth what its judge can see."""
    from grants.payments.models import Payment

    with inside():
        row = house.tranche(grant, number)
        row.opened_at, row.state = USABLE, TrancheState.PAID
        db.session.add(
            Payment(
                tranche=row,
                number="FK",
                amount=row.amount,
                applied_by_id=house.cast.id("olu"),
                applied_at=USABLE,
                approved_by_id=house.cast.id("eve"),
                approved_at=USABLE,
            )
        )
    with inside(read_only=True):
        found = set(faults(Story(house, 1)))
    assert "the ledger and the tranches differ" in found
    assert ("past its gate" in found) is (number > 1)

"""A file is shut with nothing owed, the rest comes back to the fund, and the grade stays on the record."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grants.agreements.fields import GrantState
from grants.agreements.models import Grant
from grants.closeouts import queries, reactions
from grants.closeouts.actions import closing
from grants.closeouts.fields import CloseoutState, Source
from grants.closeouts.models import Closeout
from grants.closeouts.rules import Mark
from grants.core import clock
from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken
from grants.core.money import Money
from grants.core.policy import SYSTEM
from grants.funds import queries as books
from grants.funds.fields import BudgetLine
from grants.obligations.models import Obligation
from grants.organisations.fields import StandingKind
from grants.organisations.models import Standing
from grants.payments.actions import tranches as payments
from grants.payments.fields import TrancheState
from grants.payments.models import Tranche
from grants.payments.queries import ledger
from grants.projects.fields import ProjectState, ReportKind, ReportResult
from grants.projects.models import Project
from tests.closeouts.conftest import END
from tests.payments.grants_made import House, yuan
from tests.payments.steps import find, pay_whole, project_of, read, refused

D = Decimal

Inside = Callable[..., AbstractContextManager[None]]
MARKS = {Source.STAFF: Mark(D("92.90")), Source.BENEFICIARIES: Mark(D(95), "32人")}


def submit(house: House, address: str, spent: Money, *, by: str = "ada") -> None:
    file = queries.by_public_id(address)
    closing.submit_account(file, account={"all": spent}, words="已公示", by=house.actor(by), at=END)


def evaluate(house: House, address: str, *, by: str = "olu") -> None:
    closing.grade(queries.by_public_id(address), MARKS, words="很好", by=house.actor(by), at=END)


def give_back(house: House, address: str, amount: Money, *, by: str = "eve", on: date | None = None) -> None:
    closing.record_return(
        queries.by_public_id(address),
        amount=amount,
        received_on=on or clock.day_of(END),
        reference="回单88",
        by=house.actor(by),
        at=END,
    )


def shut(house: House, address: str, *, by: str = "olu") -> None:
    closing.close(queries.by_public_id(address), by=house.actor(by), at=END)


def duties(rows: Session) -> list[str]:
    rows.rollback()
    open_ = select(Obligation.kind).where(Obligation.closed_at.is_(None)).order_by(Obligation.kind)
    return [kind for kind in rows.scalars(open_) if kind.startswith("closeout")]


def test_the_whole_way_to_the_end(
    house: House, inside: Inside, rows: Session, grant: int, closeout: str
) -> None:
    assert duties(rows) == ["closeout_account"]
    with inside():
        submit(house, closeout, Money.yuan("36763.50"))
    assert duties(rows) == ["closeout_evaluate", "closeout_return"]
    with inside():
        before = books.free_money(house.fund_id)
        give_back(house, closeout, Money.yuan("3236.50"))
        assert books.free_money(house.fund_id) == before + Money.yuan("3236.50")
    with inside():
        evaluate(house, closeout)
    with inside():
        shut(house, closeout)
    assert duties(rows) == []
    row = rows.scalars(select(Closeout)).one()
    assert (row.state, row.grade, row.score) == (CloseoutState.CLOSED, "excellent", D("93.6"))
    assert rows.scalars(select(Project.state)).one() is ProjectState.CLOSED
    assert rows.get_one(Grant, grant).state is GrantState.CLOSED
    noted = rows.scalars(select(Standing).where(Standing.kind == StandingKind.GRADE)).one()
    assert noted.value == "excellent"
    figures = books_of(inside, grant)
    assert (figures.paid, figures.returned) == (yuan(40_000), Money.yuan("3236.50"))


def books_of(inside: Inside, grant_id: int) -> books.Figures:
    with inside(read_only=True):
        grant = db.session.get_one(Grant, grant_id)
        assert ledger.out_of_step() == []
        return books.figures_of_case(grant.case, grant.fund_id, grant.year, BudgetLine.GRANTS)


def test_opening_twice_is_once(
    house: House, inside: Inside, rows: Session, grant: int, closeout: str
) -> None:
    with inside():
        again = closing.open_closeout(queries.project(project_of(grant).public_id), by=SYSTEM, at=END)
        assert again.public_id == closeout
    assert len(rows.scalars(select(Closeout)).all()) == 1


@pytest.mark.parametrize("name", ["cy", "olu", "eve", "aud", "gus", "di"])
def test_only_the_group_accounts_for_its_money(
    house: House, inside: Inside, closeout: str, name: str
) -> None:
    with pytest.raises(Forbidden), inside():
        submit(house, closeout, yuan(100), by=name)


@pytest.mark.parametrize("spent", [Money.yuan("40000.01"), Money(-1)])
def test_nobody_spends_more_than_there_was(house: House, inside: Inside, closeout: str, spent: Money) -> None:
    with pytest.raises(RulesBroken), inside():
        submit(house, closeout, spent)


def test_an_account_names_only_categories_of_the_budget(house: House, inside: Inside, closeout: str) -> None:
    for account in ({"banquets": yuan(1)}, {}):
        with pytest.raises(RulesBroken), inside():
            file = queries.by_public_id(closeout)
            closing.submit_account(file, account=account, words="", by=house.actor("ada"), at=END)


def test_the_account_goes_back_and_comes_again(
    house: House, inside: Inside, rows: Session, closeout: str
) -> None:
    with inside():
        submit(house, closeout, yuan(30_000))
        file = queries.by_public_id(closeout)
        closing.send_back(file, reason="保险费缺凭证", by=house.actor("olu"), at=END)
    row = rows.scalars(select(Closeout)).one()
    assert (row.state, row.words, row.to_return) == (CloseoutState.OPEN, "保险费缺凭证", yuan(0))
    with inside():
        submit(house, closeout, yuan(40_000))


def test_staff_mark_before_anything_is_graded(house: House, inside: Inside, closeout: str) -> None:
    with inside():
        submit(house, closeout, yuan(40_000))
    with pytest.raises(RulesBroken), inside():
        file = queries.by_public_id(closeout)
        closing.grade(file, {Source.VOLUNTEERS: Mark(D(90))}, words="", by=house.actor("olu"), at=END)
    for name in ("ada", "eve", "aud", "gus"):
        with pytest.raises(Forbidden), inside():
            evaluate(house, closeout, by=name)


def test_no_grade_before_the_final_report_is_accepted(house: House, inside: Inside) -> None:
    with inside():
        grant = house.promise(house.group())
        project = house.sign(grant)
        project.state = ProjectState.CLOSING
        address = closing.open_closeout(queries.project(project.public_id), by=SYSTEM, at=END).public_id
    with inside():
        submit(house, address, yuan(100))
    with pytest.raises(RulesBroken) as broken, inside():
        evaluate(house, address)
    assert refused(broken) == ["no_final_report"]


@pytest.mark.parametrize(("amount", "day"), [(4_000, 1), (3_237, 0), (0, 0), (-5, 0)])
def test_what_comes_back_is_what_is_owed(
    house: House, inside: Inside, closeout: str, amount: int, day: int
) -> None:
    with inside():
        submit(house, closeout, Money.yuan("36763.50"))
    with pytest.raises(RulesBroken), inside():
        give_back(house, closeout, yuan(amount), on=clock.day_of(END) + timedelta(days=day))


def test_only_finance_and_the_director_record_it(house: House, inside: Inside, closeout: str) -> None:
    with inside():
        submit(house, closeout, yuan(30_000))
    for name in ("ada", "olu", "aud", "gus"):
        with pytest.raises(Forbidden), inside():
            give_back(house, closeout, yuan(1), by=name)


def test_it_may_come_back_in_parts(house: House, inside: Inside, rows: Session, closeout: str) -> None:
    with inside():
        submit(house, closeout, yuan(30_000))
        give_back(house, closeout, yuan(4_000))
    with inside():
        give_back(house, closeout, yuan(6_000), by="fay")
    assert rows.scalars(select(Closeout.returned)).one() == yuan(10_000)


def test_nothing_is_shut_while_money_is_owed(
    house: House, inside: Inside, rows: Session, closeout: str
) -> None:
    with inside():
        submit(house, closeout, yuan(30_000))
        evaluate(house, closeout)
    with pytest.raises(RulesBroken) as broken, inside():
        shut(house, closeout)
    assert refused(broken) == ["rest"]
    assert rows.scalars(select(Closeout.state)).one() is CloseoutState.GRADED


def test_the_database_shuts_nothing_while_money_is_owed(house: House, inside: Inside, closeout: str) -> None:
    with inside():
        submit(house, closeout, yuan(30_000))
        evaluate(house, closeout)
    with pytest.raises(IntegrityError), inside():
        db.session.execute(text("UPDATE closeout SET state = 'closed', closed_at = opened_at"))


def test_the_checklist_names_all_that_is_missing(house: House, inside: Inside) -> None:
    with inside():
        group = house.group()
        house.account(group)
        grant = house.promise(group)
        project = house.sign(grant)
        find(grant.id)
        project.state = ProjectState.CLOSING
        address = closing.open_closeout(queries.project(project.public_id), by=SYSTEM, at=END).public_id
    with inside(read_only=True):
        lines = {line.key: line for line in queries.file_of(queries.by_public_id(address)).lines}
        assert [key for key, line in lines.items() if not line.is_done] == [
            "reports", "findings", "payments", "account", "evaluation",
        ]  # fmt: skip
        assert lines["findings"].missing == ("签领表缺失",)
        assert len(lines["payments"].missing) == 3


def test_a_last_tranche_that_can_never_open_is_released(house: House, inside: Inside, rows: Session) -> None:
    """A failed end: no last tranche, and the group owes only what it had and did not spend."""
    with inside():
        group = house.group()
        house.account(group)
        grant = house.promise(group)
        project = house.sign(grant)
        grant_id, address = grant.id, project.public_id
    with inside():
        read(grant_id, ReportKind.MIDTERM, ReportResult.PASS)
        for number in (1, 2):
            pay_whole(house, grant_id, number, receipt_number=f"SJ{number}")
            payments.acknowledge(house.tranche(grant_id, number), by=house.actor("ada"), at=END)
        read(grant_id, ReportKind.FINAL, ReportResult.FAIL)
        project_of(grant_id).state = ProjectState.CLOSING
    with inside():
        closeout = closing.open_closeout(queries.project(address), by=SYSTEM, at=END).public_id
    with inside():
        submit(house, closeout, yuan(36_000))
        closing.grade(
            queries.by_public_id(closeout),
            {Source.STAFF: Mark(D(55))},
            words="",
            by=house.actor("olu"),
            at=END,
        )
        shut(house, closeout)
    row = rows.scalars(select(Closeout)).one()
    assert (row.grade, row.to_return) == ("fail", yuan(0))
    last = rows.scalars(select(Tranche).where(Tranche.grant_id == grant_id, Tranche.number == 3)).one()
    assert last.state is TrancheState.CANCELLED
    assert books_of(inside, grant_id).committed == yuan(0)


def test_a_terminated_project_is_settled_without_a_grade(house: House, inside: Inside, rows: Session) -> None:
    from grants.core.events import publish
    from grants.projects.events import ProjectTerminated
    from tests.payments.steps import fact

    with inside():
        group = house.group()
        house.account(group)
        grant = house.promise(group)
        house.sign(grant)
        grant_id = grant.id
        pay_whole(house, grant_id)
        payments.acknowledge(house.tranche(grant_id), by=house.actor("ada"), at=END)
    with inside():
        project = project_of(grant_id)
        project.state, project.reason, project.ended_on = (
            ProjectState.TERMINATED,
            "协商终止",
            clock.day_of(END),
        )
        grant_row = db.session.get_one(Grant, grant_id)
        grant_row.state = GrantState.TERMINATED
        db.session.flush()
        publish(fact(ProjectTerminated, project, grant_id=grant_id, reason="协商终止"))
    address = rows.scalars(select(Closeout.public_id)).one()
    rows.rollback()
    with inside():
        submit(house, address, yuan(9_180))
        give_back(house, address, yuan(10_820))
        shut(house, address)
    rows.rollback()
    row = rows.scalars(select(Closeout)).one()
    assert (row.state, row.grade, row.to_return) == (CloseoutState.CLOSED, "", yuan(10_820))
    assert rows.scalars(select(Project.state)).one() is ProjectState.TERMINATED
    assert rows.scalars(select(Standing).where(Standing.kind == StandingKind.GRADE)).all() == []


def test_nothing_is_shut_without_an_evaluation(house: House, inside: Inside, closeout: str) -> None:
    with inside():
        submit(house, closeout, yuan(40_000))
    with pytest.raises(RulesBroken) as broken, inside():
        shut(house, closeout)
    assert refused(broken) == ["evaluation"]


def test_what_is_shut_stays_shut(house: House, inside: Inside, closeout: str) -> None:
    with inside():
        submit(house, closeout, yuan(40_000))
        evaluate(house, closeout)
        shut(house, closeout)
    for act in (evaluate, shut):
        with pytest.raises(IllegalTransition), inside():
            act(house, closeout)
    with pytest.raises(IllegalTransition), inside():
        submit(house, closeout, yuan(1))


def test_a_month_before_the_end_it_opens_by_itself(house: House, inside: Inside, rows: Session) -> None:
    today = clock.today()
    with inside():
        for days in (29, 31):
            project = house.sign(house.promise(house.group()))
            project.ends_on = today + timedelta(days=days)
    with inside():
        reactions.LOOK_AHEAD.keep({}, None)
    with inside():
        reactions.LOOK_AHEAD.keep({}, None)
    ends = rows.scalars(select(Project.ends_on).join(Closeout, Closeout.project_id == Project.id)).all()
    assert ends == [today + timedelta(days=29)]

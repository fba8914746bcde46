"""What comes back comes back once, and nothing is opened in a file that is being shut."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.closeouts import queries
from grants.closeouts.actions import closing
from grants.closeouts.models import Closeout, MoneyReturn
from grants.projects.actions import findings
from grants.projects.fields import Severity
from grants.projects.models import Finding
from grants.projects.queries.projects import project_of_grant
from grants.projects.rules import FindingTerms
from tests.at_once import overlap
from tests.closeouts.conftest import END
from tests.closeouts.test_actions import Inside, evaluate, submit
from tests.payments.grants_made import House, yuan

WRONG = FindingTerms(
    severity=Severity.SERIOUS,
    title="签领表缺失",
    action="补齐签领表",
    owner_name="邓青山",
    found_on=date(2026, 5, 12),
    due_on=date(2026, 7, 30),
)


def test_the_same_money_comes_back_once(
    app: Flask, house: House, inside: Inside, rows: Session, closeout: str
) -> None:
    with inside():
        submit(house, closeout, yuan(39_000))
    eve, day = house.cast.actor("eve"), END.date()

    def give() -> None:
        file = queries.by_public_id(closeout)
        closing.record_return(file, amount=yuan(1_000), received_on=day, reference="回单1", by=eve, at=END)

    assert overlap(app, give, give) == ("done", "RulesBroken")
    assert rows.scalar(select(func.count()).select_from(MoneyReturn)) == 1
    assert rows.scalars(select(Closeout.returned)).one() == yuan(1_000)


@pytest.mark.parametrize("first", ["close", "find"])
def test_a_file_is_shut_or_something_is_found_in_it_and_never_both(
    app: Flask, house: House, inside: Inside, rows: Session, grant: int, closeout: str, first: str
) -> None:
    with inside():
        submit(house, closeout, yuan(40_000))
        evaluate(house, closeout)
    olu, otis = house.cast.actor("olu"), house.cast.actor("otis")

    def find() -> None:
        project = project_of_grant(grant)
        assert project is not None
        findings.open_finding(project, WRONG, by=otis, at=END)

    def close() -> None:
        closing.close(queries.by_public_id(closeout), by=olu, at=END)

    if first == "close":
        assert overlap(app, close, find) == ("done", "IllegalTransition")
        assert rows.scalars(select(Finding)).all() == []
    else:
        assert overlap(app, find, close) == ("done", "RulesBroken")
        assert rows.scalars(select(Closeout.closed_at)).one() is None

"""An empty house is made ready from the command line; a second time changes nothing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.calls.actions import drafting, publishing
from grants.calls.models import Call
from grants.core import clock
from grants.core.db import db
from grants.core.errors import RulesBroken
from grants.core.unit_of_work import unit_of_work
from grants.questionnaires import cli
from grants.questionnaires.models import QuestionnaireVersion
from grants.reference.models import Term
from tests.cast import Cast


@pytest.fixture(autouse=True)
def same_house(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    """The command builds its own application; here it finds the test's."""
    monkeypatch.setattr("grants.app.create_app", lambda: app)


def counts(rows: Session) -> tuple[int, int]:
    rows.rollback()
    terms, forms = (rows.scalar(select(func.count(model.id))) for model in (Term, QuestionnaireVersion))
    return terms or 0, forms or 0


def test_beginning_twice_enters_everything_once(rows: Session) -> None:
    first = CliRunner().invoke(cli.begin)
    assert (first.exit_code, counts(rows)[0] > 0) == (0, True)
    before = counts(rows)
    again = CliRunner().invoke(cli.begin)
    assert (again.exit_code, again.output.split()[0], counts(rows)) == (0, "0", before)


@pytest.mark.parametrize("template", ["annual", "micro"])
def test_afterwards_a_template_lacks_only_its_fund(app: Flask, cast: Cast, template: str) -> None:
    CliRunner().invoke(cli.begin)
    olu, at = cast.actor("olu"), clock.now()
    with app.app_context(), unit_of_work():
        call = drafting.start_from_template(template, by=olu, at=at)
        db.session.flush()
        with pytest.raises(RulesBroken) as refused:
            publishing.publish_call(call, by=olu, at=at, lead_is_confirmed=True)
        assert db.session.scalar(select(func.count(Call.id))) == 1
    assert [str(violation.message) for violation in refused.value.violations] == [
        "资金与期限：请选择资金来源。"
    ]

"""People, a fund, the words of the city and a call for the tests of calls."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from grants.calls.actions import drafting, publishing
from grants.calls.fields import EditStep
from grants.calls.queries import loading, parts
from grants.core.db import db
from grants.core.money import Money
from grants.core.policy import Actor, Held
from grants.funds import actions as funds
from grants.funds.fields import BudgetLine, SourceType
from grants.questionnaires.fields import QuestionnaireKind
from grants.questionnaires.models import Questionnaire, QuestionnaireVersion
from grants.reference import actions as reference
from grants.reference import queries as words
from grants.reference.fields import Taxonomy
from tests.album import Photographed
from tests.city import build_city

Inside = Callable[..., AbstractContextManager[None]]
AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
OFFICER = Actor(None, "Olu", (Held("officer"),))
FINANCE = Actor(None, "Eve", (Held("finance"),))
ADMIN = Actor(None, "Max", (Held("admin"),))
STRANGER = Actor(None, "Cy")
FIELDS = ("elderly", "disability", "environment", "teaching", "rescue", "community", "youth")
CATEGORIES = (
    "personnel",
    "admin",
    "publicity",
    "training",
    "equipment",
    "transport",
    "meals",
    "insurance",
    "materials",
)


@pytest.fixture
def draft(inside: Inside, photographed: Photographed) -> str:
    """A call begun from the annual template, with a fund; its public id."""
    made: str = photographed(lambda: _draft(inside))
    return made


def _draft(inside: Inside) -> str:
    with inside():
        demo_terms()
        fund = funds.open_fund(
            name={"zh-Hans": "综合资助资金"}, source_type=SourceType.DONATION, by=FINANCE, at=AT
        )
        funds.open_balance(fund, amount=Money.yuan(900_000), by=FINANCE, at=AT)
        funds.set_year_budget(
            fund, year=2026, line=BudgetLine.GRANTS, amount=Money.yuan(520_000), by=FINANCE, at=AT
        )
        form = Questionnaire(key="proposal_annual", kind=QuestionnaireKind.PROPOSAL)
        db.session.add(form)
        db.session.flush()
        db.session.add(
            QuestionnaireVersion(
                questionnaire_id=form.id,
                number=1,
                definition={"title": {"zh-Hans": "资助项目书", "en": "Proposal"}, "sections": []},
                published_at=AT,
            )
        )
        db.session.flush()
        call = drafting.start_from_template("annual", by=OFFICER, at=AT)
        amounts = parts.parts(call)[EditStep.MONEY]
        drafting.edit(call, EditStep.MONEY, with_fund(amounts, fund.id), by=OFFICER, at=AT)
        return call.public_id


def with_fund(amounts: Any, fund_id: int) -> Any:
    return replace(amounts, fund_id=fund_id)


def demo_terms() -> None:
    """The fields of service and budget categories that the templates name, beside what the city has."""
    build_city()
    for taxonomy, keys in {Taxonomy.FIELD: FIELDS, Taxonomy.BUDGET_CATEGORY: CATEGORIES}.items():
        for key in set(keys) - {term.key for term in words.terms(taxonomy)}:
            reference.add_term(taxonomy, {"zh-Hans": f"词{key}", "en": key}, key=key, by=ADMIN, at=AT)


@pytest.fixture
def published(inside: Inside, draft: str, photographed: Photographed) -> str:
    """The same call, published on 5 January 2026 and opening on the 12th."""

    def publish() -> None:
        with inside():
            publishing.publish_call(loading.by_public_id(draft), by=OFFICER, at=AT)

    photographed(publish)
    return draft


def days(number: int) -> timedelta:
    return timedelta(days=number)

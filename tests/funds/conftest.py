"""People and a fund for the tests of money."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest

from grants.core.money import Money
from grants.core.policy import Actor, Held
from grants.funds import actions
from grants.funds.fields import BudgetLine, SourceType

Inside = Callable[..., AbstractContextManager[None]]
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FINANCE = Actor(None, "Eve", (Held("finance"),))
BOARD = Actor(None, "Fay", (Held("board"),))
STRANGER = Actor(None, "Cy")
YEAR = 2026


def yuan(amount: int) -> Money:
    return Money.yuan(amount)


@pytest.fixture
def fund(inside: Inside) -> int:
    """A fund with 1,200,000 in it and a budget line of 1,000,000 for 2026; its id."""
    with inside():
        fund = actions.open_fund(
            name={"zh-Hans": "综合资助资金", "en": "General fund"},
            source_type=SourceType.DONATION,
            by=FINANCE,
            at=AT,
        )
        actions.open_balance(fund, amount=yuan(1_200_000), by=FINANCE, at=AT)
        actions.set_year_budget(
            fund, year=YEAR, line=BudgetLine.GRANTS, amount=yuan(1_000_000), by=FINANCE, at=AT
        )
        return fund.id

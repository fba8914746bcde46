"""What volunteers cost, on the page of the budget: insurance, transport and meals (S004-25)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from grants.calls.models import BudgetCap
from grants.core.db import db
from grants.core.money import Money
from grants.core.policy import SYSTEM
from grants.reference import actions as reference
from grants.reference.fields import Taxonomy
from tests.cast import Browser
from tests.proposals.conftest import NOW, Room
from tests.proposals.test_views import JSON, version_on

SignIn = Callable[[str], Browser]
VOLUNTEERS = (("insurance", "30.00", "60"), ("transport", "10.00", "720"), ("meals", "15.00", "720"))
REST = ("materials", "20000.00", "1"), ("venue", "13000.00", "1")


@pytest.fixture
def budget(room: Room) -> str:
    """The address of the budget of a whole proposal with sixty volunteers."""
    with room.inside():
        name = {"zh-Hans": "志愿者交通", "en": "transport"}
        reference.add_term(Taxonomy.BUDGET_CATEGORY, name, key="transport", by=SYSTEM, at=NOW)
        db.session.add(
            BudgetCap(call_id=room.call_id, category="transport", unit_price=Money.yuan(30), position=9)
        )
    draft = room.start()
    room.fill(draft)
    return f"/proposals/{draft}/sections/budget"


def saved(ada: Browser, address: str, rows: Sequence[tuple[str, str, str]], **more: str) -> Any:
    """What the page is told when these lines are saved as somebody types them."""
    data = {"version": version_on(ada.page(address)), "csrf_token": ada.csrf(address), **more}
    for place, (category, price, quantity) in enumerate(rows):
        source = "partner" if category == "venue" else "foundation"
        given = {"category": category, "item": "一笔开支", "unit_price": price, "quantity": quantity,
                 "unit": "项", "source": source}  # fmt: skip
        data |= {f"answers.budget.{place}.{name}": value for name, value in given.items()}
    answer = ada.post(address, data=data, headers=JSON)
    assert answer.status_code == 200
    return answer.get_json()


def test_insurance_transport_and_meals_are_lines_and_dear_ones_are_flagged(
    sign_in: SignIn, budget: str
) -> None:
    ada = sign_in("ada")
    page = ada.page(budget)
    for key, _price, _quantity in VOLUNTEERS:
        assert f'value="{key}"' in page, key
    assert saved(ada, budget, [*VOLUNTEERS, *REST])["errors"] == {}
    dear = [VOLUNTEERS[0], ("transport", "30.01", "10"), ("meals", "31.00", "10"), *REST]
    flagged = "The unit price is at most ¥30.00."
    assert saved(ada, budget, dear)["errors"] == {
        "answers.budget.1.unit_price": [flagged],
        "answers.budget.2.unit_price": [flagged],
    }


@pytest.mark.parametrize("rows", [REST, (("insurance", "0", "60"), *REST)])
def test_sixty_volunteers_without_insurance_ask_for_the_reason(
    room: Room, sign_in: SignIn, budget: str, rows: Sequence[tuple[str, str, str]]
) -> None:
    ada, proposal = sign_in("ada"), budget.partition("/sections")[0]
    assert "answers.insurance_reason" not in saved(ada, budget, [*VOLUNTEERS, *REST])["asked"]
    assert "answers.insurance_reason" in saved(ada, budget, rows)["asked"]
    assert "Why there is no insurance line" in ada.page(budget)
    refused = ada.send(f"{proposal}/submit", {"signed": "y"}, from_page=f"{proposal}/submit")
    assert refused.status_code == 422
    told = saved(ada, budget, rows, **{"answers.insurance_reason": "平安保险，至2027年12月。"})
    assert told["errors"] == {}
    assert ada.send(f"{proposal}/submit", {"signed": "y"}, from_page=f"{proposal}/submit").status_code == 303

"""The demo's funds and calls come in through the doors people use, at their own times."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from grants.calls.actions import publishing
from grants.calls.fields import CallState
from grants.calls.queries import loading
from grants.core.db import db
from grants.core.money import Money
from grants.core.policy import Actor, Held
from grants.demo import calls as demo
from grants.funds import queries as funds
from grants.funds.fields import BudgetLine
from grants.questionnaires.fields import QuestionnaireKind
from grants.questionnaires.models import Questionnaire, QuestionnaireVersion
from grants.reference import actions as reference
from grants.reference.fields import Taxonomy

Inside = Callable[..., AbstractContextManager[None]]
DATA = json.loads((Path(demo.__file__).parent / "demo-data.json").read_text("utf-8"))
AT = datetime(2025, 12, 1, tzinfo=UTC)
FINANCE = Actor(None, "Eve", (Held("finance"),))
OFFICER = Actor(None, "Olu", (Held("officer"),))
ADMIN = Actor(None, "Max", (Held("admin"),))


def the_words_and_forms() -> None:
    for taxonomy, name in ((Taxonomy.FIELD, "fields"), (Taxonomy.BUDGET_CATEGORY, "budget_categories")):
        for row in DATA[name]:
            words = {"zh-Hans": row["name_zh"], "en": row["name_en"]}
            reference.add_term(taxonomy, words, key=row["key"], by=ADMIN, at=AT)
    for key in ("proposal_annual", "proposal_micro"):
        form = Questionnaire(key=key, kind=QuestionnaireKind.PROPOSAL)
        db.session.add(form)
        db.session.flush()
        db.session.add(
            QuestionnaireVersion(
                questionnaire_id=form.id, number=1, definition={"title": {}, "sections": []}, published_at=AT
            )
        )
    db.session.flush()


def test_the_year_begins_with_its_funds_and_calls(inside: Inside) -> None:
    with inside():
        the_words_and_forms()
        found = demo.load_funds(DATA, finance=FINANCE)
        ids = {key: fund.id for key, fund in found.items()}
        made = demo.load_calls(DATA, found=found, officer=OFFICER)
        numbers = {key: call.public_id for key, call in made.items()}
    with inside(read_only=True):
        assert funds.free_money(ids["FD1"]) == Money.yuan(900_000)
        assert funds.room(ids["FD1"], 2026) == Money.yuan(520_000)
        assert funds.room(ids["FD1"], 2026, BudgetLine.SUPPORT) == Money.yuan(60_000)
        assert funds.room(ids["FD3"], 2026, BudgetLine.AWARDS) == Money.yuan(60_000)
        kapok, glimmer = (loading.published(numbers[key]) for key in ("C1", "C2"))
        assert [call.number for call in (kapok, glimmer)] == [row["number"] for row in DATA["calls"]]
        assert kapok.closes_at == datetime(2026, 2, 27, 10, tzinfo=UTC)
        assert [step.key for step in glimmer.steps] == [
            "eligibility", "review", "board", "notice", "agreement", "implementation"
        ]  # fmt: skip
        assert kapok.stage is not None
        assert sum(row.weight for row in kapok.stage.criteria) == 100
    with inside():
        publishing.keep_time(datetime(2026, 1, 12, 1, tzinfo=UTC))
        assert loading.by_public_id(numbers["C1"]).state is CallState.OPEN
        assert loading.by_public_id(numbers["C2"]).state is CallState.SCHEDULED

"""A room for proposals: an open call with its conditions and caps, Ada's group with Bo and Vi, and a good answer
to every question of the annual form.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from grants.calls.fields import CallKind, CallState
from grants.calls.models import BudgetCap, Call, CallStep, EligibilityRule
from grants.core.db import db
from grants.core.money import Money
from grants.core.policy import SYSTEM, Actor
from grants.funds.fields import SourceType
from grants.funds.models import Fund
from grants.organisations.fields import Kind, LegalStatus, MemberRole
from grants.organisations.models import Membership, Organisation
from grants.proposals import queries
from grants.proposals.actions import drafting, handing_in
from grants.proposals.models import Proposal
from grants.questionnaires import actions as forms
from grants.questionnaires import queries as form_queries
from grants.questionnaires.definition import Section
from grants.reference import actions as reference
from grants.reference import queries as reference_queries
from grants.reference.fields import Taxonomy
from tests.album import Photographed
from tests.cast import Cast
from tests.city import build_city

Inside = Callable[..., AbstractContextManager[None]]
NOW = datetime.now(UTC).replace(microsecond=0)
OPENS, CLOSES = NOW - timedelta(days=10), NOW + timedelta(days=10)
FIRST = (NOW + timedelta(days=60)).date()
TERMS = {
    Taxonomy.BENEFICIARY: ("elderly_alone", "minors"),
    Taxonomy.BUDGET_CATEGORY: ("insurance", "meals", "personnel", "materials", "venue"),
}


def line(category: str, price: str, quantity: int = 1, source: str = "foundation") -> dict[str, Any]:
    return {
        "category": category,
        "item": "一笔开支",
        "unit_price": price,
        "quantity": quantity,
        "unit": "项",
        "source": source,
    }


GOOD: dict[str, dict[str, Any]] = {
    "basics": {
        "title": "暖巷敲门",
        "summary": "每周敲一次门。",
        "fields": ["elderly"],
        "kind": "traditional",
        "origin": "residents",
        "place": "440103006",
        "starts_on": FIRST.isoformat(),
        "ends_on": (FIRST + timedelta(days=300)).isoformat(),
    },
    "need": {
        "need": "四成长者一周没有与人说话。",
        "need_evidence": ["visits"],
        "goals": "一百二十户。",
        "sustainability": "街道接着做。",
    },
    "activities": {"activities": "每周敲门。", "volunteers": 60, "person_times": 720, "hours": 1440},
    "beneficiaries": {
        "reached": [{"type": "elderly_alone", "people": 120}],
        "participants": ["residents"],
    },
    "team": {"team": [{"name": "陈慕兰", "role": "负责人"}]},
    "budget": {
        "budget": [
            line("insurance", "30.00", 60),
            line("meals", "15.00", 720),
            line("materials", "20000.00"),
            line("venue", "9000.00", 1, "partner"),
        ]
    },
    "risk": {
        "forbidden_tasks": ["none"],
        "no_profit": True,
        "no_forced_service": True,
        "no_double_funding": True,
        "truthful": True,
    },
    "files": {},
}


@dataclass
class Room:
    """The call and the group by id, and the steps tests take in them."""

    app: Flask
    cast: Cast
    inside: Inside
    call_id: int = 0
    group_id: int = 0
    other_id: int = 0

    def start(self, *, by: str = "ada", group_id: int = 0, at: datetime = NOW) -> str:
        actor = self.cast.actor(by)
        with self.inside():
            group = db.session.get_one(Organisation, group_id or self.group_id)
            declared = {"nodouble": True}
            call = queries.call_by_id(self.call_id)
            return drafting.start(call, group, declared, by=actor, at=at).public_id

    def fill(self, public_id: str, *, by: str = "ada", at: datetime = NOW, **changed: Any) -> None:
        """Every section with good answers, but for `section={question: value}`."""
        actor = self.cast.actor(by)
        answers = copy.deepcopy(GOOD)
        for section, values in changed.items():
            answers[section] |= values
        for key, given in answers.items():
            with self.inside():
                proposal = queries.by_public_id(public_id)
                version = next(row.version for row in proposal.sheet.sections if row.section == key)
                drafting.save_section(
                    proposal, section_of(proposal, key), given, version=version, by=actor, at=at
                )

    def submit(self, public_id: str, *, by: str = "ada", at: datetime = NOW) -> None:
        actor = self.cast.actor(by)
        with self.inside():
            handing_in.submit(queries.by_public_id(public_id), by=actor, at=at)

    def handed_in(self, *, at: datetime = NOW, group_id: int = 0, by: str = "ada", **changed: Any) -> str:
        public_id = self.start(group_id=group_id, by=by, at=at)
        self.fill(public_id, by=by, at=at, **changed)
        self.submit(public_id, by=by, at=at)
        return public_id

    @contextmanager
    def proposal(self, public_id: str, *, by: str) -> Iterator[tuple[Proposal, Actor]]:
        """The proposal and who acts on it, within one unit of work."""
        actor = self.cast.actor(by)
        with self.inside():
            yield queries.for_screening(public_id), actor


def section_of(proposal: Proposal, key: str) -> Section:
    found = form_queries.what_is_asked(proposal.sheet.asks).section(key)
    assert found is not None
    return found


@pytest.fixture
def room(app: Flask, cast: Cast, inside: Inside, photographed: Photographed) -> Room:
    made: Room = photographed(lambda: _room(app, cast, inside))
    return made


def _room(app: Flask, cast: Cast, inside: Inside) -> Room:
    room = Room(app, cast, inside)
    people = {name: cast.id(name) for name in ("ada", "bo", "vi", "cy")}
    with inside():
        build_city()
        for taxonomy, keys in TERMS.items():
            for key in keys:
                name = {"zh-Hans": f"词{key}", "en": key}
                reference.add_term(taxonomy, name, key=key, by=SYSTEM, at=NOW)
        forms.publish_shipped(by=SYSTEM, at=NOW)
        room.call_id = make_call()
        room.group_id = make_group(
            "敲门队", {people["ada"]: "owner", people["bo"]: "editor", people["vi"]: "viewer"}
        )
        room.other_id = make_group("另一队", {people["cy"]: "owner"})
    return room


def caps() -> list[BudgetCap]:
    return [
        BudgetCap(category="meals", unit_price=Money.yuan(30)),
        BudgetCap(category="personnel", percent_of_grant=Decimal(20)),
        BudgetCap(category="insurance", required_if="volunteers>0"),
    ]


def conditions() -> list[EligibilityRule]:
    return [
        EligibilityRule(
            key="legal",
            text={"en": "Hosted"},
            check={"kinds": ["legal"], "statuses": ["filed"], "host": True},
        ),
        EligibilityRule(key="nodouble", text={"en": "Not funded twice"}),
    ]


def make_call(**changed: Any) -> int:
    fund = Fund(name={"en": "Fund"}, source_type=SourceType.DONATION, purpose={}, earmarked=False)
    db.session.add(fund)
    db.session.flush()
    values: dict[str, Any] = {
        "number": "穗志资〔2026〕1号",
        "title": {"zh-Hans": "木棉计划", "en": "Kapok"},
        "kind": CallKind.ANNUAL,
        "fund_id": fund.id,
        "year": 2026,
        "envelope": Money.yuan(450_000),
        "floor": Money.yuan(10_000),
        "ceiling": Money.yuan(50_000),
        "cofunding_percent": Decimal(20),
        "months_maximum": 12,
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "published_at": OPENS,
        "questionnaire_version_id": form_queries.current_version("proposal_annual").id,
        "state": CallState.OPEN,
    }
    call = Call(**(values | changed))
    call.caps, call.rules = caps(), conditions()
    day = CLOSES.date() + timedelta(days=5)
    call.steps = [
        CallStep(key="eligibility", title={"en": "Check"}, until_on=day),
        CallStep(key="recommendation", title={"en": "District"}, until_on=day + timedelta(days=5)),
    ]
    db.session.add(call)
    db.session.flush()
    return call.id


def make_group(name: str, people: dict[int, str], **changed: Any) -> int:
    place = reference_queries.region_by_code("440103006")
    branch = reference_queries.speciality_by_code("SP-CARE")
    assert place is not None
    assert branch is not None
    values: dict[str, Any] = {
        "kind": Kind.GROUP,
        "name": {"zh-Hans": name},
        "name_folded": name,
        "legal_status": LegalStatus.FILED,
        "region_id": place.id,
        "region_path": place.path,
        "speciality_id": branch.id,
        "founded_on": date(2020, 1, 1),
        "registered_at": OPENS,
    }
    group = Organisation(**(values | changed))
    db.session.add(group)
    db.session.flush()
    for user_id, role in people.items():
        db.session.add(
            Membership(organisation_id=group.id, user_id=user_id, role=MemberRole(role), from_on=OPENS.date())
        )
    return group.id

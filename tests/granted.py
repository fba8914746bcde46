"""A funded proposal, for the tests of what comes after the decision: Ada's group, its host, its call, its notice.

Rows are laid down directly, so that a test of agreements needs no review round; what the tests are
about is done by actions. Ada leads the group and Bo writes for it, Hal leads the host.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from grants.agreements import queries as agreements
from grants.agreements.actions import promises, signing, texts
from grants.agreements.fields import Party
from grants.agreements.printing import Typeset
from grants.calls.fields import CallKind, CallState, Gate
from grants.calls.models import Call, TranchePlan
from grants.core.checkcodes import check_code
from grants.core.db import db
from grants.core.money import Money
from grants.core.policy import SYSTEM, Actor, Held
from grants.decisions.fields import DecisionState, Outcome
from grants.decisions.models import Decision
from grants.documents import actions as documents
from grants.funds import actions as funds
from grants.funds import queries as books
from grants.funds.fields import BudgetLine, SourceType
from grants.notices.fields import NoticeState, ObjectionState
from grants.notices.models import Notice, Objection
from grants.organisations.fields import Kind, LegalStatus, MemberRole
from grants.organisations.models import Membership, Organisation
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal, ProposalVersion
from grants.questionnaires import actions as forms
from grants.questionnaires import queries as form_queries
from grants.reference import actions as reference
from grants.reference import queries as reference_queries
from grants.reference.fields import Taxonomy
from tests.album import Photographed
from tests.cast import Cast
from tests.city import build_city
from tests.documents import samples

Inside = Callable[..., AbstractContextManager[None]]
NOTICE_ENDS = datetime(2026, 4, 24, 16, 0, tzinfo=UTC)
AT = NOTICE_ENDS + timedelta(days=3)
GRANTED = Money.yuan("40000.01")
STREET = "440103006"
ANSWERS: dict[str, dict[str, Any]] = {
    "basics": {"title": "暖巷敲门", "summary": "六十名志愿者每周探访独居长者。", "place": STREET},
    "activities": {
        "schedule": [
            {"what": "培训探访员", "from_on": "2026-05-11", "until_on": "2026-06-30"},
            {"what": "每周探访", "from_on": "2026-06-01", "until_on": "2027-04-10"},
        ],
        "person_times": 720,
    },
    "beneficiaries": {"reached": [{"type": "elderly_alone", "people": 120}]},
    "budget": {
        "budget": [
            {
                "category": "insurance",
                "item": "保险",
                "unit_price": "30",
                "quantity": "60",
                "source": "foundation",
            },
            {
                "category": "transport",
                "item": "交通",
                "unit_price": "10",
                "quantity": "720",
                "source": "foundation",
            },
            {
                "category": "materials",
                "item": "物资",
                "unit_price": "41000",
                "quantity": "1",
                "source": "foundation",
            },
            {"category": "meals", "item": "误餐", "unit_price": "15", "quantity": "720", "source": "own"},
        ]
    },
}


@dataclass(frozen=True)
class Funded:
    """Ids of what stands when the board has decided and the notice is over."""

    proposal: str
    proposal_id: int
    call_id: int
    group_id: int
    host_id: int
    notice_id: int


def add_body(name: str, kind: Kind, status: LegalStatus, *, host_id: int | None = None) -> Organisation:
    region = reference_queries.region_by_code(STREET)
    speciality = reference_queries.speciality_by_code("SP-CARE")
    assert region is not None
    assert speciality is not None
    is_group = kind is Kind.GROUP
    body = Organisation(
        kind=kind,
        name={"zh-Hans": name, "en": name},
        name_folded=name.casefold(),
        legal_status=status,
        credit_code=None
        if status in (LegalStatus.UNREGISTERED, LegalStatus.FILED)
        else f"5244{len(name):014d}",
        host_id=host_id,
        region_id=region.id,
        region_path=region.path,
        speciality_id=speciality.id if is_group else None,
        registered_at=AT,
    )
    db.session.add(body)
    db.session.flush()
    return body


def add_member(organisation: Organisation, user_id: int, role: MemberRole) -> None:
    db.session.add(
        Membership(organisation_id=organisation.id, user_id=user_id, role=role, from_on=date(2026, 1, 1))
    )


def add_call() -> Call:
    finance = Actor(None, "Eve", (Held("finance"),))
    fund = funds.open_fund(
        name={"zh-Hans": "综合资助资金"}, source_type=SourceType.DONATION, by=finance, at=AT
    )
    funds.open_balance(fund, amount=Money.yuan(900_000), by=finance, at=AT)
    funds.set_year_budget(
        fund, year=2026, line=BudgetLine.GRANTS, amount=Money.yuan(520_000), by=finance, at=AT
    )
    call = Call(
        number="2026-1", title={"zh-Hans": "木棉计划", "en": "Kapok Programme"}, kind=CallKind.ANNUAL,
        fund_id=fund.id, year=2026, envelope=Money.yuan(400_000), floor=Money.yuan(10_000),
        ceiling=Money.yuan(50_000), opens_at=AT - timedelta(days=90), closes_at=AT - timedelta(days=60),
        published_at=AT - timedelta(days=95), state=CallState.DECIDED,
    )  # fmt: skip
    for number, (percent, gate) in enumerate(zip((50, 40, 10), Gate, strict=True), start=1):
        call.tranches.append(TranchePlan(number=number, percent=Decimal(percent), gate=gate))
    db.session.add(call)
    db.session.flush()
    return call


def _proposal(call: Call, group: Organisation) -> Proposal:
    sheet = forms.new_sheet(form_queries.current_version("proposal_annual"), holder_kind="proposal")
    proposal = Proposal(
        call_id=call.id, organisation_id=group.id, region_path=group.region_path, sheet_id=sheet.id,
        title="暖巷敲门", number="MM2026-001", state=ProposalState.FUNDED, requested=Money.yuan(50_000),
        total_cost=Money.yuan(60_800), starts_on=date(2026, 5, 11), ends_on=date(2027, 4, 30),
        started_at=AT, submitted_at=AT - timedelta(days=61), content_hash="0" * 64, check_code=check_code(),
    )  # fmt: skip
    db.session.add(proposal)
    db.session.flush()
    form = {
        "sections": [{"key": key, "answers": answers} for key, answers in ANSWERS.items()],
        "terms": {"budget_category": {"insurance": {"zh-Hans": "志愿者保险", "en": "Insurance"}}},
    }
    db.session.add(
        ProposalVersion(
            proposal_id=proposal.id, number=1, snapshot={"form": form}, content_hash="0" * 64,
            check_code=check_code(), submitted_at=AT - timedelta(days=61),
        )
    )  # fmt: skip
    return proposal


def _decided(proposal: Proposal) -> Notice:
    """Approved by the board and shown to the public for five working days."""
    db.session.add(
        Decision(
            proposal_id=proposal.id, outcome=Outcome.FUND, amount=GRANTED, state=DecisionState.APPROVED,
            proposed_at=AT - timedelta(days=12), approved_at=AT - timedelta(days=10),
        )
    )  # fmt: skip
    item = {"key": proposal.case, "number": proposal.number, "title": proposal.title, "organisation": {},
            "amount": str(GRANTED), "detail": {}}  # fmt: skip
    notice = Notice(
        number="GS2026-001", holder_kind="call", holder_id=proposal.call_id, case=f"call/{proposal.call_id}",
        title={"zh-Hans": "公示"}, items=[item], content_hash="0" * 64, check_code=check_code(),
        working_days=5, starts_on=date(2026, 4, 20), ends_at=NOTICE_ENDS,
        published_at=NOTICE_ENDS - timedelta(days=5), state=NoticeState.PUBLISHED,
    )  # fmt: skip
    db.session.add(notice)
    db.session.flush()
    return notice


def add_objection(notice_id: int, item_key: str, state: ObjectionState) -> None:
    decided = None if state is ObjectionState.RECEIVED else NOTICE_ENDS
    db.session.add(
        Objection(
            number=f"YY2026-{state.value}", notice_id=notice_id, item_key=item_key, by_name="实名市民",
            contact="020-00000000", content="利益输送", received_at=NOTICE_ENDS - timedelta(days=2),
            state=state, decided_at=decided,
        )
    )  # fmt: skip


@pytest.fixture
def funded(inside: Inside, cast: Cast, photographed: Photographed) -> Funded:
    made: Funded = photographed(lambda: _funded(inside, cast))
    return made


def _funded(inside: Inside, cast: Cast) -> Funded:
    people = {name: cast.id(name) for name in ("ada", "bo", "hal")}
    with inside():
        build_city()
        profile = reference.foundation_profile()
        profile.name = {"zh-Hans": "穗城志愿服务发展基金会", "en": "Suicheng Foundation"}
        profile.board_chair = {"zh-Hans": "姚承愿"}
        for key, name in (("insurance", "志愿者保险"), ("transport", "交通补贴"), ("materials", "物资")):
            words = {"zh-Hans": name, "en": key.title()}
            reference.add_term(Taxonomy.BUDGET_CATEGORY, words, key=key, by=SYSTEM, at=AT)
        forms.publish_shipped(by=SYSTEM, at=AT)
        host = add_body("逢源街道社会组织服务中心", Kind.HOST, LegalStatus.REGISTERED_SSA)
        group = add_body("木棉暖巷助老服务队", Kind.GROUP, LegalStatus.UNREGISTERED, host_id=host.id)
        add_member(group, people["ada"], MemberRole.OWNER)
        add_member(group, people["bo"], MemberRole.EDITOR)
        add_member(host, people["hal"], MemberRole.OWNER)
        call = add_call()
        proposal = _proposal(call, group)
        notice = _decided(proposal)
        fund = books.by_id(call.fund_id or 0)
        funds.commit_money(fund, year=2026, amount=GRANTED, case=proposal.case, by=SYSTEM, at=AT)
        return Funded(proposal.public_id, proposal.id, call.id, group.id, host.id, notice.id)


def sign_all(inside: Inside, cast: Cast, funded: Funded, *, at: datetime = AT) -> int:
    """Promise, offer and sign by group, host and director, without setting a paper; the grant's id."""
    officer = cast.actor("olu")
    with inside():
        public_id = promises.promise(
            agreements.proposal_by_public_id(funded.proposal), by=officer, at=at
        ).public_id
    with inside(read_only=True):
        spooled = documents.receive(samples.upload("agreement.pdf", samples.pdf()))
    with inside():
        agreement = agreements.by_public_id(public_id)
        texts.offer(agreement, Typeset(spooled, check_code(), agreement.version), by=officer, at=at)
    for name, party in (("ada", Party.GROUP), ("hal", Party.HOST), ("fay", Party.FOUNDATION)):
        signer = cast.actor(name)
        with inside():
            agreement = agreements.by_public_id(public_id)
            seen = {
                "typed_name": signer.name,
                "seen_hash": agreement.content_hash or "",
                "address": "10.0.0.7",
            }
            signing.sign(agreement, party, **seen, by=signer, at=at)
            grant_id = agreement.grant_id
    return grant_id

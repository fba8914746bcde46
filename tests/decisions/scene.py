"""A call whose reviews are in: a fund with money, four judged proposals, a board of three."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from grants.accounts import queries as accounts
from grants.accounts.actions import roles
from grants.accounts.fields import RoleName
from grants.calls.fields import CallKind, CallState
from grants.calls.models import Call, CallStep, PriorityField
from grants.calls.queries import loading
from grants.core import clock
from grants.core.checkcodes import check_code
from grants.core.db import db
from grants.core.money import Money
from grants.core.policy import SYSTEM, Actor
from grants.core.unit_of_work import unit_of_work
from grants.decisions.actions import board, proposing
from grants.decisions.fields import Outcome, Vote
from grants.decisions.models import BoardMeeting
from grants.decisions.queries import meetings
from grants.decisions.rules import Wish
from grants.documents import actions as documents
from grants.funds import actions as funds
from grants.funds.fields import BudgetLine, SourceType
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal, ProposalField
from grants.questionnaires.fields import QuestionnaireKind
from grants.questionnaires.models import AnswerSheet, Questionnaire, QuestionnaireVersion
from grants.reviews.actions.entries import Judged, add_entry
from grants.reviews.fields import AssignmentState, ReviewState
from grants.reviews.models import Assignment, Criterion, Review, Reviewer, ReviewStage, Score
from tests.album import Photographed
from tests.cast import Cast
from tests.reviews.scene import organisation

NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = clock.day_of(NOW)
TITLES = ("暖巷敲门", "江岸拾光", "榕荫课堂", "山径零废")
MARKS = (5, 4, 3, 2)
ASKED = (40_000, 30_000, 50_000, 20_000)
FIELDS = ("elderly", "environment", "teaching", "environment")
PEOPLE = ("fay", "olu", "otis", "bea", "gus", "dee", "ada", "aud", "eve")


@dataclass
class Upload:
    """A file as a browser sends it."""

    filename: str | None
    stream: Any


@dataclass
class House:
    """Rows by their ids, and the steps towards an approval."""

    app: Flask
    cast: Cast
    call: int = 0
    fund: int = 0
    stage: int = 0
    criterion: int = 0
    reviewer: int = 0
    asks: int = 0
    proposals: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    organisations: list[int] = field(default_factory=list)

    @contextmanager
    def inside(self) -> Iterator[None]:
        with self.app.app_context(), unit_of_work():
            yield

    def actor(self, name: str) -> Actor:
        return accounts.actor_of(self.cast.id(name))

    def found_call(self) -> Call:
        return loading.by_id(self.call)

    def address(self) -> str:
        with self.app.app_context():
            return f"/calls/{db.session.get_one(Call, self.call).public_id}"

    def wish(
        self, number: int, outcome: Outcome | None, yuan: int = 0, reason: str = "", version: int = 0
    ) -> Wish:
        return Wish(self.proposals[number], self.keys[number], outcome, Money.yuan(yuan), reason, version)

    def decided(self) -> list[Wish]:
        """A whole table: two funded, one in reserve, one declined, with a reason each."""
        return [
            self.wish(0, Outcome.FUND, 38_000),
            self.wish(1, Outcome.FUND, 30_000),
            self.wish(2, Outcome.RESERVE, reason="候补"),
            self.wish(3, Outcome.DECLINE, reason="指标缺少基线"),
        ]

    def propose(self, *wishes: Wish, by: str = "olu") -> int:
        with self.inside():
            return proposing.propose(self.found_call(), wishes or self.decided(), by=self.actor(by), at=NOW)

    def convene(self, *, seats: int = 3, quorum: int = 2, chair: str = "bea") -> str:
        with self.inside():
            plan = board.Plan(TODAY, seats, quorum, self.cast.id(chair))
            return board.convene(self.found_call(), plan, by=self.actor("olu"), at=NOW).public_id

    def meeting(self) -> BoardMeeting:
        found = meetings.meeting_of(self.found_call())
        assert found is not None
        return found

    def put(self) -> None:
        with self.inside():
            board.put_before_board(self.meeting(), by=self.actor("olu"), at=NOW)

    def vote(self, **votes: Vote) -> None:
        for name, choice in votes.items():
            with self.inside():
                board.vote(self.meeting(), choice, by=self.actor(name), at=NOW)

    def minutes(self) -> None:
        with self.app.app_context():
            spooled = documents.receive(Upload("minutes.txt", BytesIO("会议纪要".encode())))
        with self.inside():
            board.file_minutes(
                self.meeting(), spooled, number="理会纪4号", resolution="同意", by=self.actor("olu"), at=NOW
            )

    def approve(self, *, by: str = "bea") -> None:
        with self.inside():
            board.approve(self.meeting(), notice_from=None, by=self.actor(by), at=NOW)

    def before_the_board(self) -> None:
        self.propose()
        self.convene()
        self.put()

    def ready(self) -> None:
        """Voted on with quorum and majority, the minutes filed."""
        self.before_the_board()
        self.vote(bea=Vote.FOR, gus=Vote.FOR)
        self.minutes()


@pytest.fixture
def house(app: Flask, cast: Cast, photographed: Photographed) -> House:
    made: House = photographed(lambda: _house(app, cast))
    return made


def _house(app: Flask, cast: Cast) -> House:
    made = House(app, cast)
    for name in PEOPLE:
        cast.id(name)
    with made.inside():
        for name in ("gus", "otis"):
            user = accounts.user_by_id(cast.id(name))
            roles.grant_role(user, roles.Terms(RoleName.BOARD), by=SYSTEM, at=NOW)
        _money(made)
        _call(made)
        for number in range(len(TITLES)):
            _proposal(made, number)
    return made


def _money(made: House) -> None:
    fund = funds.open_fund(name={"en": "General"}, source_type=SourceType.DONATION, by=SYSTEM, at=NOW)
    made.fund = fund.id
    funds.receive_money(fund, amount=Money.yuan(100_000), by=SYSTEM, at=NOW)
    funds.set_year_budget(
        fund, year=TODAY.year, line=BudgetLine.GRANTS, amount=Money.yuan(90_000), by=SYSTEM, at=NOW
    )


def _call(made: House) -> None:
    stage = ReviewStage(
        holder_kind="call", holder_id=0, title={"en": "Review"}, reviews_per_entry=1, closes_at=NOW
    )
    db.session.add(stage)
    db.session.flush()
    criterion = Criterion(stage_id=stage.id, key="all", name={"en": "All"}, weight=Decimal(100))
    db.session.add(criterion)
    call = Call(
        number="穗志资〔2026〕9号",
        title={"zh-Hans": "木棉计划", "en": "Kapok"},
        kind=CallKind.ANNUAL,
        fund_id=made.fund,
        year=TODAY.year,
        envelope=Money.yuan(80_000),
        floor=Money.yuan(10_000),
        ceiling=Money.yuan(50_000),
        opens_at=NOW - timedelta(days=60),
        closes_at=NOW - timedelta(days=30),
        published_at=NOW - timedelta(days=60),
        stage_id=stage.id,
        state=CallState.IN_REVIEW,
        notice_days=5,
    )
    call.fields = [
        PriorityField(field="elderly", target_percent=Decimal(50)),
        PriorityField(field="others", target_percent=Decimal(50)),
    ]
    call.steps = [CallStep(key="board", title={"en": "Board"}, from_on=TODAY, until_on=TODAY)]
    db.session.add(call)
    db.session.flush()
    made.call, made.stage, stage.holder_id = call.id, stage.id, call.id
    form = Questionnaire(key="tiny", kind=QuestionnaireKind.PROPOSAL)
    db.session.add(form)
    db.session.flush()
    asks = QuestionnaireVersion(questionnaire_id=form.id, number=1, definition={"sections": []})
    db.session.add(asks)
    reviewer = db.session.scalars(select(Reviewer).where(Reviewer.user_id == made.cast.id("dee"))).one()
    db.session.flush()
    made.criterion, made.reviewer, made.asks = criterion.id, reviewer.id, asks.id


def _proposal(made: House, number: int) -> None:
    behind = organisation(f"group{number}")
    sheet = AnswerSheet(version_id=made.asks, holder_kind="proposal", holder_id=None)
    db.session.add_all([behind, sheet])
    db.session.flush()
    proposal = Proposal(
        call_id=made.call,
        organisation_id=behind.id,
        region_path="440100",
        sheet_id=sheet.id,
        title=TITLES[number],
        number=f"MM-{number + 1}",
        state=ProposalState.IN_REVIEW,
        requested=Money.yuan(ASKED[number]),
        started_at=NOW,
        submitted_at=NOW,
        content_hash="0" * 64,
        check_code=check_code(),
        fields=[ProposalField(field=FIELDS[number])],
    )
    db.session.add(proposal)
    db.session.flush()
    stage = db.session.get_one(ReviewStage, made.stage)
    judged = Judged(
        "proposal",
        proposal.id,
        proposal.case,
        proposal.title,
        {"title": proposal.title},
        "0" * 64,
        [behind.id],
    )
    entry = add_entry(stage, judged, by=SYSTEM, at=NOW)
    made.proposals.append(proposal.id)
    made.keys.append(proposal.public_id)
    made.organisations.append(behind.id)
    review(made, entry.id, MARKS[number])


def review(made: House, entry_id: int, mark: int) -> None:
    """A review that was sent in, straight in the tables."""
    assignment = Assignment(
        entry_id=entry_id, reviewer_id=made.reviewer, state=AssignmentState.ACCEPTED, assigned_at=NOW
    )
    db.session.add(assignment)
    db.session.flush()
    row = Review(
        assignment_id=assignment.id, state=ReviewState.SUBMITTED, submitted_at=NOW, comment="有数据，有走访。"
    )
    db.session.add(row)
    db.session.flush()
    db.session.add(Score(review_id=row.id, criterion_id=made.criterion, mark=Decimal(mark)))
    db.session.flush()


A_DAY = date(2026, 4, 17)

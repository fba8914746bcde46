"""A round of judging to play on: one rubric, three entries of three groups, a pool of reviewers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from grants.accounts import queries as accounts
from grants.core import clock
from grants.core.db import db
from grants.core.policy import SYSTEM, Actor
from grants.core.text import folded
from grants.core.unit_of_work import unit_of_work
from grants.organisations.fields import Kind, LegalStatus
from grants.organisations.models import Organisation
from grants.reviews.actions import assigning, writing
from grants.reviews.actions.entries import Judged, add_entry
from grants.reviews.models import Assignment, Criterion, Entry, Reviewer, ReviewStage
from grants.reviews.queries import assigning as pool
from grants.reviews.queries import loading
from tests.album import Photographed
from tests.cast import Cast

OPENS = datetime(2026, 3, 23, tzinfo=UTC)
CLOSES = datetime(2036, 4, 10, 16, tzinfo=UTC)
NOW = datetime(2026, 3, 30, 4, tzinfo=UTC)
RUBRIC = (("need", "需求与必要性", "Need", 40), ("design", "方案可行性", "Feasibility", 60))
CALL_ID = 7
PEOPLE = ("fay", "olu", "otis", "dee", "bea", "gus", "ada", "aud")
GOOD = {"need": Decimal(4), "design": Decimal(5)}
SNAPSHOT: dict[str, Any] = {"kind": "proposal", "title": "暖巷敲门", "requested": "42000.00"}


@dataclass
class Scene:
    """Rows by their ids; everything is made by the same actions people use, where there is one."""

    app: Flask
    cast: Cast
    stage: int = 0
    entries: list[int] = field(default_factory=list)
    organisations: list[int] = field(default_factory=list)
    reviewers: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def inside(self) -> Iterator[None]:
        with self.app.app_context(), unit_of_work():
            yield

    def actor(self, name: str) -> Actor:
        """Who they are now, also in the middle of a unit of work."""
        return accounts.actor_of(self.cast.id(name))

    def reviewer(self, name: str, **more: Any) -> int:
        """A person of the cast, in the pool."""
        user_id = self.cast.id(name)
        with self.inside():
            row = pool.reviewer_of(user_id) or Reviewer(user_id=user_id)
            for name_of, value in ({"is_external": True, "expertise": ["elderly"]} | more).items():
                setattr(row, name_of, value)
            db.session.add(row)
            db.session.flush()
            self.reviewers[name] = row.id
        return self.reviewers[name]

    def assignment(self, number: int, name: str) -> Assignment:
        """The assignment of entry `number` to a person, whole, in the caller's unit of work."""
        public_id = db.session.scalar(
            select(Assignment.public_id).where(
                Assignment.entry_id == self.entries[number], Assignment.reviewer_id == self.reviewers[name]
            )
        )
        assert public_id
        return loading.assignment_by_public_id(public_id)

    def assign(self, number: int, name: str, *, state: str = "accepted") -> str:
        """Choose, ask and (if wanted) accept, by the actions; the public id of the assignment."""
        with self.inside():
            entry = db.session.get_one(Entry, self.entries[number])
            entry = loading.entry_by_public_id(entry.public_id)
            known = [a.reviewer_id for a in pool.assignments_of(entry)]
            by = self.actor("fay")
            assigning.choose(entry, [*known, self.reviewers[name]], by=by, at=NOW)
            public_id = self.assignment(number, name).public_id
        if state in {"invited", "accepted"}:
            with self.inside():
                assigning.invite(self.found_stage(), by=self.actor("fay"), at=NOW)
        if state == "accepted":
            with self.inside():
                assigning.accept(self.assignment(number, name), by=self.actor(name), at=NOW)
        return public_id

    def review(self, number: int, name: str, marks: dict[str, Any] | None = None) -> str:
        """A whole review, written and sent in."""
        public_id = self.assign(number, name)
        with self.inside():
            by = self.actor(name)
            judgement = writing.Judgement(
                marks=marks or GOOD, comment="需求扎实，指标有基线，建议支持。", recommended=True
            )
            writing.save(self.assignment(number, name), judgement, version=0, by=by, at=NOW)
        with self.inside():
            writing.submit(self.assignment(number, name), by=self.actor(name), at=NOW + timedelta(hours=1))
        return public_id

    def found_stage(self) -> ReviewStage:
        row = db.session.get_one(ReviewStage, self.stage)
        return loading.stage_by_public_id(row.public_id)

    def found_entry(self, number: int) -> Entry:
        return loading.entry_by_public_id(db.session.get_one(Entry, self.entries[number]).public_id)


def organisation(name: str) -> Organisation:
    return Organisation(
        kind=Kind.HOST,
        name={"zh-Hans": name, "en": name},
        name_folded=folded(name),
        legal_status=LegalStatus.PUBLIC_BODY,
        credit_code=f"91{folded(name):0>16}"[-18:],
        registered_at=clock.now(),
    )


def stage_of_two_criteria() -> ReviewStage:
    stage = ReviewStage(
        holder_kind="call",
        holder_id=CALL_ID,
        title={"zh-Hans": "2026年“木棉计划”评审", "en": "Review of Kapok 2026"},
        opens_at=OPENS,
        closes_at=CLOSES,
        reviews_per_entry=1,
        pass_score=Decimal(60),
    )
    db.session.add(stage)
    db.session.flush()
    db.session.add_all(criterion(stage.id, position) for position in range(len(RUBRIC)))
    return stage


def criterion(stage_id: int, position: int) -> Criterion:
    key, zh, en, weight = RUBRIC[position]
    return Criterion(
        stage_id=stage_id,
        key=key,
        name={"zh-Hans": zh, "en": en},
        weight=Decimal(weight),
        anchors={
            "1": {"zh-Hans": "只凭印象", "en": "impression only"},
            "5": {"zh-Hans": "有数据", "en": "data"},
        },
        position=position,
    )


def judged(number: int, title: str, organisation_id: int) -> Judged:
    return Judged(
        subject_kind="proposal",
        subject_id=100 + number,
        case=f"proposal/{100 + number}",
        title=title,
        snapshot=SNAPSHOT | {"title": title},
        content_hash="0" * 64,
        organisations=[organisation_id],
        topics=["elderly"],
    )


@pytest.fixture
def scene(app: Flask, cast: Cast, photographed: Photographed) -> Scene:
    made: Scene = photographed(lambda: _scene(app, cast))
    return made


def _scene(app: Flask, cast: Cast) -> Scene:
    made = Scene(app, cast)
    for name in PEOPLE:
        cast.id(name)
    with made.inside():
        stage = stage_of_two_criteria()
        made.stage = stage.id
        for number, title in enumerate(("暖巷敲门", "江岸拾光", "榕荫课堂")):
            behind = organisation(f"org{number}")
            db.session.add(behind)
            db.session.flush()
            made.organisations.append(behind.id)
            entry = add_entry(stage, judged(number, title, behind.id), by=SYSTEM, at=NOW)
            made.entries.append(entry.id)
    made.reviewer("dee")
    return made

"""A year of recognition to play on: a fund, two groups with volunteers and verified hours, a cycle of two categories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from msgspec.structs import asdict
from sqlalchemy import select

from grants.accounts import queries as people
from grants.awards.actions import categories, cycles, judging, nominating
from grants.awards.actions.categories import CategoryDraft, Line
from grants.awards.actions.nominating import Words
from grants.awards.fields import Publicity, Recipient
from grants.awards.models import AwardCategory, AwardCycle, Nomination
from grants.awards.queries import cycles as reading
from grants.awards.queries import nominations
from grants.awards.rules.cycles import CycleDraft
from grants.awards.rules.scores import Weights
from grants.core import clock
from grants.core.db import db
from grants.core.money import Money
from grants.core.policy import SYSTEM, Actor
from grants.core.unit_of_work import unit_of_work
from grants.funds import actions as funds
from grants.funds.fields import BudgetLine
from grants.funds.models import Fund
from grants.organisations.models import Organisation, Volunteer
from grants.projects.fields import ActivityState, HourState, ProjectState
from grants.projects.models import Activity, HourRecord, Project
from grants.reviews.actions import assigning, writing
from grants.reviews.models import Assignment, Entry, Reviewer
from grants.reviews.queries import loading
from tests.cast import Cast
from tests.payments.grants_made import House

DEED = "她每周六清早去河边，把每一袋垃圾称重、登记、拍照，三年没有断过。" * 14
TODAY = clock.today()
PEOPLE = ("ada", "bo", "cy", "dee", "bea", "eve", "fay", "olu", "gus", "aud", "max")


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def noon(offset: int) -> datetime:
    return clock.at_local(day(offset), time(12, 0))


PLAN = CycleDraft(
    title={"zh-Hans": "年度评优", "en": "Awards of the year"},
    fund_id=None,
    amount=Money.yuan(20_000),
    period_from=day(-370),
    period_to=day(-6),
    nominate_from=day(-5),
    nominate_to=day(5),
    score_from=day(6),
    score_to=day(10),
    notice_from=day(11),
    notice_days=5,
    ceremony_on=day(40),
)
VOLUNTEER = CategoryDraft(
    key="volunteer",
    name={"zh-Hans": "优秀志愿者", "en": "Outstanding volunteer"},
    recipient=Recipient.PERSON,
    quota=1,
    prize=Money.yuan(1_000),
    period_years=1,
    conditions=[{"check": "hours", "value": "20"}],
    weights=Weights(Decimal(60), Decimal(40), Decimal(50)),
    lines=[Line({"zh-Hans": "事迹"}, Decimal(100))],
    reviews_per_entry=1,
)
TEAM = CategoryDraft(
    key="team",
    name={"zh-Hans": "优秀组织", "en": "Outstanding group"},
    recipient=Recipient.TEAM,
    quota=2,
    prize=Money.yuan(5_000),
    period_years=1,
    conditions=[{"check": "no_open_finding"}],
    weights=Weights(Decimal(100), Decimal(0), Decimal(50)),
    lines=[Line({"zh-Hans": "管理"}, Decimal(60)), Line({"zh-Hans": "服务"}, Decimal(40))],
    reviews_per_entry=1,
)


@dataclass
class Year:
    """Rows by their ids; everything about awards is made by the actions people use."""

    app: Flask
    cast: Cast
    house: House
    cycle_id: str = ""
    groups: list[int] = field(default_factory=list)
    volunteers: dict[str, int] = field(default_factory=dict)
    projects: list[int] = field(default_factory=list)

    @contextmanager
    def inside(self) -> Iterator[None]:
        with self.app.app_context(), unit_of_work():
            yield

    def actor(self, name: str) -> Actor:
        return people.actor_of(self.cast.id(name))

    @property
    def cycle(self) -> AwardCycle:
        return reading.by_public_id(self.cycle_id)

    def category(self, key: str) -> AwardCategory:
        public_id = next(row.public_id for row in self.cycle.categories if row.key == key)
        return reading.category_by_public_id(public_id)

    def project(self, group: int) -> int:
        """A running project, laid straight into the table."""
        grant = self.house.promise(group)
        row = Project(
            grant_id=grant.id,
            case=grant.case,
            organisation_id=group,
            region_path="440100/440103",
            title=f"暖巷敲门 {grant.id}",
            starts_on=day(-200),
            ends_on=day(200),
            state=ProjectState.ACTIVE,
        )
        db.session.add(row)
        db.session.flush()
        return row.id

    def volunteer(self, name: str, group: int, *, minutes: int, birth_year: int = 1990) -> int:
        """A volunteer with this many verified minutes in the period."""
        row = Volunteer(
            organisation_id=group, name=name, name_folded=name, birth_year=birth_year, joined_on=day(-900)
        )
        db.session.add(row)
        db.session.flush()
        self.volunteers[name] = row.id
        if minutes:
            self.hours(row.id, minutes)
        return row.id

    def hours(
        self, volunteer_id: int, minutes: int, *, state: HourState = HourState.VERIFIED, on: int = -30
    ) -> None:
        activity = Activity(
            project_id=self.projects[0],
            title="探访",
            on=day(on),
            minutes_each=60,
            state=ActivityState.VERIFIED,
        )
        db.session.add(activity)
        db.session.flush()
        for part in [1440] * (minutes // 1440) + ([minutes % 1440] if minutes % 1440 else []):
            verified = state is HourState.VERIFIED
            record = HourRecord(
                activity_id=activity.id,
                volunteer_id=volunteer_id,
                minutes=part,
                state=state,
                recorded_by_id=self.cast.id("ada"),
                verified_by_id=self.cast.id("olu") if verified else None,
                verified_at=noon(-20) if verified else None,
            )
            db.session.add(record)
            db.session.flush()
            activity = Activity(
                project_id=self.projects[0],
                title="探访",
                on=day(on),
                minutes_each=60,
                state=ActivityState.VERIFIED,
            )
            db.session.add(activity)
            db.session.flush()

    def plan(self, *drafts: CategoryDraft, plan: CycleDraft = PLAN) -> str:
        """A year in preparation with these categories."""
        fund_id = self.house.fund_id
        cycle = cycles.create_cycle(
            CycleDraft(**{**asdict(plan), "fund_id": fund_id}), by=self.actor("gus"), at=noon(-8)
        )
        for draft in drafts:
            categories.add_category(cycle, draft, by=self.actor("gus"), at=noon(-8))
        return cycle.public_id

    def nominate(
        self,
        key: str,
        who: int,
        *,
        by: str = "ada",
        group: int = 0,
        deed: str = DEED,
        consent: bool = True,
        publicity: Publicity = Publicity.MASKED,
        at: datetime | None = None,
        send: bool = True,
    ) -> str:
        """Begin, write and send in; the public id."""
        at = at or noon(0)
        category = self.category(key)
        kind = Volunteer if category.recipient is Recipient.PERSON else Organisation
        public_id = db.session.scalars(select(kind.public_id).where(kind.id == who)).one()
        body = db.session.get_one(Organisation, self.groups[group])
        row = nominating.begin(category, body, public_id, by=self.actor(by), at=at)
        words = Words(deed, consent, publicity)
        nominating.save(row, words, version=row.version, by=self.actor(by), at=at)
        if send:
            nominating.submit(row, by=self.actor(by), at=at)
        return row.public_id

    def nomination(self, public_id: str) -> Nomination:
        return nominations.by_public_id(public_id)

    def to_jury(self) -> None:
        cycles.begin_scoring(self.cycle, by=self.actor("gus"), at=noon(6))

    def mark(self, public_id: str, *marks: int, name: str = "dee") -> None:
        """One member of the jury marks a nomination, from being asked to sending in."""
        number = self.cast.id(name)
        with self.inside():
            reviewer = db.session.scalar(select(Reviewer).where(Reviewer.user_id == number))
            if reviewer is None:
                reviewer = Reviewer(user_id=number, is_external=True, expertise=[])
                db.session.add(reviewer)
                db.session.flush()
            nomination = self.nomination(public_id)
            entry = self.entry(nomination.id)
            assigning.choose(entry, [reviewer.id], by=self.actor("gus"), at=noon(6))
            assigning.invite(entry.stage, by=self.actor("gus"), at=noon(6))
        with self.inside():
            assignment = self.assignment(public_id)
            assigning.accept(assignment, by=self.actor(name), at=noon(7))
            keys = [row.key for row in assignment.entry.stage.criteria]
            given: dict[str, Any] = dict(zip(keys, map(Decimal, marks), strict=True))
            judgement = writing.Judgement(marks=given, comment="事迹真实，感人，建议表彰。", recommended=True)
            writing.save(assignment, judgement, version=0, by=self.actor(name), at=noon(7))
        with self.inside():
            writing.submit(self.assignment(public_id), by=self.actor(name), at=noon(7))

    def entry(self, nomination_id: int) -> Entry:
        public_id = db.session.scalars(
            select(Entry.public_id).where(
                Entry.subject_kind == "nomination", Entry.subject_id == nomination_id
            )
        ).one()
        return loading.entry_by_public_id(public_id)

    def assignment(self, public_id: str) -> Assignment:
        entry = self.entry(self.nomination(public_id).id)
        found = db.session.scalars(select(Assignment.public_id).where(Assignment.entry_id == entry.id)).one()
        return loading.assignment_by_public_id(found)

    def choose(self, *public_ids: str) -> None:
        for public_id in public_ids:
            judging.shortlist(
                self.nomination(public_id), reason="事迹突出。", by=self.actor("gus"), at=noon(11)
            )

    def publish(self) -> None:
        judging.publish_results(self.cycle, by=self.actor("gus"), at=noon(11))

    def give(self, offset: int = 40) -> int:
        return judging.give_awards(self.cycle, by=self.actor("gus"), at=noon(offset))


def a_year(app: Flask, cast: Cast, drafts: Sequence[CategoryDraft] = (VOLUNTEER, TEAM)) -> Year:
    """Open for nominations since five days ago."""
    for name in PEOPLE:
        cast.id(name)
    house = House(cast)
    year = Year(app, cast, house)
    with year.inside():
        house.open()
        fund = db.session.get_one(Fund, house.fund_id)
        for number in {PLAN.ceremony_on.year, day(0).year}:
            funds.set_year_budget(
                fund, year=number, line=BudgetLine.AWARDS, amount=Money.yuan(60_000), by=SYSTEM, at=noon(-9)
            )
        year.groups = [house.group("木棉暖巷", leader="ada"), house.group("珠水清流", leader="bo")]
        year.projects = [year.project(group) for group in year.groups]
        year.volunteer("陈慕兰", year.groups[0], minutes=1800)
        year.volunteer("简俊言", year.groups[0], minutes=600)
        year.volunteer("小树苗", year.groups[0], minutes=1500, birth_year=day(0).year - 16)
        year.cycle_id = year.plan(*drafts)
    with year.inside():
        cycles.open_nominations(year.cycle, by=year.actor("gus"), at=noon(-6))
    return year

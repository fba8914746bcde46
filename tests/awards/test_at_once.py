"""One place, one prize, one year: two at the same moment never take more than there is."""

from __future__ import annotations

from flask import Flask
from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.awards.actions import categories, cycles, judging, nominating
from grants.awards.fields import NominationState, Publicity
from grants.awards.models import AwardCategory, Certificate, Nomination
from grants.awards.queries import cycles as reading
from grants.core.money import Money
from grants.reviews.models import Entry
from tests.at_once import overlap
from tests.awards.scene import TEAM, VOLUNTEER, Year, noon


def test_two_are_never_chosen_for_one_place(app: Flask, year: Year, rows: Session) -> None:
    with year.inside():
        year.volunteer("罗小雨", year.groups[0], minutes=1700)
    with year.inside():
        both = [year.nominate("volunteer", year.volunteers[name]) for name in ("陈慕兰", "罗小雨")]
    with year.inside():
        year.to_jury()
    gus = year.cast.actor("gus")

    def choose(key: str) -> None:
        judging.shortlist(year.nomination(key), reason="事迹突出。", by=gus, at=noon(11))

    outcomes = overlap(app, lambda: choose(both[0]), lambda: choose(both[1]))
    assert outcomes == ("done", "RulesBroken")
    chosen = select(func.count()).where(Nomination.state == NominationState.SHORTLISTED)
    assert rows.scalar(chosen) == 1


def test_what_is_sent_in_reaches_the_jury_or_is_too_late(app: Flask, year: Year, rows: Session) -> None:
    with year.inside():
        draft = year.nominate("volunteer", year.volunteers["陈慕兰"], send=False)
        year.nominate("team", year.groups[0], publicity=Publicity.FULL)
    ada, gus = year.cast.actor("ada"), year.cast.actor("gus")
    outcomes = overlap(
        app,
        lambda: nominating.submit(year.nomination(draft), by=ada, at=noon(5)),
        lambda: cycles.begin_scoring(year.cycle, by=gus, at=noon(6)),
    )
    assert outcomes == ("done", "done")
    sent_in = rows.scalar(select(func.count()).where(Nomination.state == NominationState.SUBMITTED))
    assert rows.scalar(select(func.count()).select_from(Entry)) == sent_in == 2


def test_two_categories_never_cost_more_than_the_year_has(app: Flask, year: Year, rows: Session) -> None:
    with year.inside():
        other = year.plan()
    dear = [replace(draft, key=key, prize=Money.yuan(9_000), quota=2) for draft, key in
            ((TEAM, "most"), (replace(VOLUNTEER), "more"))]  # fmt: skip
    gus = year.cast.actor("gus")

    def add(place: int) -> None:
        categories.add_category(reading.by_public_id(other), dear[place], by=gus, at=noon(-7))

    assert overlap(app, lambda: add(0), lambda: add(1)) == ("done", "RulesBroken")
    assert rows.scalars(select(AwardCategory.key).where(AwardCategory.key.in_(("most", "more")))).all() == [
        "most"
    ]


def test_awards_are_given_once(app: Flask, year: Year, rows: Session, in_notice: tuple[str, str]) -> None:
    gus = year.cast.actor("gus")

    def give() -> None:
        judging.give_awards(year.cycle, by=gus, at=noon(40))

    assert overlap(app, give, give) == ("done", "IllegalTransition")
    assert rows.scalar(select(func.count()).select_from(Certificate)) == len(in_notice)

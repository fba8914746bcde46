"""The demo's awards: the year before as certificates, this year up to the jury, each step at its own time.

Hours, findings and grades must be there already: the system fills them in by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct
from sqlalchemy import select

from grants.accounts.queries import actor_of
from grants.awards.actions import categories, certificates, cycles, nominating
from grants.awards.actions.categories import CategoryDraft, Line
from grants.awards.actions.nominating import Words
from grants.awards.fields import Publicity, Recipient
from grants.awards.models import AwardCategory, AwardCycle, Nomination
from grants.awards.queries import cycles as reading
from grants.awards.queries import nominations
from grants.awards.queries.nominees import offered
from grants.awards.rules.cycles import CycleDraft
from grants.awards.rules.scores import Weights
from grants.core import clock
from grants.core.db import db
from grants.core.money import Money
from grants.demo.award_deeds import whole_deed
from grants.demo.organisations import People
from grants.demo.words import words
from grants.funds.models import Fund
from grants.organisations.models import Organisation
from grants.reviews.actions import assigning, writing
from grants.reviews.models import Assignment, Entry
from grants.reviews.queries import assigning as pool
from grants.reviews.queries import loading

Data = Mapping[str, Any]
_RECIPIENTS = {
    "person": Recipient.PERSON,
    "group": Recipient.TEAM,
    "partner": Recipient.ORGANISATION,
    "project": Recipient.PROJECT,
}
_CHECKS = {
    "min_year_hours": "hours",
    "annual_check": "annual_check",
    "no_open_major_issue": "no_open_finding",
    "status_in": "running",
    "star_min": "stars",
}
_LINES = {
    "deeds": ("事迹", "Deed"),
    "management": ("管理", "Management"),
    "service": ("服务", "Service"),
    "innovation": ("创新", "Innovation"),
    "effect": ("成效", "Effect"),
    "sustainability": ("可持续", "Sustainability"),
    "support": ("支持", "Support"),
    "guidance": ("指导", "Guidance"),
}
_FULL_HOURS = Decimal(40)
_JURORS = 2
_APART = Decimal(1)
_COMMENT = "事迹具体、可核实，服务对象的变化看得见，建议按排名予以表彰。"


class Places(Struct, frozen=True):
    """What the other parts of the loader made: ids of rows by the data's ids."""

    funds: Mapping[str, int]
    groups: Mapping[str, int]
    partners: Mapping[str, int]
    volunteers: Mapping[str, int]
    projects: Mapping[str, int]

    def nominee(self, row: Data) -> int:
        kinds = {
            "person": self.volunteers,
            "group": self.groups,
            "project": self.projects,
            "partner": self.partners,
        }
        return kinds[row["nominee_type"]][row["nominee_id"]]


def load_honours(data: Data, people: People) -> None:
    """The certificates of the years before, entered by the awards desk with their own numbers."""
    named = {row["key"]: row for row in data["awards"]["categories"]}
    for row in data["awards_history"]:
        day = date.fromisoformat(row["ceremony"])
        kind = named[row["category"]]
        certificates.enter_past(
            certificates.PastCertificate(
                number=row["certificate_no"],
                cycle_title=words(f"{day.year}年度志愿服务评优表彰", f"Volunteer awards {day.year}"),
                category_key=row["category"],
                category_name=words(kind["name_zh"], kind["name_en"]),
                winner_name=words(row["winner_zh"]),
                is_person=kind["recipient"] == "person",
                shows_full_name=True,
                issued_on=day,
            ),
            by=people.actor("awards"),
            at=_at(data["awards"]["timetable"]["nominate_from"], -30),
        )


def load_awards(data: Data, places: Places, people: People) -> str:
    """This year: planned, opened, nominated, before the jury, marked; the cycle's public id."""
    year = data["awards"]
    public_id = _plan(year, places, people)
    _nominate(year, places, people, data)
    desk = people.actor("awards")
    cycles.begin_scoring(reading.by_public_id(public_id), by=desk, at=_at(year["timetable"]["score_from"]))
    _mark(year, people)
    return public_id


def _at(day: str, offset: int = 0, hour: int = 9) -> datetime:
    return clock.at_local(date.fromisoformat(day) + timedelta(days=offset), time(hour))


def _plan(year: Data, places: Places, people: People) -> str:
    desk, table = people.actor("awards"), year["timetable"]
    days = {
        "period_from": year["period_from"],
        "period_to": year["period_to"],
        "nominate_from": table["nominate_from"],
        "nominate_to": table["nominate_to"],
        "score_from": table["score_from"],
        "score_to": table["score_to"],
        "notice_from": table["publicity_from"],
        "ceremony_on": table["ceremony"],
    }
    draft = CycleDraft(
        title=words(year["name_zh"], year["name_en"]),
        fund_id=places.funds[year["fund_id"]],
        amount=Money.yuan(year["fund"]),
        notice_days=table["publicity_working_days"],
        **{name: date.fromisoformat(day) for name, day in days.items()},
    )
    at = _at(table["nominate_from"], -7)
    cycle = cycles.create_cycle(draft, by=desk, at=at)
    for row in year["categories"]:
        categories.add_category(cycle, _category(row), by=desk, at=at)
    cycles.open_nominations(_fresh(cycle), by=desk, at=_at(table["nominate_from"], -3))
    return cycle.public_id


def _fresh(cycle: AwardCycle) -> AwardCycle:
    """As a page would load it, in the same unit of work."""
    db.session.flush()
    cycle.fund = db.session.get(Fund, cycle.fund_id)
    return cycle


def _category(row: Data) -> CategoryDraft:
    weights = row["weights"]
    hours = Decimal(weights.get("hours", 0))
    lines = ["deeds"] if "deeds" in weights else list(weights)
    return CategoryDraft(
        key=row["key"],
        name=words(row["name_zh"], row["name_en"]),
        recipient=_RECIPIENTS[row["recipient"]],
        quota=row["quota"],
        prize=Money.yuan(row["prize"]),
        period_years=row["period_years"],
        conditions=[_condition(one) for one in row["conditions"] if one["key"] in _CHECKS],
        weights=Weights(100 - hours, hours, _FULL_HOURS * row["period_years"]),
        lines=[
            Line(words(*_LINES[key]), Decimal(100 if key == "deeds" else weights[key]), key) for key in lines
        ],
        reviews_per_entry=_JURORS,
    )


def _condition(row: Data) -> dict[str, str]:
    check = _CHECKS[row["key"]]
    return {"check": check, "value": str(row["value"])} if check in {"hours", "stars"} else {"check": check}


def _nominate(year: Data, places: Places, people: People, data: Data) -> None:
    """Each group puts its people forward on its own day between the first and the last."""
    begins = year["timetable"]["nominate_from"]
    named = {row["id"]: row for row in (*data["groups"], *data["volunteers"], *data["partners"])}
    for place, row in enumerate(year["nominations"]):
        leader, at = people.actor(row["by_group_id"]), _at(begins, place + 2, 19)
        category = reading.category_by_public_id(_category_id(row["category"]))
        group = db.session.get_one(Organisation, places.groups[row["by_group_id"]])
        chosen = next(one for one in offered(category.recipient, group) if one.id == places.nominee(row))
        nomination = nominating.begin(category, group, chosen.public_id, by=leader, at=at)
        publicity = Publicity.FULL if place % 2 == 0 or not chosen.is_person else Publicity.MASKED
        told = Words(whole_deed(row, named), row["consent"], publicity)
        nominating.save(nomination, told, version=nomination.version, by=leader, at=at)
        nominating.submit(
            nominations.by_public_id(nomination.public_id), by=leader, at=at + timedelta(minutes=40)
        )


def _category_id(key: str) -> str:
    newest = select(AwardCategory.public_id).where(AwardCategory.key == key).order_by(AwardCategory.id.desc())
    return db.session.scalars(newest.limit(1)).one()


def _mark(year: Data, people: People) -> None:
    """Two of the pool without a tie mark each nomination; their mean is the data's score."""
    starts = year["timetable"]["score_from"]
    entries = db.session.scalars(
        select(Entry.public_id)
        .join(Nomination, (Entry.subject_kind == "nomination") & (Entry.subject_id == Nomination.id))
        .order_by(Nomination.id)
    ).all()
    for found, row in zip(entries, year["nominations"], strict=True):
        _judge(found, row, starts, people)


def _judge(public_id: str, row: Data, starts: str, people: People) -> None:
    desk, score = people.actor("awards"), Decimal(row["score"])
    entry = loading.entry_by_public_id(public_id)
    free = [one for one in pool.candidates(entry, on=date.fromisoformat(starts)) if one.may_be_asked]
    chosen = sorted(free, key=lambda one: (one.load, one.reviewer_id))[:_JURORS]
    assigning.choose(entry, [one.reviewer_id for one in chosen], by=desk, at=_at(starts, 0, 10))
    assigning.invite(entry.stage, by=desk, at=_at(starts, 0, 11))
    asked = db.session.scalars(
        select(Assignment.public_id).where(Assignment.entry_id == entry.id).order_by(Assignment.id)
    ).all()
    for place, number in enumerate(asked):
        assignment = loading.assignment_by_public_id(number)
        juror = actor_of(assignment.reviewer.user_id)
        mark = score + (_APART if place % 2 else -_APART)
        given = {criterion.key: mark for criterion in assignment.entry.stage.criteria}
        at = _at(starts, 1 + place, 14)
        assigning.accept(assignment, by=juror, at=at)
        judgement = writing.Judgement(marks=given, comment=_COMMENT, recommended=True)
        writing.save(assignment, judgement, version=0, by=juror, at=at)
        db.session.flush()
        db.session.expire_all()
        writing.submit(loading.assignment_by_public_id(number), by=juror, at=at + timedelta(minutes=15))

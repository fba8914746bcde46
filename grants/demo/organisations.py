"""The people, groups, hosts, partners and volunteers of the demo, each entered by whoever would enter them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from grants.accounts.actions import accounts, roles
from grants.accounts.fields import RoleName, ScopeKind
from grants.accounts.models import User
from grants.accounts.queries import actor_of, user_by_id
from grants.core import clock, passwords
from grants.core.policy import SYSTEM, Actor
from grants.demo.city import SETTLED, SIX_HAVES
from grants.demo.words import words
from grants.operation.signins import DOMAIN, PASSWORD
from grants.organisations.actions import conflicts, groups, members, standing, volunteers
from grants.organisations.fields import (
    AnnualCheck,
    ConflictKind,
    Contact,
    Kind,
    LegalStatus,
    MemberRole,
    StandingKind,
)
from grants.organisations.models import Organisation
from grants.organisations.rules import Host, Legal, Profile
from grants.reference import queries as reference

Data = Mapping[str, Any]
_REGISTERED = SETTLED + timedelta(days=14)
_STAFF = {
    "U1": ("director", RoleName.DIRECTOR),
    "U2": ("officer", RoleName.OFFICER),
    "U3": ("officer2", RoleName.OFFICER),
    "U4": ("finance", RoleName.FINANCE),
    "U5": ("awards", RoleName.AWARDS),
    "U6": ("auditor", RoleName.AUDITOR),
    "U7": ("board1", RoleName.BOARD),
}
# People that the data does not name.
_OTHERS = (
    ("finance2", "齐佩如", RoleName.FINANCE, ""),
    ("admin", "管维新", RoleName.ADMIN, ""),
    ("district", "荔湾区推荐办（示例）", RoleName.DISTRICT, "440103"),
    ("district2", "天河区推荐办（示例）", RoleName.DISTRICT, "440106"),
    ("evaluator", "平再思", RoleName.EVALUATOR, ""),
    *(
        (f"board{number}", name, RoleName.BOARD, "")
        for number, name in enumerate(
            ("区怀仁", "冼若谷", "麦清源", "司徒敏", "容启明", "甘雨时", "岑远帆", "欧阳静"), start=2
        )
    ),
)
_SECOND_MEMBER = "梁晓棉"
_ORIGINS = {"社区居民自发型": "residents", "社会组织主导型": "social"}
_CHECKS = {
    "合格": AnnualCheck.PASSED,
    "基本合格": AnnualCheck.MOSTLY,
    "不合格": AnnualCheck.FAILED,
    "未提交": AnnualCheck.MISSING,
}
_TIES = {
    "顾问关系": ConflictKind.ADVISER,
    "曾任理事": ConflictKind.BOARD,
    "近亲属任督导": ConflictKind.FAMILY,
    "志愿者身份": ConflictKind.VOLUNTEER,
}
_FULL_CREDIT = 100
_MINUTES = 60


class People(Struct):
    """The demo's people by sign-in; the data's ids (U2, R5, G07) name them as well."""

    ids: dict[str, int] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Who this is at the moment, with all they hold."""
        return actor_of(self.ids[name])

    def user(self, name: str) -> User:
        return user_by_id(self.ids[name])


def load_people(data: Data) -> People:
    """Every sign-in of the demo. They share one password, so it is hashed once."""
    people, kept = People(), passwords.hashed(PASSWORD)
    for sign_in, name, alias, terms in _accounts(data):
        user = accounts.create_user(
            name=name,
            email=f"{sign_in}@{DOMAIN}",
            password_hash=kept,
            by=SYSTEM,
            at=clock.at_local(SETTLED),
        )
        people.ids[sign_in] = user.id
        people.ids.setdefault(alias, user.id)
        if terms is not None:
            roles.grant_role(user, terms, by=SYSTEM, at=clock.at_local(SETTLED))
    return people


def _accounts(data: Data) -> Iterator[tuple[str, str, str, roles.Terms | None]]:
    """Sign-in, name, the data's id, role."""
    for row in data["foundation"]["staff"]:
        sign_in, role = _STAFF[row["id"]]
        yield sign_in, row["name_zh"], row["id"], roles.Terms(role, from_on=SETTLED)
    for sign_in, name, role, place in _OTHERS:
        scope = ScopeKind.REGION if place else ScopeKind.EVERYWHERE
        yield sign_in, name, sign_in, roles.Terms(role, scope, place, from_on=SETTLED)
    for number, row in enumerate(data["reviewers"], start=1):
        until = date.fromisoformat(row["term_to"])
        terms = roles.Terms(RoleName.REVIEWER, from_on=SETTLED, until_on=until)
        yield f"reviewer{number}", row["name_zh"], row["id"], terms
    for number, row in enumerate(data["groups"], start=1):
        yield f"group{number}", row["contact"]["name_zh"], row["id"], None
    yield "group1b", _SECOND_MEMBER, "group1b", None
    yield "partner", "共建单位联络人（示例）", "partner", None


def load_groups(data: Data, people: People) -> dict[str, Organisation]:
    """All groups by the data's ids, hosts before those they stand for; each registered by its leader."""
    found: dict[str, Organisation] = {}
    rows = sorted(data["groups"], key=lambda row: row["host_group_id"] is not None)
    for row in rows:
        host = found[row["host_group_id"]] if row["host_group_id"] else None
        found[row["id"]] = _load_group(row, host, people)
    second, leader = people.user("group1b"), people.actor("group1")
    at = clock.at_local(_REGISTERED + timedelta(days=3))
    members.join(found["G01"], second, MemberRole.EDITOR, by=leader, at=at)
    return found


def _load_group(row: Data, host: Organisation | None, people: People) -> Organisation:
    at = clock.at_local(_REGISTERED)
    legal = Legal(LegalStatus(row["legal_status"]), row["uscc"] or "", Host(host.id) if host else Host())
    group = groups.register_group(_profile(row), legal, by=people.actor(row["id"]), at=at)
    leader = people.actor(row["id"])
    ticked = [key for name, key in SIX_HAVES.items() if row["six_haves"].get(name)]
    groups.tick_checklist(group, ticked, by=leader, at=at)
    _assess(group, row, people)
    return group


def _assess(group: Organisation, row: Data, people: People) -> None:
    """What the foundation's officers put on record about a group."""
    officer = people.actor("officer")
    at = clock.at_local(_REGISTERED + timedelta(days=7))
    grade = row["assessment_grade"]
    groups.assess(
        group,
        star_level=row["star_level"],
        assessment_grade=f"{grade[1:]}{grade[:1]}" if grade else None,
        assessment_until=date(2028, 12, 31) if grade else None,
        by=officer,
        at=at,
    )
    number = int(row["id"][1:])
    groups.name_liaison(group, people.user("officer" if number % 2 else "officer2"), by=officer, at=at)
    standing.record_annual_check(group, 2025, _CHECKS[row["annual_check_2025"]], by=officer, at=at)
    if row["credit_score"] != _FULL_CREDIT:
        points = str(row["credit_score"])
        standing.note_standing(group.id, StandingKind.CREDIT, points, source="foundation", by=officer, at=at)


def _profile(row: Data) -> Profile:
    place, branch = (
        reference.region_by_code(row["region_code"]),
        reference.speciality_by_code(row["speciality_code"]),
    )
    contact = row["contact"]
    return Profile(
        name=words(row["name_zh"], row["name_en"]),
        region_id=place.id if place else None,
        speciality_id=branch.id if branch else None,
        group_kind="community" if row["origin_type"] == "社区居民自发型" else "speciality",
        service_fields=tuple(row["fields"]),
        origin=_ORIGINS[row["origin_type"]],
        founded_on=date.fromisoformat(row["founded"]),
        intro=words(row["intro_zh"], row["intro_en"]),
        facts={
            name: row[name] for name in ("volunteers_registered", "volunteers_active_2026", "staff_full_time")
        },
        contact=Contact(contact["name_zh"], contact["title_zh"], contact["phone"], contact["email"]),
    )


def load_partners(data: Data, people: People) -> dict[str, Organisation]:
    """The co-building units, put down by an officer; the first one has a sign-in."""
    officer, at = people.actor("officer"), clock.at_local(_REGISTERED)
    found = {
        row["id"]: groups.register_body(
            Kind.PARTNER,
            words(row["name_zh"], row["name_en"]),
            Legal(LegalStatus.PUBLIC_BODY),
            service_fields=row["fields"],
            intro=words(row["contribution_zh"]),
            by=officer,
            at=at,
        )
        for row in data["partners"]
    }
    terms = roles.Terms(RoleName.PARTNER, ScopeKind.ORGANISATION, str(found["PT1"].id), from_on=SETTLED)
    roles.grant_role(people.user("partner"), terms, by=SYSTEM, at=at)
    return found


def load_volunteers(data: Data, people: People, found: Mapping[str, Organisation]) -> dict[str, int]:
    """The ledgers, entered by the groups' leaders; ids of the rows by the data's ids."""
    at = clock.at_local(_REGISTERED + timedelta(days=10))
    rows: dict[str, int] = {}
    for row in data["volunteers"]:
        person = volunteers.Person(
            name=row["name_zh"],
            number=row["number"],
            birth_year=row["birth_year"],
            skills=row["skills"],
            joined_on=date.fromisoformat(row["joined"]),
            prior_minutes=int(Decimal(row["prior_verified_hours"]) * _MINUTES),
        )
        leader = people.actor(row["group_id"])
        rows[row["id"]] = volunteers.add_volunteer(found[row["group_id"]], person, by=leader, at=at).id
    return rows


def load_conflicts(data: Data, people: People, found: Mapping[str, Organisation]) -> None:
    """The ties that reviewers declared, each on its own day."""
    for row in data["conflicts"]:
        conflicts.declare_conflict(
            found[row["group_id"]].id,
            kind=_TIES[row["kind"]],
            evidence=row["kind"],
            by=people.actor(row["reviewer_id"]),
            at=clock.at_local(date.fromisoformat(row["declared_on"])),
        )

"""Kinds, roles, legal statuses and limits that models, forms and schemas of organisations share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Self

from msgspec import Struct
from msgspec.structs import asdict

from grants.core.i18n import lazy_gettext as _l

NAME = 60
INTRO = 2000
PERSON = 40
NOTE = 300
MOST_OPEN_INVITATIONS = 50
MOST_SKILLS = 12
SKILL = 20
NUMBER = 40
EARLIEST_BIRTH_YEAR = 1900
MOST_FIELDS = 4


class Kind(StrEnum):
    """What a body is to the foundation."""

    GROUP = "group"
    HOST = "host"
    PARTNER = "partner"


KINDS: Mapping[Kind, str] = {
    Kind.GROUP: _l("Volunteer group"),
    Kind.HOST: _l("Host organisation"),
    Kind.PARTNER: _l("Co-building partner"),
}


class LegalStatus(StrEnum):
    """How the law knows a body."""

    REGISTERED_SSA = "registered_ssa"
    REGISTERED_SG = "registered_sg"
    FOUNDATION = "foundation"
    PUBLIC_BODY = "public_body"
    ENTERPRISE = "enterprise"
    FILED = "filed"
    UNREGISTERED = "unregistered"


LEGAL_STATUSES: Mapping[LegalStatus, str] = {
    LegalStatus.UNREGISTERED: _l("Not registered (self-organised)"),
    LegalStatus.FILED: _l("On file with the subdistrict"),
    LegalStatus.REGISTERED_SSA: _l("Registered social-service agency"),
    LegalStatus.REGISTERED_SG: _l("Registered association"),
    LegalStatus.FOUNDATION: _l("Foundation"),
    LegalStatus.PUBLIC_BODY: _l("Public body or institution"),
    LegalStatus.ENTERPRISE: _l("Company"),
}
LEGAL_PERSONS = frozenset(LegalStatus) - {LegalStatus.FILED, LegalStatus.UNREGISTERED}


class MemberRole(StrEnum):
    """What a member may do with what is the organisation's."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


MEMBER_ROLES: Mapping[MemberRole, str] = {
    MemberRole.OWNER: _l("Leader"),
    MemberRole.EDITOR: _l("Editor"),
    MemberRole.VIEWER: _l("Viewer"),
}
MEMBER_ROLE_HELP: Mapping[MemberRole, str] = {
    MemberRole.OWNER: _l("decides, signs and invites"),
    MemberRole.EDITOR: _l("writes proposals and reports"),
    MemberRole.VIEWER: _l("reads everything, changes nothing"),
}


class HandOverState(StrEnum):
    """Where the hand-over of a leader stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ConflictKind(StrEnum):
    """What ties a person to an organisation."""

    MEMBER = "member"
    HOST = "host"
    MAIL_DOMAIN = "mail_domain"
    PHONE = "phone"
    ADVISER = "adviser"
    BOARD = "board"
    FAMILY = "family"
    VOLUNTEER = "volunteer"
    OTHER = "other"


CONFLICT_KINDS: Mapping[ConflictKind, str] = {
    ConflictKind.MEMBER: _l("Member of the organisation"),
    ConflictKind.HOST: _l("A tie to its host organisation"),
    ConflictKind.MAIL_DOMAIN: _l("Same e-mail domain"),
    ConflictKind.PHONE: _l("Same phone number"),
    ConflictKind.ADVISER: _l("Adviser"),
    ConflictKind.BOARD: _l("Was on its board"),
    ConflictKind.FAMILY: _l("Close relative"),
    ConflictKind.VOLUNTEER: _l("Volunteer there"),
    ConflictKind.OTHER: _l("Another tie"),
}


class ConflictSource(StrEnum):
    """Who saw the tie."""

    DECLARED = "declared"
    DETECTED = "detected"
    STAFF = "staff"


class ConflictState(StrEnum):
    """Suspected and confirmed both keep the person out; cleared lets them in."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"


class StandingKind(StrEnum):
    """What is on record about an organisation, dated, that eligibility, reviewers and awards read."""

    GRADE = "grade"
    CREDIT = "credit"
    BLOCKED = "blocked"
    ANNUAL_CHECK = "annual_check"
    OPEN_DUTY = "open_duty"


STANDING_KINDS: Mapping[StandingKind, str] = {
    StandingKind.GRADE: _l("Grade of the last project"),
    StandingKind.CREDIT: _l("Credit points"),
    StandingKind.BLOCKED: _l("Blocked from applying"),
    StandingKind.ANNUAL_CHECK: _l("Annual check"),
    StandingKind.OPEN_DUTY: _l("Duty not met yet"),
}


class AnnualCheck(StrEnum):
    """Result of the yearly check of a group (S002-6)."""

    PASSED = "passed"
    MOSTLY = "mostly_passed"
    FAILED = "failed"
    MISSING = "not_handed_in"


ANNUAL_CHECKS: Mapping[AnnualCheck, str] = {
    AnnualCheck.PASSED: _l("Passed the check"),
    AnnualCheck.MOSTLY: _l("Mostly passed the check"),
    AnnualCheck.FAILED: _l("Failed the check"),
    AnnualCheck.MISSING: _l("Check not handed in"),
}
ASSESSMENT_GRADES = ("1A", "2A", "3A", "4A", "5A")


class Contact(Struct, frozen=True):
    """How to reach somebody; kept encrypted as one text."""

    name: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def packed(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def unpacked(cls, text: str) -> Self:
        return cls(**json.loads(text))

"""Pure checks on organisations, members and volunteers; everything that is wrong at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from msgspec import Struct, field

from grants.accounts.contact_points import mail_address, phone_number
from grants.core.errors import Violation
from grants.core.i18n import lazy_gettext as _l
from grants.organisations.fields import (
    ASSESSMENT_GRADES,
    EARLIEST_BIRTH_YEAR,
    INTRO,
    LEGAL_PERSONS,
    MOST_FIELDS,
    NAME,
    Contact,
    Kind,
    LegalStatus,
)
from grants.reference.rules import credit_code_faults

_PHONE = re.compile(r"[+0-9][0-9 ()\-]{4,24}")
_MOST_STARS = 5


class Host(Struct, frozen=True):
    """Who takes the money for a group: one we know, or one that is named with its credit code."""

    id: int | None = None
    name: str = ""
    credit_code: str = ""

    def __bool__(self) -> bool:
        return self.id is not None or bool(self.name or self.credit_code)


class Profile(Struct, frozen=True):
    """What a group says of itself."""

    name: Mapping[str, str]
    region_id: int | None = None
    speciality_id: int | None = None
    group_kind: str | None = None
    service_fields: tuple[str, ...] = ()
    origin: str | None = None
    founded_on: date | None = None
    intro: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, int] = field(default_factory=dict)
    contact: Contact | None = None


class Legal(Struct, frozen=True):
    """How the law knows a body, and who stands in for it where it does not."""

    status: LegalStatus
    credit_code: str = ""
    host: Host = Host()

    @property
    def is_legal_person(self) -> bool:
        return self.status in LEGAL_PERSONS


def profile_faults(profile: Profile, *, today: date) -> Iterator[Violation]:
    """What can be told without looking anything up."""
    yield from name_faults(profile.name)
    if profile.region_id is None:
        yield Violation(
            "required", _l("Say where your group is at home: a street is best, a district will do."), "region"
        )
    if profile.speciality_id is None:
        yield Violation("required", _l("Choose what your group is best at."), "speciality")
    if not profile.service_fields:
        yield Violation("required", _l("Choose at least one field of service."), "service_fields")
    if len(profile.service_fields) > MOST_FIELDS:
        yield Violation(
            "too_many",
            _l("Choose at most %(most)s, the ones you do most.", most=MOST_FIELDS),
            "service_fields",
        )
    if profile.founded_on is not None and profile.founded_on > today:
        yield Violation("future", _l("This day is still to come."), "founded_on")
    if any(len(text) > INTRO for text in profile.intro.values()):
        yield Violation("too_long", _l("At most %(most)s characters.", most=INTRO), "intro_zh")
    if any(value < 0 for value in profile.facts.values()):
        yield Violation("negative", _l("Fewer than none there cannot be."), "volunteers_registered")
    yield from contact_faults(profile.contact)


def name_faults(name: Mapping[str, str]) -> Iterator[Violation]:
    if not any(name.values()):
        yield Violation("required", _l("What is your group called?"), "name_zh")
    if any(len(text) > NAME for text in name.values()):
        yield Violation("too_long", _l("At most %(most)s characters.", most=NAME), "name_zh")


def contact_faults(contact: Contact | None) -> Iterator[Violation]:
    if contact is None:
        return
    if contact.phone and stored_phone(contact.phone) is None:
        yield Violation("phone", _l("This does not look like a phone number."), "contact_phone")
    if contact.email and mail_address(contact.email) is None:
        yield Violation("email", _l("This is not an e-mail address we can write to."), "contact_email")


def stored_phone(text: str) -> str | None:
    """The number in one form where it is a number anybody has; else as written, if it looks like one."""
    plain = text.strip()
    return phone_number(plain) or (plain if _PHONE.fullmatch(plain) else None)


def legal_faults(legal: Legal, *, kind: Kind) -> Iterator[Violation]:
    """A legal person has a credit code; whoever is registered nowhere names a host that is one."""
    if legal.is_legal_person:
        if legal.credit_code:
            yield from credit_code_faults(legal.credit_code, field="credit_code")
        elif kind is not Kind.PARTNER:
            yield Violation(
                "required", _l("A registered body has a credit code of 18 characters."), "credit_code"
            )
        return
    if legal.credit_code:
        yield Violation(
            "no_code",
            _l("Only registered bodies have a credit code. Is yours registered after all?"),
            "credit_code",
        )
    if legal.status is LegalStatus.UNREGISTERED and not legal.host:
        yield Violation(
            "no_host", _l("Name a host: a registered organisation that takes the money for you."), "host"
        )
    if legal.host and legal.host.id is None:
        yield from _new_host_faults(legal.host)


def _new_host_faults(host: Host) -> Iterator[Violation]:
    if not host.name:
        yield Violation("required", _l("What is your host called?"), "host_name")
    if host.credit_code:
        yield from credit_code_faults(host.credit_code, field="host_credit_code")
    else:
        yield Violation("required", _l("We need the credit code of your host."), "host_credit_code")


def assessment_faults(star_level: int | None, grade: str | None, until: date | None) -> Iterator[Violation]:
    if star_level is not None and not 1 <= star_level <= _MOST_STARS:
        yield Violation("range", _l("One to five stars."), "star_level")
    if grade is not None and grade not in ASSESSMENT_GRADES:
        yield Violation("unknown", _l("Grades run from 1A to 5A."), "assessment_grade")
    if grade is not None and until is None:
        yield Violation("required", _l("Until when does the grade count?"), "assessment_until")


def volunteer_faults(
    name: str, *, birth_year: int | None, joined_on: date, prior_minutes: int, today: date
) -> Iterator[Violation]:
    if not name:
        yield Violation("required", _l("What is the volunteer called?"), "name")
    if birth_year is not None and not EARLIEST_BIRTH_YEAR <= birth_year <= today.year:
        yield Violation("range", _l("A year of birth such as 1986."), "birth_year")
    if joined_on > today:
        yield Violation("future", _l("This day is still to come."), "joined_on")
    if prior_minutes < 0:
        yield Violation("negative", _l("Fewer than none there cannot be."), "prior_hours")


def checklist_faults(ticked: Collection[str], offered: Collection[str]) -> Iterator[Violation]:
    if set(ticked) - set(offered):
        yield Violation("unknown", _l("The list has changed. Look at it again."))

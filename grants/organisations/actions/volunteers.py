"""A group's ledger of volunteers: as little about a person as will do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import select

from grants.core import audit, clock, text
from grants.core.db import db
from grants.core.errors import RulesBroken, StaleVersion, Violation
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.organisations import rules
from grants.organisations.fields import MOST_SKILLS, NUMBER, PERSON, SKILL, Contact
from grants.organisations.models import Organisation, Volunteer


class Person(Struct, frozen=True):
    """What is put down about a volunteer. `number` is the one of the national system."""

    name: str
    joined_on: date
    number: str = ""
    contact: Contact | None = None
    birth_year: int | None = None
    skills: Sequence[str] = ()
    prior_minutes: int = 0
    left_on: date | None = None


def add_volunteer(organisation: Organisation, person: Person, *, by: Actor, at: datetime) -> Volunteer:
    """Raises RulesBroken when the outside number is on any ledger already (S001-19)."""
    authorise(by, "volunteer.edit", organisation)
    broken = list(_faults(person, at, known_id=0))
    if broken:
        raise RulesBroken(broken)
    row = Volunteer(organisation_id=organisation.id)
    _write(row, person)
    db.session.add(row)
    audit.record("add", row, by=by, at=at)
    return row


def edit_volunteer(volunteer: Volunteer, person: Person, *, version: int, by: Actor, at: datetime) -> None:
    """Without a contact in `person` the one on file stays."""
    authorise(by, "volunteer.edit", volunteer.organisation)
    if version != volunteer.version:
        raise StaleVersion(_l("Somebody else changed this entry in the meantime. Look at it again."))
    broken = list(_faults(person, at, known_id=volunteer.id))
    if broken:
        raise RulesBroken(broken)
    _write(volunteer, person)
    audit.record("edit", volunteer, by=by, at=at)


def _write(row: Volunteer, person: Person) -> None:
    row.name = text.clean_line(person.name)[:PERSON]
    row.name_folded = text.folded(row.name)[: 2 * PERSON]
    row.number = _number(person) or None
    row.birth_year, row.joined_on, row.left_on = person.birth_year, person.joined_on, person.left_on
    row.skills = [skill[:SKILL] for skill in person.skills][:MOST_SKILLS]
    row.prior_minutes = person.prior_minutes
    if person.contact is not None:
        row.contact = person.contact


def _number(person: Person) -> str:
    return text.clean_line(person.number).upper().replace(" ", "")[:NUMBER]


def _faults(person: Person, at: datetime, *, known_id: int) -> Iterator[Violation]:
    yield from rules.volunteer_faults(
        text.clean_line(person.name),
        birth_year=person.birth_year,
        joined_on=person.joined_on,
        prior_minutes=person.prior_minutes,
        today=clock.day_of(at),
    )
    yield from rules.contact_faults(person.contact)
    if person.left_on is not None and person.left_on < person.joined_on:
        yield Violation("order", _l("This day lies before the first one."), "left_on")
    number = _number(person)
    if number:
        taken = select(Volunteer.id).where(Volunteer.number == number, Volunteer.id != known_id)
        if db.session.scalar(taken) is not None:
            yield Violation(
                "taken", _l("This number is on a ledger already; a person is entered once."), "number"
            )

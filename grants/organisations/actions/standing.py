"""The record of an organisation: grades, credit, blocks, yearly checks, duties not met."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from grants.core import audit, clock
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.organisations import fields
from grants.organisations.events import StandingNoted
from grants.organisations.fields import AnnualCheck, StandingKind
from grants.organisations.models import Organisation, Standing

STAFF_BLOCK = "staff"


def note_standing(
    organisation_id: int,
    kind: StandingKind,
    value: str,
    *,
    source: str,
    from_on: date | None = None,
    until_on: date | None = None,
    case: str = "",
    by: Actor,
    at: datetime,
) -> Standing:
    """Put a dated fact on the record. What stood open of the same kind and source ends the day before.

    Has no gate of its own: the action of the package that calls it has authorised what led to this.
    """
    begins = from_on or clock.day_of(at)
    end_standing(organisation_id, kind, source=source, on=begins, by=by, at=at)
    row = Standing(
        organisation_id=organisation_id,
        kind=kind,
        value=value[: fields.NOTE],
        from_on=begins,
        until_on=until_on,
        source=source,
        case=case or f"organisation/{organisation_id}",
    )
    db.session.add(row)
    audit.record("note", row, by=by, at=at)
    publish(
        StandingNoted(
            occurred_at=at,
            actor_id=by.user_id,
            case=f"organisation/{organisation_id}",
            organisation_id=organisation_id,
            kind=kind.value,
            value=row.value,
        )
    )
    return row


def end_standing(
    organisation_id: int, kind: StandingKind, *, source: str, on: date, by: Actor, at: datetime
) -> None:
    """What is on record of this kind and from this source counts until the day before `on`."""
    standing = select(Standing).where(
        Standing.organisation_id == organisation_id,
        Standing.kind == kind,
        Standing.source == source,
        Standing.until_on.is_(None),
    )
    for row in db.session.scalars(standing):
        row.until_on = on - timedelta(days=1)
        audit.record("end", row, by=by, at=at)


def record_annual_check(
    organisation: Organisation, year: int, result: AnnualCheck, *, by: Actor, at: datetime
) -> Standing:
    """The result of a year (S002-6). A second result of the same year takes the place of the first."""
    authorise(by, "organisation.assess", organisation)
    first, last = date(year, 1, 1), date(year, 12, 31)
    if first > clock.day_of(at):
        raise RulesBroken([Violation("year", _l("That year has not begun yet."), "year")])
    same = select(Standing).where(
        Standing.organisation_id == organisation.id,
        Standing.kind == StandingKind.ANNUAL_CHECK,
        Standing.from_on == first,
    )
    row = db.session.scalar(same)
    if row is None:
        source = f"annual_check/{year}"
        return note_standing(
            organisation.id, StandingKind.ANNUAL_CHECK, result.value,
            source=source, from_on=first, until_on=last, by=by, at=at,
        )  # fmt: skip
    row.value = result.value
    audit.record("correct", row, by=by, at=at)
    return row


def block(organisation: Organisation, *, until_on: date, reason: str, by: Actor, at: datetime) -> Standing:
    """Keep an organisation from applying until a day, that day included; a block that stands is replaced."""
    authorise(by, "organisation.assess", organisation)
    broken = []
    if until_on < clock.day_of(at):
        broken.append(Violation("until", _l("The last day of the block has passed already."), "until_on"))
    if not reason.strip():
        broken.append(Violation("reason", _l("Say why, in a sentence."), "reason"))
    if broken:
        raise RulesBroken(broken)
    _end_block(organisation, by=by, at=at)
    return note_standing(
        organisation.id,
        StandingKind.BLOCKED,
        reason.strip(),
        source=STAFF_BLOCK,
        until_on=until_on,
        by=by,
        at=at,
    )


def lift_block(organisation: Organisation, *, by: Actor, at: datetime) -> None:
    """The organisation may apply again from today; what stood on the record stays there with its days."""
    authorise(by, "organisation.assess", organisation)
    if not _end_block(organisation, by=by, at=at):
        raise IllegalTransition(_l("Nothing keeps this organisation from applying."))
    publish(
        StandingNoted(
            occurred_at=at,
            actor_id=by.user_id,
            case=organisation.case,
            organisation_id=organisation.id,
            kind=StandingKind.BLOCKED.value,
            value="",
        )
    )


def _end_block(organisation: Organisation, *, by: Actor, at: datetime) -> bool:
    """Whether a block by staff stood; it counts until yesterday, and not at all when it began today."""
    today = clock.day_of(at)
    standing = select(Standing).where(
        Standing.organisation_id == organisation.id,
        Standing.kind == StandingKind.BLOCKED,
        Standing.source == STAFF_BLOCK,
        Standing.until_on >= today,
    )
    rows = db.session.scalars(standing).all()
    for row in rows:
        row.until_on = today - timedelta(days=1)
        audit.record("end", row, by=by, at=at)
    return bool(rows)

"""Nominating: begun, written, sent in once, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import select

from grants.awards import fields
from grants.awards.events import NominationSubmitted, NominationWithdrawn
from grants.awards.fields import NOMINEE_OF, NominationState, Publicity
from grants.awards.lifecycle import NOMINATION
from grants.awards.models import AwardCategory, Nomination
from grants.awards.queries import cycles, nominations, nominees
from grants.awards.queries.nominees import Nominee
from grants.awards.rules import nominations as rules
from grants.awards.rules.conditions import (
    Agreed,
    Figures,
    asked_in_all,
    hours_text,
    may_be_minor,
    said,
    said_in_all,
    unmet,
)
from grants.core import audit, clock
from grants.core.checkcodes import content_hash
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, StaleVersion, Violation
from grants.core.events import publish
from grants.core.i18n import gettext as _
from grants.core.i18n import in_all_languages
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.core.text import clean
from grants.documents import actions as documents
from grants.documents.actions import Spooled
from grants.organisations.actions import parties
from grants.organisations.models import Organisation
from grants.reviews.actions import entries
from grants.reviews.models import Entry


class StaleNomination(StaleVersion):
    """Somebody saved in between; `nomination` is what stands there now."""

    def __init__(self, nomination: Nomination) -> None:
        super().__init__(
            _l("Somebody else saved this in the meantime. Look at it again before you change it.")
        )
        self.nomination = nomination


class Words(Struct, frozen=True):
    """What the nominating group writes and ticks."""

    deed: str
    consent: bool
    publicity: Publicity


def begin(category: AwardCategory, group: Organisation, who: str, *, by: Actor, at: datetime) -> Nomination:
    """Put somebody forward; `who` is the public id of one that this group may put forward."""
    authorise(by, "nomination.create", category)
    category = cycles.category_for_writing(category)
    cycle = category.cycle
    _refuse(list(rules.outside_window(cycle.state, cycle.nominate_from, cycle.nominate_to, at)))
    chosen = {row.public_id: row for row in nominees.offered(category.recipient, group)}.get(who)
    if chosen is None or group.id not in {row.id for row in nominees.groups_to_nominate_for(by)}:
        raise RulesBroken([Violation("nominee", _("Choose whom you nominate."), "nominee")])
    if nominations.already(category.id, NOMINEE_OF[category.recipient].value, chosen.id) is not None:
        raise RulesBroken([Violation("twice", _("Already nominated in this category."), "nominee")])
    nomination = _new(category, group, chosen, by)
    db.session.add(nomination)
    db.session.flush()
    parties.stand_behind(nomination.case, {chosen.organisation_id, group.id})
    audit.record("begin", nomination, by=by, at=at, before={}, after={"category": category.id})
    return nomination


def _new(category: AwardCategory, group: Organisation, chosen: Nominee, by: Actor) -> Nomination:
    is_its_own = by.holds_within("owner", "editor", organisation_id=group.id)
    return Nomination(
        category=category,
        nominee_kind=chosen.kind,
        nominee_id=chosen.id,
        nominee_organisation_id=chosen.organisation_id,
        nominee_name=dict(chosen.name),
        by_organisation_id=group.id if is_its_own else None,
        by_id=by.user_id,
        publicity=Publicity.MASKED if chosen.is_person else Publicity.FULL,
        state=NominationState.DRAFT,
        deed="",
        consent=False,
        facts={},
        flags=[],
    )


def must_be_a_draft(nomination: Nomination) -> None:
    """What was sent in stays as it was sent. Raises IllegalTransition."""
    if nomination.state is not NominationState.DRAFT:
        raise IllegalTransition(_l("This was sent in already; it can no longer be changed."))


def save(nomination: Nomination, words: Words, *, version: int, by: Actor, at: datetime) -> None:
    """Keep a draft, however far it is."""
    authorise(by, "nomination.write", nomination)
    nomination = nominations.for_writing(nomination)
    must_be_a_draft(nomination)
    if version != nomination.version:
        raise StaleNomination(nomination)
    deed = clean(words.deed)
    if len(deed) > fields.MOST_KEPT:
        raise RulesBroken([Violation("deed_long", _("This is far too long."), "deed")])
    nomination.deed, nomination.publicity = deed, words.publicity
    if words.consent != nomination.consent:
        nomination.consent = words.consent
        nomination.consented_at = at if words.consent else None
        nomination.consent_version = fields.CONSENT_VERSION if words.consent else ""
    audit.record("edit", nomination, by=by, at=at)
    db.session.flush()


def add_guardian_file(nomination: Nomination, file: Spooled, *, by: Actor, at: datetime) -> None:
    """A guardian's signed consent, for whoever may be under 18. Every look at it is put down."""
    authorise(by, "nomination.write", nomination)
    nomination = nominations.for_writing(nomination)
    if nomination.state is not NominationState.DRAFT:
        raise IllegalTransition(_l("This was sent in already; it can no longer be changed."))
    documents.keep(file, holder=nomination, purpose=nominations.GUARDIAN, by=by, at=at)


def submit(nomination: Nomination, *, by: Actor, at: datetime) -> None:
    """Send it in: figures are counted and frozen, conditions that are not met are flagged. `at` is its arrival."""
    authorise(by, "nomination.write", nomination)
    nomination = nominations.for_writing(nomination)
    category, cycle = nomination.category, nomination.category.cycle
    who = nominees.nominee(nomination.nominee_kind, nomination.nominee_id)
    has_file = bool(nominations.guardian_files(nomination))
    young = may_be_minor(who.birth_year, clock.day_of(at))
    broken = list(rules.outside_window(cycle.state, cycle.nominate_from, cycle.nominate_to, at))
    broken += rules.deed_faults(nomination.deed)
    broken += rules.agreement_faults(consent=nomination.consent, young=young, guardian_file=has_file)
    _refuse(broken)
    found = nominees.figures(category, who, on=clock.day_of(at))
    agreed = Agreed(nomination.consent, has_file)
    _freeze(nomination, who, found, unmet(category.conditions, found, agreed, on=clock.day_of(at)), at)
    NOMINATION.fire("submit", nomination, by=by, at=at, note=nomination.content_hash or "")
    publish(
        NominationSubmitted(
            occurred_at=at,
            actor_id=by.user_id,
            case=nomination.case,
            nomination_id=nomination.id,
            public_id=nomination.public_id,
            category=dict(category.name),
            nominee=dict(nomination.nominee_name),
            organisation_id=nomination.by_organisation_id,
        )
    )


def _freeze(
    nomination: Nomination, who: Nominee, found: Figures, flags: list[dict[str, str]], at: datetime
) -> None:
    snapshot = {
        "kind": "nomination",
        "category": dict(nomination.category.name),
        "nominee": dict(who.name),
        "organisation": dict(who.organisation),
        "figures": found.plain(),
        "flags": flags,
        "consent": {"version": nomination.consent_version, "publicity": nomination.publicity.value},
        "submitted_at": at.isoformat(),
        "told": [
            {"key": "deed", "title": in_all_languages(_l("What they did")), "text": nomination.deed},
            {
                "key": "known",
                "title": in_all_languages(_l("Filled in by the system")),
                "facts": _facts(who, found),
            },
            *_unmet(flags),
        ],
    }
    nomination.nominee_name = dict(who.name)
    nomination.flags, nomination.submitted_at = flags, at
    nomination.facts = {**found.plain(), "snapshot": snapshot}
    nomination.content_hash = content_hash(snapshot)


def _facts(who: Nominee, found: Figures) -> list[list[Any]]:
    """What the jury reads beside the deed."""
    rows: list[list[Any]] = [
        [in_all_languages(_l("Group")), dict(who.organisation)],
        [in_all_languages(_l("Verified hours")), hours_text(found.minutes)],
        [in_all_languages(_l("Services")), str(found.services)],
    ]
    if who.is_person:
        rows.append([in_all_languages(_l("Hours of a life")), hours_text(found.all_minutes)])
    elif found.grade in fields.GRADES:
        rows.append([in_all_languages(_l("Grade")), in_all_languages(fields.GRADES[found.grade])])
    return rows


def _unmet(flags: list[dict[str, str]]) -> list[dict[str, Any]]:
    if not flags:
        return []
    title = in_all_languages(_l("Conditions not met"))
    return [
        {"key": "unmet", "title": title, "facts": [[asked_in_all(flag), said_in_all(flag)] for flag in flags]}
    ]


def withdraw(nomination: Nomination, *, reason: str, by: Actor, at: datetime) -> None:
    """Take it back, also from the jury: the group changed its mind, or the nominee took back the consent."""
    authorise(by, "nomination.write", nomination)
    nomination = nominations.for_writing(nomination)
    _refuse(list(rules.reason_missing(reason)))
    NOMINATION.fire("withdraw", nomination, by=by, at=at, note=reason)
    nomination.reason, nomination.decided_at = clean(reason).strip(), at
    entry = db.session.scalar(
        select(Entry).where(Entry.subject_kind == "nomination", Entry.subject_id == nomination.id)
    )
    if entry is not None:
        entries.withdraw_entry(entry, by=by, at=at, note=reason)
    publish(
        NominationWithdrawn(
            occurred_at=at,
            actor_id=by.user_id,
            case=nomination.case,
            nomination_id=nomination.id,
            reason=nomination.reason,
        )
    )


def flags_now(nomination: Nomination, *, at: datetime) -> list[Mapping[str, Any]]:
    """What stands in the way today, by today's figures. Needs the category with its cycle loaded."""
    who = nominees.nominee(nomination.nominee_kind, nomination.nominee_id)
    on = clock.day_of(at)
    found = nominees.figures(nomination.category, who, on=on)
    agreed = Agreed(nomination.consent, bool(nominations.guardian_files(nomination)))
    return list(unmet(nomination.category.conditions, found, agreed, on=on))


def flag_violations(flags: list[Mapping[str, Any]]) -> list[Violation]:
    return [Violation("condition", said(flag)) for flag in flags]


def _refuse(broken: list[Violation]) -> None:
    if broken:
        raise RulesBroken(broken)

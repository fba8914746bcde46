"""Keeping people apart from what they are tied to, once the tie is on record (hard rule 3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from grants.core import audit
from grants.core.i18n import gettext as _
from grants.core.policy import SYSTEM, Actor, authorise
from grants.organisations import walls
from grants.organisations.actions import conflicts, parties
from grants.organisations.models import Organisation
from grants.reviews.actions import assigning, writing
from grants.reviews.fields import ReviewState, Struck
from grants.reviews.lifecycle import LIVE
from grants.reviews.models import Entry, EntryOrganisation
from grants.reviews.queries import assigning as pool


def put_up(user_ids: Collection[int], organisation_id: int, *, at: datetime) -> None:
    """Live work of these people on this organisation ends, and what they sent in leaves every aggregate."""
    note = _("a tie to the people behind it")
    tied = walls.tied_people(walls.hosted_by(organisation_id))
    pool.hold_work(pool.given_to(user_ids, organisation_id))
    for assignment in pool.given_to(user_ids, organisation_id):
        behind = [tied.get(body.organisation_id, ()) for body in assignment.entry.organisations]
        if not any(assignment.reviewer.user_id in people for people in behind):
            continue
        if assignment.state in LIVE:
            assigning.step_aside(assignment, note=note, by=SYSTEM, at=at)
        review = assignment.review
        if review is not None and review.state is ReviewState.SUBMITTED and review.struck_at is None:
            writing.strike_out(review, why=Struck.CONFLICT, note=note, by=SYSTEM, at=at)


def look_again(organisation_id: int, *, at: datetime) -> None:
    """What is on file about an organisation changed: compare everybody anew, and hold up what is known already."""
    conflicts.detect_conflicts(pool.who_handles(), [organisation_id], by=SYSTEM, at=at)
    tied = walls.tied_to(organisation_id)
    if tied:
        put_up(tied, organisation_id, at=at)


def add_party(entry: Entry, organisation: Organisation, *, by: Actor, at: datetime) -> bool:
    """Another organisation stands behind an entry, such as a co-applicant; returns whether it did not before.

    Whoever has a tie to it is kept out from now on, and their work on the entry ends.
    """
    authorise(by, "entry.assign", entry)
    if organisation.id in {behind.organisation_id for behind in entry.organisations}:
        return False
    entry.organisations.append(EntryOrganisation(organisation=organisation))
    parties.stand_behind(entry.case, [organisation.id])
    audit.record("add party", entry, by=by, at=at, before={}, after={"organisation": organisation.id})
    look_again(organisation.id, at=at)
    return True

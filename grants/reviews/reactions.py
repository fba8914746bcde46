"""What judging does when a tie between a person and an organisation comes to light (hard rule 3)."""

from __future__ import annotations

from grants.core.i18n import gettext as _
from grants.core.policy import SYSTEM
from grants.organisations.actions import conflicts
from grants.organisations.events import ConflictNoted, MemberJoined
from grants.reviews.actions import assigning, writing
from grants.reviews.fields import ReviewState, Struck
from grants.reviews.lifecycle import LIVE
from grants.reviews.queries.assigning import is_in_pool, of_person_behind


def put_up_the_wall(fact: ConflictNoted) -> None:
    """Live work of this person on this organisation ends, and what they sent in leaves every aggregate."""
    note = _("a tie to the people behind it")
    for assignment in of_person_behind(fact.user_id, fact.organisation_id):
        if assignment.state in LIVE:
            assigning.step_aside(assignment, note=note, by=SYSTEM, at=fact.occurred_at)
        review = assignment.review
        if review is not None and review.state is ReviewState.SUBMITTED and review.struck_at is None:
            writing.strike_out(review, why=Struck.CONFLICT, note=note, by=SYSTEM, at=fact.occurred_at)


def look_for_ties(fact: MemberJoined) -> None:
    """A reviewer who joins a group is kept out of what it hands in, until staff have looked."""
    if is_in_pool(fact.user_id):
        conflicts.detect_conflicts([fact.user_id], [fact.organisation_id], by=SYSTEM, at=fact.occurred_at)

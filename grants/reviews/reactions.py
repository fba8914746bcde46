"""What judging does when a tie comes to light or may have come about (hard rule 3), and who is in the pool: whoever has the role."""

from __future__ import annotations

from datetime import timedelta

from grants.accounts import queries as people
from grants.accounts.events import RoleEnded, RoleGranted
from grants.accounts.fields import RoleName
from grants.accounts.policies import STAFF
from grants.core import clock
from grants.core.policy import SYSTEM
from grants.organisations.events import (
    ConflictNoted,
)
from grants.reviews.actions import assigning, walls
from grants.reviews.queries.assigning import reviewer_of

COMPARED = frozenset({"contact", "contact_phone_key", "contact_mail_domain"})


def put_up_the_wall(fact: ConflictNoted) -> None:
    """Live work of this person on this organisation ends, and what they sent in leaves every aggregate."""
    walls.put_up([fact.user_id], fact.organisation_id, at=fact.occurred_at)


def take_into_the_pool(fact: RoleGranted) -> None:
    """Whoever gets the role can be asked; somebody who is not of the staff counts as from outside."""
    if fact.role != RoleName.REVIEWER:
        return
    known = reviewer_of(fact.user_id)
    if known is not None:
        assigning.set_term(known, None, by=SYSTEM, at=fact.occurred_at)
        return
    assigning.join_pool(
        people.user_by_id(fact.user_id),
        expertise=[],
        affiliation={},
        is_external=fact.user_id not in people.holders_of(*STAFF),
        term_until=None,
        by=SYSTEM,
        at=fact.occurred_at,
    )


def end_the_term(fact: RoleEnded) -> None:
    """Whoever lost the role is not asked again; work already taken stays theirs."""
    known = reviewer_of(fact.user_id) if fact.role == RoleName.REVIEWER else None
    if known is not None:
        yesterday = clock.day_of(fact.occurred_at) - timedelta(days=1)
        assigning.set_term(known, yesterday, by=SYSTEM, at=fact.occurred_at)

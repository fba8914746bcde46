"""What judging does when a tie comes to light or may have come about (hard rule 3), and who is in the pool."""

from __future__ import annotations

from datetime import timedelta

from grants.accounts import queries as people
from grants.accounts.events import RoleEnded, RoleGranted
from grants.accounts.fields import RoleName
from grants.accounts.policies import STAFF
from grants.core import clock
from grants.core.policy import SYSTEM
from grants.organisations.actions import conflicts
from grants.organisations.events import (
    ConflictNoted,
    GroupRegistered,
    MemberJoined,
    ProfileEdited,
    StatusChanged,
)
from grants.organisations.walls import HANDLERS
from grants.reviews.actions import assigning, walls
from grants.reviews.queries.assigning import handles, organisations_in_judging, reviewer_of

COMPARED = frozenset({"contact", "contact_phone_key", "contact_mail_domain"})


def put_up_the_wall(fact: ConflictNoted) -> None:
    """Live work of this person on this organisation ends, and what they sent in leaves every aggregate."""
    walls.put_up([fact.user_id], fact.organisation_id, at=fact.occurred_at)


def look_for_ties(fact: MemberJoined | GroupRegistered) -> None:
    """Whoever joins a group, or begins one, is kept out of what it hands in until staff have looked."""
    user_id = fact.user_id if isinstance(fact, MemberJoined) else fact.actor_id
    if user_id is not None and handles(user_id):
        conflicts.detect_conflicts([user_id], [fact.organisation_id], by=SYSTEM, at=fact.occurred_at)


def look_again_at_the_group(fact: StatusChanged | ProfileEdited) -> None:
    """Another host, or another contact, is another chance of a tie."""
    changed = {fact.what} if isinstance(fact, StatusChanged) else set(fact.columns)
    if changed & (COMPARED | {"host"}):
        walls.look_again(fact.organisation_id, at=fact.occurred_at)


def look_at_whoever_comes_in(fact: RoleGranted) -> None:
    """Somebody new judges, decides or handles: they are compared with everybody whose things are judged."""
    if fact.role in HANDLERS:
        bodies = organisations_in_judging()
        conflicts.detect_conflicts([fact.user_id], bodies, by=SYSTEM, at=fact.occurred_at)


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

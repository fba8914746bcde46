"""What becomes of proposals when a tie comes to light (hard rule 3)."""

from __future__ import annotations

from grants.organisations.events import ConflictNoted, StatusChanged
from grants.proposals.actions import screening


def let_go(fact: ConflictNoted | StatusChanged) -> None:
    """Whoever is kept out looks after it no longer; a new host may bring new ties."""
    if isinstance(fact, ConflictNoted) or fact.what == "host":
        screening.let_go(fact.organisation_id, at=fact.occurred_at)

"""What supervision does when an agreement is signed, and when a first day comes."""

from __future__ import annotations

from typing import Any

from grants.agreements import queries as agreements
from grants.agreements.events import AgreementSigned
from grants.core import clock
from grants.core.policy import SYSTEM
from grants.organisations.events import ConflictNoted, StatusChanged
from grants.projects.actions import planning
from grants.projects.queries import projects as queries


def plan_project(fact: AgreementSigned) -> None:
    """The signed agreement becomes a project."""
    planning.plan(agreements.current_agreement(fact.grant_id), by=SYSTEM, at=fact.occurred_at)


def let_go(fact: ConflictNoted | StatusChanged) -> None:
    """Whoever is kept out looks after it no longer; a new host may bring new ties."""
    if isinstance(fact, ConflictNoted) or fact.what == "host":
        planning.let_go(fact.organisation_id, at=fact.occurred_at)


class StartProjects:
    """The periodic job that starts planned projects on their first day."""

    def keep(self, payload: dict[str, Any], result: Any) -> None:
        for project in queries.to_start(clock.today()):
            planning.start(project, by=SYSTEM, at=clock.now())


START = StartProjects()

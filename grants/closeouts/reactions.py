"""What closing out does when projects end or stop, and when money of the grant moves; and the daily look ahead."""

from __future__ import annotations

from typing import Any

from grants.closeouts import queries, rules
from grants.closeouts.actions import closing
from grants.core import clock
from grants.core.policy import SYSTEM
from grants.payments.events import TrancheCancelled, TrancheOpened
from grants.projects.events import ProjectFinished, ProjectTerminated


def open_at_the_end(fact: ProjectFinished | ProjectTerminated) -> None:
    """Every project that ends is accounted for, terminated ones too."""
    project = queries.project_by_id(fact.project_id)
    there = queries.of_project(project.id)
    if there is None:
        closing.open_closeout(project, by=SYSTEM, at=fact.occurred_at)
    elif isinstance(fact, ProjectTerminated):
        there.after_termination = True


def settle_anew(fact: TrancheCancelled | TrancheOpened) -> None:
    """What has to come back follows the money that came or will come."""
    closeout = queries.of_grant(fact.grant_id)
    if closeout is not None:
        closing.settle_anew(closeout, at=fact.occurred_at)


class LookAhead:
    """The job that opens close-outs a month before projects end."""

    def keep(self, payload: dict[str, Any], result: Any) -> None:
        at = clock.now()
        for project in queries.ending_soon(clock.day_of(at) + rules.LAST_DAYS):
            closing.open_closeout(project, by=SYSTEM, at=at)


LOOK_AHEAD = LookAhead()

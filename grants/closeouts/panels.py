"""What close-outs show on the pages of projects and proposals."""

from __future__ import annotations

from grants.closeouts import queries, rules
from grants.closeouts.fields import STATES, TONES
from grants.core import clock
from grants.core.panels import Panel
from grants.core.policy import permits
from grants.core.web import current_actor
from grants.projects.models import Project
from grants.proposals.models import Proposal


def of_project(project: Project) -> Panel:
    """The close-out where there is one; near the end the button that begins it."""
    closeout = queries.of_project(project.id)
    return Panel(
        "closeouts/of_project.html",
        {
            "closeout": closeout,
            "project": project,
            "is_near": rules.is_near(project, clock.today()),
            "states": STATES,
            "tones": TONES,
        },
    )


def of_proposal(proposal: Proposal) -> Panel | None:
    """For staff: how the group's last project was graded (S003-36)."""
    if not permits(current_actor(), "closeout.list"):
        return None
    last = queries.last_graded(proposal.organisation_id)
    if last is None or not permits(current_actor(), "closeout.view", last):
        return None
    return Panel("closeouts/of_proposal.html", {"file": queries.file_of(last)})

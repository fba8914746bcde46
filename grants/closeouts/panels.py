"""What close-outs show on the pages of projects."""

from __future__ import annotations

from grants.closeouts import queries
from grants.closeouts.fields import STATES, TONES
from grants.core.panels import Panel
from grants.projects.models import Project


def of_project(project: Project) -> Panel:
    """The close-out where there is one, else the button that begins it."""
    closeout = queries.of_project(project.id)
    return Panel(
        "closeouts/of_project.html",
        {"closeout": closeout, "project": project, "states": STATES, "tones": TONES},
    )

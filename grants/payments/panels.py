"""What payments show on the pages of projects."""

from __future__ import annotations

from grants.core.panels import Panel
from grants.payments.fields import GATES, TONES, TRANCHE_STATES
from grants.payments.queries.tranches import of_grant
from grants.projects.models import Project


def of_project(project: Project) -> Panel | None:
    """The money received and to come; nothing before the agreement is signed."""
    money = of_grant(project.grant_id)
    if not money.parts:
        return None
    words = {"states": TRANCHE_STATES, "tones": TONES, "gates": GATES}
    return Panel("payments/of_grant.html", {"money": money, **words})

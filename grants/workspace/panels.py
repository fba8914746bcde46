"""What the workspace shows on the pages of groups."""

from __future__ import annotations

from grants.core.panels import Panel
from grants.core.web import current_actor
from grants.organisations.models import Organisation
from grants.workspace.queries import years


def of_organisation(group: Organisation) -> Panel:
    """What the group handed in, was granted and was honoured for, as far as the reader may see it, year by year."""
    return Panel("workspace/of_organisation.html", {"years": years.of_group(current_actor(), group.id)})

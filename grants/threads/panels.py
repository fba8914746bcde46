"""What conversations show on the page of the thing they are about."""

from __future__ import annotations

from typing import Any

from grants.core.panels import Panel
from grants.core.web import current_actor
from grants.threads import queries


def conversations(thing: Any) -> Panel:
    """The conversations on a row of a kind in `wiring.THREADS`, and the way to begin another.

    Kinds are named as their tables. The page has shown already that its reader may see the thing.
    """
    kind, holder_id = thing.__tablename__, thing.id
    threads = queries.about(kind, holder_id, current_actor())
    return Panel("threads/panel.html", {"threads": threads, "kind": kind, "holder_id": holder_id})

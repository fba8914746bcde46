"""What conversations show on the page of the thing they are about."""

from __future__ import annotations

from typing import Any

from grants.core.panels import Panel
from grants.core.policy import permits
from grants.core.registries import registry
from grants.core.web import current_actor
from grants.threads import queries


def conversations(thing: Any) -> Panel | None:
    """The conversations on a row of a kind in `wiring.THREADS`, and the way to begin another.

    Kinds are named as their tables. Nothing for who sees the thing and does not take part.
    """
    kind = thing.__tablename__
    _loader, permission, _people = registry("threads")[kind]
    if not permits(current_actor(), permission, thing):
        return None
    threads = queries.about(kind, thing.id, current_actor())
    return Panel("threads/panel.html", {"threads": threads, "kind": kind, "public_id": thing.public_id})

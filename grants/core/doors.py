"""Whether a page of the house would open to somebody who is not the one in this request."""

from __future__ import annotations

from flask import current_app
from werkzeug.exceptions import HTTPException

from grants.core.errors import NotFound
from grants.core.policy import Actor, permits

OPEN_TO_ALL = frozenset({"public", "signed in"})


def opens_to(actor: Actor, address: str) -> bool:
    """Ask the door at an address of ours (`/proposals/…`) as if this person stood there; nothing is shown or logged."""
    try:
        endpoint, named = current_app.url_map.bind("").match(address.partition("?")[0].partition("#")[0])
    except HTTPException:
        return False
    view = current_app.view_functions[endpoint]
    access, load = getattr(view, "__access__", ""), getattr(view, "__load__", None)
    if access in OPEN_TO_ALL:
        return True
    try:
        return permits(actor, access, load(**named) if load else None)
    except NotFound:
        return False

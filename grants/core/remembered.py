"""What was counted over many rows, kept in the process until something is done (ADR 6)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from grants.core import audit, clock
from grants.core.db import database
from grants.core.policy import Actor

MOST = 512

Found = TypeVar("Found")

_kept: OrderedDict[Hashable, Any] = OrderedDict()
_lock = threading.Lock()


def remembered(what: Hashable, by: Actor, count: Callable[[], Found]) -> Found:
    """What `count` found last: counted again when something was done, a minute has passed, or another asks.

    `what` names the count and everything it depends on but the data and the reader. What comes back is shared:
    nobody changes it, and no row of a session is in it. Costs one small query.
    """
    minute = int(clock.now().timestamp() // 60)
    key = (database(), what, (by.user_id, by.roles, by.is_system), audit.mark(), minute)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return cast("Found", _kept[key])
    found = count()
    with _lock:
        _kept[key] = found
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return found


def forget() -> None:
    """Count anew next time: for commands and tests that change data without an audit entry."""
    with _lock:
        _kept.clear()

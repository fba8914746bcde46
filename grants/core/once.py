"""What is read once and used many times while one request, command or job runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from grants.core.db import db

Value = TypeVar("Value")
_KEPT = "once"


def once(key: str, make: Callable[[], Value]) -> Value:
    """What `make` gave the first time in this unit of work; forgotten when it ends."""
    kept = db.session().info.setdefault(_KEPT, {})
    if key not in kept:
        kept[key] = make()
    return cast("Value", kept[key])


def forget(*keys: str) -> None:
    """Have these made again: what they were made from has changed."""
    kept = db.session().info.get(_KEPT, {})
    for key in keys:
        kept.pop(key, None)

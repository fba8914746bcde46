"""Values of ours as plain JSON values, one way everywhere: audit, timeline, outbox, hashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from grants.core.money import Money


def plain(value: Any) -> Any:
    """JSON-ready: money as "12345.00", instants as UTC ISO text with microseconds, dates as ISO text.

    Raises TypeError for what has no plain form, so that a row never slips into a record.
    """
    if value is None or (isinstance(value, bool | int | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Money | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return value
    return _plain_collection(value)


def _plain_collection(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, AbstractSet):
        return sorted(plain(item) for item in value)
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    if isinstance(value, Struct):
        return plain(asdict(value))
    raise TypeError(f"{type(value).__name__} has no plain form")

"""Unguessable codes on paper, opaque ids in addresses, and the hash of a content."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from grants.core.money import Money

BITS = 80
LENGTH = 16
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s\-–—_.·]+")


def _random() -> str:
    number = secrets.randbits(BITS)
    return "".join(_CROCKFORD[number >> 5 * place & 31] for place in range(LENGTH))


def check_code() -> str:
    """80 random bits as 16 characters of Crockford's base 32 (no I, L, O, U), as stored: no dashes."""
    return _random()


def grouped(code: str) -> str:
    """As printed on paper, in groups of four: `7QK2-M9XD-0VBT-4HZR`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_check_code(text: str) -> str | None:
    """What a person typed from paper, as stored; None when it can be no code.

    Case, spaces and dashes do not matter; O reads as 0, I and L as 1.
    """
    bare = _BETWEEN.sub("", text).upper().translate(_MISREAD)
    return bare if len(bare) == LENGTH and all(character in _CROCKFORD for character in bare) else None


def public_id() -> str:
    """An opaque id for addresses: 80 random bits as 16 lower-case characters."""
    return _random().lower()


def canonical_json(value: object) -> str:
    """One text for one value: sorted keys, no spaces, Chinese as itself.

    Money becomes its plain yuan, a date its ISO form, an instant UTC to the microsecond with Z, a
    Decimal its plain digits. Raises TypeError for anything else, a key that is no text or an instant
    without zone, and ValueError for NaN and infinity.
    """
    return json.dumps(
        _plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def content_hash(value: object) -> str:
    """SHA-256 of the canonical JSON in UTF-8, 64 lower-case hex digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Money():
            return str(value)
        case Decimal():
            return _decimal(value)
        case datetime():
            return _instant(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {_key(name): _plain(item) for name, item in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray | memoryview):
            return [_plain(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form.")


def _key(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"A key must be text, not {type(name).__name__}.")
    return name


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError("NaN and infinity have no canonical form.")
    return f"{value:f}"


def _instant(value: datetime) -> str:
    if value.utcoffset() is None:
        raise TypeError("An instant needs its time zone.")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

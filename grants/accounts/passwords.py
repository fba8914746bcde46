"""Hashing of passwords: argon2id, a few at a time so that a rush of sign-ins cannot eat the memory."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
_turn = threading.BoundedSemaphore(AT_ONCE)
_hasher = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
_nobody: dict[str, str] = {}


def install(*, testing: bool) -> None:
    """Tests hash cheaply; everybody else after OWASP: 19 MiB, two passes, one lane."""
    global _hasher  # noqa: PLW0603 - one hasher per process, set once by create_app
    cost = (64, 1) if testing else (19456, 2)
    _hasher = PasswordHasher(memory_cost=cost[0], time_cost=cost[1], parallelism=1)
    _nobody.clear()


def hashed(password: str) -> str:
    with _turn:
        return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is right. Without a kept hash the work is the same and the answer no."""
    with _turn:
        try:
            return _hasher.verify(kept or _nobodys_hash(), password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    return _hasher.check_needs_rehash(kept)


def _nobodys_hash() -> str:
    """A hash nobody's password has, of today's cost."""
    return _nobody.get("hash") or _nobody.setdefault("hash", _hasher.hash("nobody's"))

"""Hashing of passwords: argon2id, a few at a time so that a rush of sign-ins cannot eat the memory."""

from __future__ import annotations

import threading
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app

AT_ONCE = 2
_turn = threading.BoundedSemaphore(AT_ONCE)


class _Hashing:
    """How one application hashes, and a hash nobody's password has, of the same cost."""

    def __init__(self, *, testing: bool) -> None:
        memory_cost, time_cost = (64, 1) if testing else (19456, 2)
        self.hasher = PasswordHasher(memory_cost=memory_cost, time_cost=time_cost, parallelism=1)

    @cached_property
    def nobodys(self) -> str:
        return self.hasher.hash("nobody's")


def install(app: Flask, *, testing: bool) -> None:
    """Tests hash cheaply; everybody else after OWASP: 19 MiB, two passes, one lane."""
    app.extensions["grants.passwords"] = _Hashing(testing=testing)


def hashed(password: str) -> str:
    with _turn:
        return _hashing().hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is right. Without a kept hash the work is the same and the answer no."""
    with _turn:
        try:
            return _hashing().hasher.verify(kept or _hashing().nobodys, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    return _hashing().hasher.check_needs_rehash(kept)


def _hashing() -> _Hashing:
    found: _Hashing = current_app.extensions["grants.passwords"]
    return found

"""Secrets handed to people: never stored as they are, only their hashes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from flask import current_app


def fresh() -> str:
    """A new secret of 256 bits, fit for a cookie."""
    return secrets.token_urlsafe(32)


def nonce() -> str:
    """What, with the installation's secret, makes a link; worthless alone."""
    return secrets.token_hex(16)


def derived(purpose: str, nonce: str) -> str:
    """The secret of a link: made again when its mail is written, so that no waiting job holds it."""
    key = str(current_app.secret_key).encode()
    digest = hmac.digest(key, f"{purpose}:{nonce}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hashed(token: str) -> str:
    """As kept in the database. The secrets are random, so that no salt or slow hash is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

"""Columns that are unreadable in the database file: bank accounts, contacts of people."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet
from flask import Flask, current_app
from sqlalchemy import Text, TypeDecorator


def install(app: Flask, keys: Sequence[str]) -> None:
    """The first key writes; all keys read, so that keys can be rotated."""
    app.extensions["grants.encryption"] = MultiFernet([Fernet(key) for key in keys])


def _box() -> MultiFernet:
    box: MultiFernet = current_app.extensions["grants.encryption"]
    return box


class EncryptedText(TypeDecorator[str]):
    """Text encrypted with the installation's keys. Cannot be searched, sorted or compared in SQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: object) -> str | None:
        return None if value is None else _box().encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: object) -> str | None:
        return None if value is None else _box().decrypt(value.encode()).decode()


def blind(text: str) -> str:
    """By which two encrypted texts can be found equal without reading either; worthless without our secret."""
    return hmac.digest(str(current_app.secret_key).encode(), f"blind:{text}".encode(), "sha256").hex()

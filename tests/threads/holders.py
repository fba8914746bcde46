"""A thing to talk about, for tests: a person's account, which keepers and the auditor may see."""

from __future__ import annotations

from grants.accounts.models import User
from grants.accounts.queries import holders_of
from grants.core.db import db


def load(user_id: int) -> User | None:
    return db.session.get(User, user_id)


def keepers(user: User) -> list[int]:
    return holders_of("admin")


ENTRY = ("tests.threads.holders:load", "people.view", "tests.threads.holders:keepers")

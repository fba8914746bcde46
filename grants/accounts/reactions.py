"""Work of accounts that is done after the request, by jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from grants.accounts.actions.accounts import grant_reset
from grants.accounts.actions.sessions import forget_ended


class ResetLink:
    """Makes the link for a forgotten password; the visitor's request did not look whether it should."""

    def keep(self, payload: dict[str, Any], result: Any) -> None:
        grant_reset(str(payload["email"]), at=datetime.fromisoformat(str(payload["asked_at"])))


class Tidy:
    """Drops links, sessions and counts that ended long ago."""

    def keep(self, payload: dict[str, Any], result: Any) -> None:
        forget_ended()


RESET_LINK = ResetLink()
TIDY = Tidy()

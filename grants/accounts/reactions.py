"""Work of accounts that is done after the request, by jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from grants.accounts.actions.accounts import grant_reset


class ResetLink:
    """Makes the link for a forgotten password; the visitor's request did not look whether it should."""

    def keep(self, payload: dict[str, Any], result: Any) -> None:
        grant_reset(str(payload["email"]), at=datetime.fromisoformat(str(payload["asked_at"])))


RESET_LINK = ResetLink()

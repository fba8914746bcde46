"""Everybody reads their own messages and nobody else's."""

from __future__ import annotations

from grants.accounts.policies import their_own
from grants.core.policy import Permissions

PERMISSIONS: Permissions = {"notification.open": their_own}

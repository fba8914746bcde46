"""Limits and choices of accounts, read by columns and forms alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from grants.core.i18n import lazy_gettext as _l

LONGEST_NAME = 80
LONGEST_ADDRESS = 254
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 256
CONSENT_NOTICE = "privacy"
CONSENT_VERSION = "2026-1"


class RoleName(StrEnum):
    """What somebody may be for the foundation; membership of a group is no such role."""

    DIRECTOR = "director"
    OFFICER = "officer"
    FINANCE = "finance"
    AWARDS = "awards"
    AUDITOR = "auditor"
    BOARD = "board"
    DISTRICT = "district"
    PARTNER = "partner"
    EVALUATOR = "evaluator"
    REVIEWER = "reviewer"
    ADMIN = "admin"


class ScopeKind(StrEnum):
    """Where a role counts."""

    EVERYWHERE = ""
    REGION = "region"
    CALL = "call"
    ORGANISATION = "organisation"


class TokenPurpose(StrEnum):
    """What a link in a mail is for."""

    CONFIRM = "confirm"
    RESET = "reset"
    INVITE = "invite"
    JOIN = "join"


LIVES: Mapping[TokenPurpose, timedelta] = {
    TokenPurpose.CONFIRM: timedelta(hours=24),
    TokenPurpose.RESET: timedelta(hours=1),
    TokenPurpose.INVITE: timedelta(days=7),
    TokenPurpose.JOIN: timedelta(days=14),
}
SESSION_LIVES = timedelta(days=90)
SESSION_IDLES = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)
ENDED_IS_KEPT = timedelta(days=90)

ROLE_WORDS: Mapping[RoleName, str] = {
    RoleName.DIRECTOR: _l("Director"),
    RoleName.OFFICER: _l("Programme officer"),
    RoleName.FINANCE: _l("Finance"),
    RoleName.AWARDS: _l("Awards officer"),
    RoleName.AUDITOR: _l("Auditor (reads everything)"),
    RoleName.BOARD: _l("Board member"),
    RoleName.DISTRICT: _l("District office"),
    RoleName.PARTNER: _l("Co-building unit"),
    RoleName.EVALUATOR: _l("Outside evaluator"),
    RoleName.REVIEWER: _l("Reviewer"),
    RoleName.ADMIN: _l("Administrator"),
}
SCOPE_WORDS: Mapping[ScopeKind, str] = {
    ScopeKind.EVERYWHERE: _l("everywhere"),
    ScopeKind.REGION: _l("in one region"),
    ScopeKind.CALL: _l("in one call"),
    ScopeKind.ORGANISATION: _l("in one organisation"),
}

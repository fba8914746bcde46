"""The closed sets of words about grants and agreements."""

from __future__ import annotations

from enum import StrEnum


class GrantState(StrEnum):
    """How far a promise of money has come."""

    PROMISED = "promised"
    ACTIVE = "active"
    CLOSED = "closed"
    TERMINATED = "terminated"


class AgreementState(StrEnum):
    """How far the text has come."""

    DRAFT = "draft"
    OFFERED = "offered"
    SIGNED = "signed"
    REPLACED = "replaced"


class Party(StrEnum):
    """Who signs. The host signs too when money goes to its account."""

    FOUNDATION = "foundation"
    GROUP = "group"
    HOST = "host"

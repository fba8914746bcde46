"""The closed sets of words about notices and objections."""

from __future__ import annotations

from enum import StrEnum


class NoticeState(StrEnum):
    """How far a notice has come."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class ObjectionState(StrEnum):
    """What became of an objection."""

    RECEIVED = "received"
    UPHELD = "upheld"
    DISMISSED = "dismissed"

"""The closed set of words about closing out."""

from __future__ import annotations

from enum import StrEnum


class CloseoutState(StrEnum):
    """From the first line of the checklist to the sealed archive."""

    OPEN = "open"
    SUBMITTED = "submitted"
    GRADED = "graded"
    CLOSED = "closed"

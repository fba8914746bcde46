"""What the reference data reports."""

from __future__ import annotations

from dataclasses import dataclass

from grants.core.events import Event, Visibility


@dataclass(frozen=True, kw_only=True)
class FoundationEdited(Event):
    """The foundation's own profile was changed."""

    visibility = Visibility.STAFF


@dataclass(frozen=True, kw_only=True)
class TermsChanged(Event):
    """A list of words was changed."""

    visibility = Visibility.STAFF

    taxonomy: str

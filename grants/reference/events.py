"""What the reference data reports."""

from __future__ import annotations

from grants.core.events import Event, Visibility


class FoundationEdited(Event, frozen=True, kw_only=True):
    """The foundation's own profile was changed."""

    visibility = Visibility.STAFF


class TermsChanged(Event, frozen=True, kw_only=True):
    """A list of words was changed."""

    visibility = Visibility.STAFF

    taxonomy: str

"""Facts about judging."""

from __future__ import annotations

from typing import ClassVar

from grants.core.events import Event, Visibility
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l


class ReviewerAsked(Event, frozen=True, kw_only=True):
    """A reviewer was asked to judge an entry."""

    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("%(reviewer)s was asked to review it.")

    assignment_id: int
    assignment: str
    reviewer_user_id: int
    reviewer: str
    title: str


class ReviewerSteppedBack(Event, frozen=True, kw_only=True):
    """A reviewer declined, or named a tie to the people behind the entry."""

    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("%(reviewer)s will not review it: %(reason)s")

    assignment_id: int
    entry: str
    title: str
    holder_kind: str
    holder_id: int
    reviewer: str
    reason: str
    conflicted: bool


class ReviewSubmitted(Event, frozen=True, kw_only=True):
    """A reviewer sent in marks and a comment."""

    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("%(reviewer)s sent in a review.")

    assignment_id: int
    entry_id: int
    stage_id: int
    reviewer: str


class ReviewStruck(Event, frozen=True, kw_only=True):
    """A review left every aggregate; it stays stored."""

    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("The review of %(reviewer)s no longer counts: %(reason)s")

    assignment_id: int
    entry_id: int
    reviewer: str
    reason: str

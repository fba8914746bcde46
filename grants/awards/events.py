"""What can be said to have happened in a year of recognition. Nominees' full names are in no public fact."""

from __future__ import annotations

from typing import Any

from grants.core.events import Event, Visibility
from grants.core.i18n import lazy_gettext as _l


class NominationsOpened(Event, frozen=True, kw_only=True):
    sentence = _l("Nominations for “%(title)s” opened")
    visibility = Visibility.PUBLIC

    cycle_id: int
    public_id: str
    title: dict[str, Any]
    until: str


class NominationSubmitted(Event, frozen=True, kw_only=True):
    sentence = _l("Nominated for “%(category)s”")

    nomination_id: int
    public_id: str
    category: dict[str, Any]
    nominee: dict[str, Any]
    organisation_id: int | None


class NominationWithdrawn(Event, frozen=True, kw_only=True):
    sentence = _l("The nomination was taken back: %(reason)s")

    nomination_id: int
    reason: str


class ScoringBegan(Event, frozen=True, kw_only=True):
    sentence = _l("The jury began its work")
    visibility = Visibility.STAFF

    cycle_id: int
    entries: int


class NominationChosen(Event, frozen=True, kw_only=True):
    sentence = _l("Chosen for “%(category)s”: %(reason)s")
    visibility = Visibility.STAFF

    nomination_id: int
    category: dict[str, Any]
    reason: str


class NominationDropped(Event, frozen=True, kw_only=True):
    sentence = _l("Not chosen for “%(category)s” this time")

    nomination_id: int
    public_id: str
    category: dict[str, Any]
    nominee: dict[str, Any]
    organisation_id: int | None
    reason: str


class AwardGiven(Event, frozen=True, kw_only=True):
    sentence = _l("Awarded “%(category)s”, certificate %(number)s")

    nomination_id: int
    public_id: str
    certificate: str
    number: str
    category: dict[str, Any]
    nominee: dict[str, Any]
    organisation_id: int | None
    prize: int


class CertificateWithdrawn(Event, frozen=True, kw_only=True):
    sentence = _l("Certificate %(number)s was withdrawn: %(reason)s")

    certificate_id: int
    certificate: str
    number: str
    reason: str
    organisation_id: int | None

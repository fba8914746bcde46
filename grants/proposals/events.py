"""Facts about proposals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from grants.core.events import Event, Visibility
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l


@dataclass(frozen=True, kw_only=True)
class ProposalFact(Event):
    """What every fact about a proposal carries."""

    proposal_id: int
    proposal: str
    call_id: int
    organisation_id: int
    title: str
    number: str


@dataclass(frozen=True, kw_only=True)
class ProposalStarted(ProposalFact):
    sentence: ClassVar[Sentence] = _l("A draft was begun.")


@dataclass(frozen=True, kw_only=True)
class ProposalSubmitted(ProposalFact):
    """Handed in for the first time."""

    sentence: ClassVar[Sentence] = _l("Handed in as %(number)s.")

    region_path: str


@dataclass(frozen=True, kw_only=True)
class ProposalResubmitted(ProposalFact):
    sentence: ClassVar[Sentence] = _l("Handed in again as version %(version)s.")

    version: int


@dataclass(frozen=True, kw_only=True)
class ProposalWithdrawn(ProposalFact):
    sentence: ClassVar[Sentence] = _l("Withdrawn by the group: %(reason)s")

    reason: str
    was: str


@dataclass(frozen=True, kw_only=True)
class ProposalReturned(ProposalFact):
    sentence: ClassVar[Sentence] = _l("Returned for changes: %(reason)s")

    reason: str
    sections: tuple[str, ...]
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class DeadlineExtended(ProposalFact):
    sentence: ClassVar[Sentence] = _l("The closing was moved for this group: %(reason)s")

    reason: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class ProposalScreened(ProposalFact):
    sentence: ClassVar[Sentence] = _l("Passed the eligibility check.")


@dataclass(frozen=True, kw_only=True)
class ProposalRefused(ProposalFact):
    sentence: ClassVar[Sentence] = _l("Not eligible: %(reason)s")

    reason: str
    appeal_until: str


@dataclass(frozen=True, kw_only=True)
class ProposalReinstated(ProposalFact):
    sentence: ClassVar[Sentence] = _l("Taken up again after an appeal: %(reason)s")

    reason: str


@dataclass(frozen=True, kw_only=True)
class ProposalRecommended(ProposalFact):
    """The district gave its opinion."""

    sentence: ClassVar[Sentence] = _l("The district gave its opinion.")

    recommended: bool


@dataclass(frozen=True, kw_only=True)
class ProposalAdmitted(ProposalFact):
    sentence: ClassVar[Sentence] = _l("Went to the reviewers.")


@dataclass(frozen=True, kw_only=True)
class OfficerAssigned(ProposalFact):
    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("%(officer)s looks after it.")

    officer: str
    officer_id: int

"""Facts about proposals."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from grants.core.events import Event, Visibility
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l


class ProposalFact(Event, frozen=True, kw_only=True):
    """What every fact about a proposal carries."""

    proposal_id: int
    proposal: str
    call_id: int
    organisation_id: int
    title: str
    number: str


class ProposalStarted(ProposalFact, frozen=True, kw_only=True):
    sentence: ClassVar[Sentence] = _l("A draft was begun.")


class ProposalSubmitted(ProposalFact, frozen=True, kw_only=True):
    """Handed in for the first time."""

    sentence: ClassVar[Sentence] = _l("Handed in as %(number)s.")

    region_path: str


class ProposalResubmitted(ProposalFact, frozen=True, kw_only=True):
    sentence: ClassVar[Sentence] = _l("Handed in again as version %(version)s.")

    version: int


class ProposalWithdrawn(ProposalFact, frozen=True, kw_only=True):
    sentence: ClassVar[Sentence] = _l("Withdrawn by the group: %(reason)s")

    reason: str
    was: str


class ProposalReturned(ProposalFact, frozen=True, kw_only=True):
    sentence: ClassVar[Sentence] = _l("Returned for changes: %(reason)s")

    reason: str
    sections: tuple[str, ...]
    due_at: datetime


class DeadlineExtended(ProposalFact, frozen=True, kw_only=True):
    sentence: ClassVar[Sentence] = _l("The closing was moved for this group: %(reason)s")

    reason: str
    until: datetime


class ProposalScreened(ProposalFact, frozen=True, kw_only=True):
    sentence: ClassVar[Sentence] = _l("Passed the eligibility check.")


class ProposalRefused(ProposalFact, frozen=True, kw_only=True):
    sentence: ClassVar[Sentence] = _l("Not eligible: %(reason)s")

    reason: str
    appeal_until: str


class ProposalReinstated(ProposalFact, frozen=True, kw_only=True):
    sentence: ClassVar[Sentence] = _l("Taken up again after an appeal: %(reason)s")

    reason: str


class ProposalRecommended(ProposalFact, frozen=True, kw_only=True):
    """The district gave its opinion."""

    sentence: ClassVar[Sentence] = _l("The district gave its opinion.")

    recommended: bool


class ProposalAdmitted(ProposalFact, frozen=True, kw_only=True):
    sentence: ClassVar[Sentence] = _l("Went to the reviewers.")


class OfficerAssigned(ProposalFact, frozen=True, kw_only=True):
    visibility: ClassVar[Visibility] = Visibility.STAFF
    sentence: ClassVar[Sentence] = _l("%(officer)s looks after it.")

    officer: str
    officer_id: int

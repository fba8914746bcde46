"""The closed sets of words about proposals, and their limits, said once."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l

TITLE_CHARACTERS = 120
REASON_CHARACTERS = 1000
NUMBER_CHARACTERS = 40


class ProposalState(StrEnum):
    """Where a proposal stands; it only goes forward, except `returned` and `ineligible`, which may be mended."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    IN_REVIEW = "in_review"
    FUNDED = "funded"
    RESERVED = "reserved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Risk(StrEnum):
    """How dangerous the work is; from medium on, a safety plan is required."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Outcome(StrEnum):
    """What screening says about one rule of the call."""

    PASS = "pass"  # noqa: S105 - a result, no secret
    FAIL = "fail"
    NEEDS_DOCUMENT = "needs_document"


class Opinion(StrEnum):
    """What the district says."""

    RECOMMEND = "recommend"
    NOT = "not"


# What each state is called, and its tone (components/tags.html).
STATES: Mapping[ProposalState, tuple[Sentence, str]] = {
    ProposalState.DRAFT: (_l("Draft"), ""),
    ProposalState.SUBMITTED: (_l("Handed in"), "go"),
    ProposalState.RETURNED: (_l("Returned for changes"), "act"),
    ProposalState.ELIGIBLE: (_l("Eligible"), "go"),
    ProposalState.INELIGIBLE: (_l("Not eligible"), "stop"),
    ProposalState.IN_REVIEW: (_l("In review"), "wait"),
    ProposalState.FUNDED: (_l("Funded"), "done"),
    ProposalState.RESERVED: (_l("On the reserve list"), "spare"),
    ProposalState.DECLINED: (_l("Not funded"), "off"),
    ProposalState.WITHDRAWN: (_l("Withdrawn"), "off"),
}
RISKS: Mapping[Risk, Sentence] = {
    Risk.LOW: _l("Low risk"),
    Risk.MEDIUM: _l("Medium risk"),
    Risk.HIGH: _l("High risk"),
}
OUTCOMES: Mapping[Outcome, Sentence] = {
    Outcome.PASS: _l("Passes"),
    Outcome.FAIL: _l("Does not pass"),
    Outcome.NEEDS_DOCUMENT: _l("Needs a document"),
}
OPINIONS: Mapping[Opinion, Sentence] = {
    Opinion.RECOMMEND: _l("Recommended"),
    Opinion.NOT: _l("Not recommended"),
}

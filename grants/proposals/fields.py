"""The closed sets of words about proposals, and their limits, said once."""

from __future__ import annotations

from enum import StrEnum

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

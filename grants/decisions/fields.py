"""The closed sets of words about decisions, and their limits."""

from __future__ import annotations

from enum import StrEnum

REASON_CHARACTERS = 500
MINUTES_NUMBER_CHARACTERS = 60


class Outcome(StrEnum):
    """What becomes of a proposal."""

    FUND = "fund"
    RESERVE = "reserve"
    DECLINE = "decline"


class DecisionState(StrEnum):
    """Proposed by officers, approved by the board, released to the group: told is a step of its own.

    Withdrawn when an objection in the public notice was upheld.
    """

    PROPOSED = "proposed"
    APPROVED = "approved"
    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class MeetingState(StrEnum):
    """A meeting is prepared, lies before the board, and ends with its approval."""

    DRAFT = "draft"
    VOTING = "voting"
    APPROVED = "approved"


class Vote(StrEnum):
    """Who votes is present; abstaining counts for the quorum, not for the majority."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Duty(StrEnum):
    """What is owed around a decision."""

    PROPOSE = "decisions.propose"
    VOTE = "board.vote"
    APPROVE = "board.approve"
    RELEASE = "results.release"

"""The closed sets of words about judging."""

from __future__ import annotations

from enum import StrEnum


class AssignmentState(StrEnum):
    """Where an assignment stands between being thought of and being done."""

    PROPOSED = "proposed"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RECUSED = "recused"
    WITHDRAWN = "withdrawn"


class ReviewState(StrEnum):
    """A review is written, or sent in; a returned one is a draft again."""

    DRAFT = "draft"
    SUBMITTED = "submitted"


class Better(StrEnum):
    HIGH = "high"
    LOW = "low"


class Missing(StrEnum):
    """What an unanswered criterion does to the score of its review."""

    RENORMALISE = "renormalise"
    ZERO = "zero"
    INCOMPLETE = "incomplete"


class Method(StrEnum):
    """How the scores of several reviews become one; weights of reviewers touch the mean only."""

    MEAN = "mean"
    MEDIAN = "median"
    TRIMMED_MEAN = "trimmed_mean"
    MINIMUM = "minimum"


class Struck(StrEnum):
    """Why a review leaves every aggregate although it stays stored."""

    CONFLICT = "conflict"
    RECUSED = "recused"
    WITHDRAWN = "withdrawn"

"""The closed sets of words about forms."""

from __future__ import annotations

from enum import StrEnum


class QuestionnaireKind(StrEnum):
    """What the answers become part of."""

    PROPOSAL = "proposal"
    REVIEW = "review"
    REPORT = "report"
    NOMINATION = "nomination"

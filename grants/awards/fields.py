"""The closed sets of words about awards."""

from __future__ import annotations

from enum import StrEnum


class CycleState(StrEnum):
    """From the plan of a year's recognition to the ceremony."""

    DRAFT = "draft"
    OPEN = "open"
    SCORING = "scoring"
    IN_NOTICE = "in_notice"
    AWARDED = "awarded"


class Recipient(StrEnum):
    """Who can be recognised in a category."""

    PERSON = "person"
    TEAM = "team"
    ORGANISATION = "organisation"
    PROJECT = "project"


class NominationState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SHORTLISTED = "shortlisted"
    DROPPED = "dropped"
    WON = "won"


class CertificateState(StrEnum):
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"

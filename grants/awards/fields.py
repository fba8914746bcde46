"""The closed sets of words about awards, and how long their texts may be."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from grants.core.i18n import lazy_gettext as _l

NAME = 80
SHORTEST_DEED, LONGEST_DEED = 300, 2000
MOST_KEPT = 12_000
REASON = 500
MOST_WINNERS = 500
MOST_CATEGORIES = 30
MOST_YEARS = 10
MOST_DAYS = 60
MOST_HOURS = 100_000
MOST_JURORS = 15
CEREMONY = (12, 5)
CONSENT_VERSION = "2026-1"
COMING_OF_AGE = 18


class CycleState(StrEnum):
    """From the plan of a year's recognition to the ceremony."""

    DRAFT = "draft"
    NOMINATING = "nominating"
    SCORING = "scoring"
    IN_NOTICE = "in_notice"
    AWARDED = "awarded"


class Recipient(StrEnum):
    """Who can be recognised in a category."""

    PERSON = "person"
    TEAM = "team"
    ORGANISATION = "organisation"
    PROJECT = "project"


class NomineeKind(StrEnum):
    """Which row a nomination points at."""

    VOLUNTEER = "volunteer"
    ORGANISATION = "organisation"
    PROJECT = "project"


class NominationState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SHORTLISTED = "shortlisted"
    DROPPED = "dropped"
    WITHDRAWN = "withdrawn"
    WON = "won"
    REVOKED = "revoked"


class CertificateState(StrEnum):
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"


class Check(StrEnum):
    """What a condition of a category looks at."""

    HOURS = "hours"
    GRADE = "grade"
    NO_OPEN_FINDING = "no_open_finding"
    ANNUAL_CHECK = "annual_check"
    STARS = "stars"
    RUNNING = "running"
    CONSENT = "consent"
    GUARDIAN = "guardian"


class Publicity(StrEnum):
    """How the nominee agreed to be named in public."""

    FULL = "full"
    MASKED = "masked"


CYCLE_STATES: Mapping[CycleState, str] = {
    CycleState.DRAFT: _l("Being prepared"),
    CycleState.NOMINATING: _l("Open for nominations"),
    CycleState.SCORING: _l("With the jury"),
    CycleState.IN_NOTICE: _l("In public notice"),
    CycleState.AWARDED: _l("Awarded"),
}
CYCLE_TONES: Mapping[CycleState, str] = {
    CycleState.DRAFT: "",
    CycleState.NOMINATING: "go",
    CycleState.SCORING: "wait",
    CycleState.IN_NOTICE: "wait",
    CycleState.AWARDED: "done",
}
RECIPIENTS: Mapping[Recipient, str] = {
    Recipient.PERSON: _l("A volunteer"),
    Recipient.TEAM: _l("A volunteer group"),
    Recipient.ORGANISATION: _l("A partner or host organisation"),
    Recipient.PROJECT: _l("A project"),
}
NOMINATION_STATES: Mapping[NominationState, str] = {
    NominationState.DRAFT: _l("Draft"),
    NominationState.SUBMITTED: _l("Nominated"),
    NominationState.SHORTLISTED: _l("Chosen"),
    NominationState.DROPPED: _l("Not chosen this time"),
    NominationState.WITHDRAWN: _l("Taken back"),
    NominationState.WON: _l("Awarded"),
    NominationState.REVOKED: _l("Award withdrawn"),
}
NOMINATION_TONES: Mapping[NominationState, str] = {
    NominationState.DRAFT: "",
    NominationState.SUBMITTED: "go",
    NominationState.SHORTLISTED: "wait",
    NominationState.DROPPED: "off",
    NominationState.WITHDRAWN: "off",
    NominationState.WON: "done",
    NominationState.REVOKED: "stop",
}
PUBLICITIES: Mapping[Publicity, str] = {
    Publicity.FULL: _l("With the full name"),
    Publicity.MASKED: _l("With the surname only, like 陈**"),
}
GRADES: Mapping[str, str] = {
    "pass": _l("Pass"),
    "good": _l("Good"),
    "excellent": _l("Excellent"),
}
NOMINEE_OF: Mapping[Recipient, NomineeKind] = {
    Recipient.PERSON: NomineeKind.VOLUNTEER,
    Recipient.TEAM: NomineeKind.ORGANISATION,
    Recipient.ORGANISATION: NomineeKind.ORGANISATION,
    Recipient.PROJECT: NomineeKind.PROJECT,
}
# Which conditions make sense for whom. Consent and, for the young, a guardian's are always asked.
CHECKS_FOR: Mapping[Recipient, tuple[Check, ...]] = {
    Recipient.PERSON: (Check.HOURS, Check.STARS),
    Recipient.TEAM: (Check.HOURS, Check.GRADE, Check.ANNUAL_CHECK, Check.NO_OPEN_FINDING),
    Recipient.ORGANISATION: (),
    Recipient.PROJECT: (Check.HOURS, Check.GRADE, Check.RUNNING, Check.NO_OPEN_FINDING),
}
# Hours of service with which a volunteer reaches each star.
STAR_HOURS = (100, 300, 600, 1000, 1500)

"""The closed sets of words about projects and their supervision."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l

TITLE_CHARACTERS = 200
TEXT_CHARACTERS = 2000
LINK_CHARACTERS = 500
REASON_CHARACTERS = 1000
MOST_VOLUNTEERS = 500
MOST_MINUTES = 1440
LATE_DAYS = 7
READ_DAYS = 14


class ProjectState(StrEnum):
    """From the signed agreement to the archive."""

    PREPARING = "preparing"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    CLOSED = "closed"
    TERMINATED = "terminated"


class MilestoneState(StrEnum):
    PLANNED = "planned"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"


class ActivityState(StrEnum):
    PLANNED = "planned"
    RECORDED = "recorded"
    VERIFIED = "verified"
    CANCELLED = "cancelled"


class HourState(StrEnum):
    """Only verified hours count, anywhere (hard rule 7)."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    REFUSED = "refused"


class ReportKind(StrEnum):
    PROGRESS = "progress"
    MIDTERM = "midterm"
    FINAL = "final"


class ReportState(StrEnum):
    DUE = "due"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"


class ReportResult(StrEnum):
    """What staff found when they accepted a report."""

    PASS = "pass"  # noqa: S105 - the result of an evaluation
    RECTIFY = "rectify"
    FAIL = "fail"


class Severity(StrEnum):
    MINOR = "minor"
    MAJOR = "major"
    SERIOUS = "serious"


class FindingState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


PROJECT_STATES: Mapping[ProjectState, Sentence] = {
    ProjectState.PREPARING: _l("Project prepared"),
    ProjectState.ACTIVE: _l("Under way"),
    ProjectState.SUSPENDED: _l("Project suspended"),
    ProjectState.CLOSING: _l("Project closing"),
    ProjectState.CLOSED: _l("Project closed"),
    ProjectState.TERMINATED: _l("Project terminated"),
}
PROJECT_TONES: Mapping[ProjectState, str] = {
    ProjectState.PREPARING: "wait",
    ProjectState.ACTIVE: "go",
    ProjectState.SUSPENDED: "stop",
    ProjectState.CLOSING: "wait",
    ProjectState.CLOSED: "done",
    ProjectState.TERMINATED: "off",
}
MILESTONE_STATES: Mapping[MilestoneState, Sentence] = {
    MilestoneState.PLANNED: _l("Milestone planned"),
    MilestoneState.SUBMITTED: _l("Milestone handed in"),
    MilestoneState.ACCEPTED: _l("Milestone reached"),
}
MILESTONE_TONES: Mapping[MilestoneState, str] = {
    MilestoneState.PLANNED: "",
    MilestoneState.SUBMITTED: "wait",
    MilestoneState.ACCEPTED: "done",
}
ACTIVITY_STATES: Mapping[ActivityState, Sentence] = {
    ActivityState.PLANNED: _l("Activity planned"),
    ActivityState.RECORDED: _l("Hours to be verified"),
    ActivityState.VERIFIED: _l("Hours verified"),
    ActivityState.CANCELLED: _l("Activity cancelled"),
}
ACTIVITY_TONES: Mapping[ActivityState, str] = {
    ActivityState.PLANNED: "",
    ActivityState.RECORDED: "wait",
    ActivityState.VERIFIED: "done",
    ActivityState.CANCELLED: "off",
}
REPORT_KINDS: Mapping[ReportKind, Sentence] = {
    ReportKind.PROGRESS: _l("Progress report"),
    ReportKind.MIDTERM: _l("Mid-term report"),
    ReportKind.FINAL: _l("Final report"),
}
REPORT_STATES: Mapping[ReportState, Sentence] = {
    ReportState.DUE: _l("Report to be written"),
    ReportState.SUBMITTED: _l("Report handed in"),
    ReportState.ACCEPTED: _l("Report read"),
}
REPORT_TONES: Mapping[ReportState, str] = {
    ReportState.DUE: "",
    ReportState.SUBMITTED: "wait",
    ReportState.ACCEPTED: "done",
}
RESULTS: Mapping[ReportResult, Sentence] = {
    ReportResult.PASS: _l("passed"),
    ReportResult.RECTIFY: _l("to be rectified"),
    ReportResult.FAIL: _l("failed"),
}
SEVERITIES: Mapping[Severity, Sentence] = {
    Severity.MINOR: _l("minor"),
    Severity.MAJOR: _l("major"),
    Severity.SERIOUS: _l("serious: payment stops"),
}
FINDING_STATES: Mapping[FindingState, Sentence] = {
    FindingState.OPEN: _l("Finding open"),
    FindingState.ANSWERED: _l("Finding answered"),
    FindingState.CLOSED: _l("Finding closed"),
}
FINDING_TONES: Mapping[FindingState, str] = {
    FindingState.OPEN: "act",
    FindingState.ANSWERED: "wait",
    FindingState.CLOSED: "done",
}


class Light(StrEnum):
    """How a project stands, at a glance."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


LIGHTS: Mapping[Light, Sentence] = {
    Light.GREEN: _l("on course"),
    Light.YELLOW: _l("look at it"),
    Light.RED: _l("in trouble"),
}
LIGHT_TONES: Mapping[Light, str] = {Light.GREEN: "go", Light.YELLOW: "act", Light.RED: "stop"}

"""The closed sets of words about projects and their supervision."""

from __future__ import annotations

from enum import StrEnum


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

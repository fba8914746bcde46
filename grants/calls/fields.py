"""The closed sets of words about calls."""

from __future__ import annotations

from enum import StrEnum


class CallKind(StrEnum):
    """How a call works: its length, its form, its path."""

    ANNUAL = "annual"
    MICRO = "micro"
    EVENT = "event"
    EMERGENCY = "emergency"
    INNOVATION = "innovation"
    PURCHASE = "purchase"


class CallState(StrEnum):
    """How far a call has come."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    IN_REVIEW = "in_review"
    DECIDED = "decided"
    IN_NOTICE = "in_notice"
    IN_IMPLEMENTATION = "in_implementation"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


class Gate(StrEnum):
    """What must have happened before a tranche may be paid."""

    AGREEMENT_SIGNED = "agreement_signed"
    MIDTERM_PASSED = "midterm_passed"
    FINAL_ACCEPTED = "final_accepted"

"""The closed sets of words about calls, and the limits that models, forms and schemas share."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l

TITLE = 80
LEAD = 300
TEXT = 2000
SHORT = 120
KEY = 40
VERSION = 9
OTHERS = "others"
LEAD_DAYS = 7
EARLIEST_YEAR, LATEST_YEAR = 2000, 2200


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


class EditStep(StrEnum):
    """The pages of the editor, one thing at a time, in their order."""

    BASICS = "basics"
    MONEY = "money"
    FIELDS = "fields"
    RULES = "rules"
    STANDARD = "standard"
    CAPS = "caps"
    TIMETABLE = "timetable"
    TRANCHES = "tranches"
    GRADES = "grades"
    FORM = "form"
    QUESTIONS = "questions"


class CheckKind(StrEnum):
    """What the machine can look up about a group."""

    LEGAL = "legal"
    AGE = "age"
    REGION = "region"
    NOT_BLOCKED = "not_blocked"
    LAST_GRADE = "last_grade"
    ANNUAL_CHECK = "annual_check"
    ONE_PROPOSAL = "one_proposal"
    MEMBERS = "members"


class Step(StrEnum):
    """The steps of a timetable that other parts of the house know by name."""

    ELIGIBILITY = "eligibility"
    RECOMMENDATION = "recommendation"
    REVIEW = "review"
    BOARD = "board"
    NOTICE = "notice"
    AGREEMENT = "agreement"
    IMPLEMENTATION = "implementation"


CALL_KINDS: Mapping[CallKind, Sentence] = {
    CallKind.ANNUAL: _l("Annual call"),
    CallKind.MICRO: _l("Micro-grants"),
    CallKind.EVENT: _l("Event"),
    CallKind.EMERGENCY: _l("Emergency"),
    CallKind.INNOVATION: _l("Innovation"),
    CallKind.PURCHASE: _l("Government purchase"),
}
CALL_STATES: Mapping[CallState, Sentence] = {
    CallState.DRAFT: _l("Draft call"),
    CallState.SCHEDULED: _l("Opens soon"),
    CallState.OPEN: _l("Open for proposals"),
    CallState.CLOSED: _l("Closed for proposals"),
    CallState.IN_REVIEW: _l("Under review"),
    CallState.DECIDED: _l("Decisions made"),
    CallState.IN_NOTICE: _l("In public notice"),
    CallState.IN_IMPLEMENTATION: _l("In implementation"),
    CallState.ARCHIVED: _l("Archived call"),
    CallState.CANCELLED: _l("Cancelled call"),
}
CALL_TONES: Mapping[CallState, str] = {
    CallState.DRAFT: "",
    CallState.SCHEDULED: "wait",
    CallState.OPEN: "go",
    CallState.CLOSED: "wait",
    CallState.IN_REVIEW: "wait",
    CallState.DECIDED: "wait",
    CallState.IN_NOTICE: "wait",
    CallState.IN_IMPLEMENTATION: "done",
    CallState.ARCHIVED: "off",
    CallState.CANCELLED: "stop",
}
GATES: Mapping[Gate, Sentence] = {
    Gate.AGREEMENT_SIGNED: _l("after signing the agreement"),
    Gate.MIDTERM_PASSED: _l("after passing the mid-term check"),
    Gate.FINAL_ACCEPTED: _l("after the final acceptance"),
}
EDIT_STEPS: Mapping[EditStep, Sentence] = {
    EditStep.BASICS: _l("What it is for"),
    EditStep.MONEY: _l("Money and time"),
    EditStep.FIELDS: _l("Priority fields"),
    EditStep.RULES: _l("Who may apply"),
    EditStep.STANDARD: _l("What is scored"),
    EditStep.CAPS: _l("Budget limits"),
    EditStep.TIMETABLE: _l("Timetable"),
    EditStep.TRANCHES: _l("Payments in parts"),
    EditStep.GRADES: _l("Grades and notice"),
    EditStep.FORM: _l("Proposal form"),
    EditStep.QUESTIONS: _l("Questions and answers"),
}
CHECK_KINDS: Mapping[CheckKind, Sentence] = {
    CheckKind.LEGAL: _l("Legal status, or a host"),
    CheckKind.AGE: _l("Months since it was founded"),
    CheckKind.REGION: _l("Region"),
    CheckKind.NOT_BLOCKED: _l("Not blocked"),
    CheckKind.LAST_GRADE: _l("Last project closed with a passing grade"),
    CheckKind.ANNUAL_CHECK: _l("Yearly check passed"),
    CheckKind.ONE_PROPOSAL: _l("One proposal per group"),
    CheckKind.MEMBERS: _l("Number of members"),
}

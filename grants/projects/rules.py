"""Pure rules of supervision: lateness, what a record must hold, what counts, and how a project stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

from grants.core import clock
from grants.core.errors import Violation
from grants.core.i18n import Sentence, day_month_text, ngettext
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor
from grants.projects import fields
from grants.projects.fields import (
    ActivityState,
    FindingState,
    HourState,
    Light,
    MilestoneState,
    ProjectState,
    ReportKind,
    ReportState,
    Severity,
)

ONE_HOUR = 60


class ActivityTerms(Struct, frozen=True):
    """An activity as it is written down."""

    title: str
    on: date
    minutes_each: int
    kind: str = ""
    starts_at: Any = None
    region_id: int | None = None
    place: str = ""
    content: str = ""
    beneficiaries: int = 0
    volunteers_counted: int = 0
    insured: bool = False


class FindingTerms(Struct, frozen=True):
    """What is wrong, how bad, who mends it, by when."""

    severity: Severity
    title: str
    action: str
    owner_name: str
    due_on: date
    found_on: date
    source: str = ""
    holds_payment: bool = False


class Standing(Struct, frozen=True):
    """How a project stands, and why."""

    light: Light
    reasons: tuple[Sentence, ...]


class Next(Struct, frozen=True):
    """Something the group owes: what kind of thing, by when, and the thing itself."""

    kind: str
    due_on: date
    row: Any


def days_late(due_on: date, on: date) -> int:
    return max(0, (on - due_on).days)


def hours_text(minutes: int) -> str:
    """Hours with at most two decimals: 90 minutes are 1.5."""
    return f"{(Decimal(minutes) / ONE_HOUR).quantize(Decimal('0.01')).normalize():f}"


def minutes_counted(activity: Any) -> int:
    """What a verified activity counts: each named volunteer's verified minutes, and for those on the
    sign-in sheet who are on no ledger the minutes of the activity. Anything else counts nothing (hard rule 7).
    """
    if activity.state is not ActivityState.VERIFIED:
        return 0
    named = sum(row.minutes for row in activity.hours if row.state is HourState.VERIFIED)
    return named + max(0, activity.volunteers_counted - len(activity.hours)) * int(activity.minutes_each)


def activity_faults(terms: ActivityTerms, *, today: date, took_place: bool) -> Iterator[Violation]:
    """What keeps an activity from being published or recorded (S001-20: date, place, content)."""
    if not terms.title.strip():
        yield Violation("missing", _l("Give the activity a name."), "title")
    if not 0 < terms.minutes_each <= fields.MOST_MINUTES:
        yield Violation("minutes", _l("Between a minute and 24 hours for each volunteer."), "hours_each")
    if not took_place:
        return
    if terms.on > today:
        yield Violation("in_future", _l("This day has not come yet; publish it as planned."), "on")
    if not (terms.place.strip() or terms.region_id):
        yield Violation("missing", _l("Say where it took place."), "place")
    if not terms.content.strip():
        yield Violation("missing", _l("Say in a sentence what was done."), "content")


def named_faults(minutes: Mapping[int, int], ledger: Iterable[int], *, counted: int) -> Iterator[Violation]:
    """Volunteers are those of the group's ledger, each at most a day, and no more than took part."""
    if set(minutes) - set(ledger):
        yield Violation("unknown", _l("Somebody is not on the group's list of volunteers."), "volunteers")
    if any(not 0 < each <= fields.MOST_MINUTES for each in minutes.values()):
        yield Violation("minutes", _l("Between a minute and 24 hours for each volunteer."), "volunteers")
    if counted < len(minutes):
        message = _l("%(named)s volunteers are named, so at least as many took part.", named=len(minutes))
        yield Violation("too_few", message, "volunteers_counted")
    if counted > fields.MOST_VOLUNTEERS:
        yield Violation(
            "too_many", _l("At most %(most)s.", most=fields.MOST_VOLUNTEERS), "volunteers_counted"
        )


def is_complete(activity: Any, at: datetime) -> Iterator[Violation]:
    """Guard: hours without date, place, content cannot be verified (S001-20)."""
    if activity.on > clock.day_of(at):
        yield Violation("in_future", _l("This day has not come yet."))
    if not (activity.place.strip() or activity.region_id):
        yield Violation("no_place", _l("The record says no place."))
    if not activity.content.strip():
        yield Violation("no_content", _l("The record does not say what was done."))


def second_person_faults(wrote: Iterable[int | None], actor_id: int | None) -> Iterator[Violation]:
    """Whoever wrote the hours down does not verify them (hard rule 7)."""
    if actor_id is None or actor_id in set(wrote):
        yield Violation("second_person", _l("You wrote this down yourself; somebody else has to verify it."))


def evidence_faults(files: int, needed: int) -> Iterator[Violation]:
    """The call may ask for a sign-in sheet or a photo before hours count (S002-26)."""
    if files < needed:
        yield Violation("no_evidence", _l("There is no sign-in sheet or photo with it yet."))


def evidence_needed(settings: Mapping[str, Any]) -> int:
    """How many files the call demands with an activity; one unless it says otherwise."""
    found = settings.get("activity_evidence", 1)
    return found if isinstance(found, int) and not isinstance(found, bool) else 1


def final_report_is_in(project: Any, at: datetime) -> Iterator[Violation]:
    """Guard: the close-out begins when the final report is handed in (S003-1)."""
    final = [row for row in project.reports if row.kind is ReportKind.FINAL]
    if any(row.state is ReportState.DUE for row in final) or not final:
        yield Violation("no_final_report", _l("The final report has not been handed in yet."))


def its_day_has_come(project: Any, at: datetime) -> Iterator[Violation]:
    """Guard: a project starts on its first day."""
    if project.starts_on > clock.day_of(at):
        yield Violation("too_early", _l("The project has not begun yet."))


def standing(project: Any, today: date) -> Standing:
    """Green, yellow or red, with every reason. Needs milestones, reports and findings."""
    if project.state is ProjectState.TERMINATED:
        return Standing(Light.RED, (_l("The project was terminated."),))
    if project.state is ProjectState.CLOSED:
        return Standing(Light.GREEN, ())
    late = [
        *(days_late(row.due_on, today) for row in project.milestones if row.state is MilestoneState.PLANNED),
        *(days_late(row.due_on, today) for row in project.reports if row.state is ReportState.DUE),
    ]
    standing_findings = [row for row in project.findings if row.state is not FindingState.CLOSED]
    holding = [row for row in standing_findings if row.holds_payment]
    very_late = [days for days in late if days > fields.LATE_DAYS]
    is_red = bool(very_late or holding) or project.state is ProjectState.SUSPENDED
    reasons = tuple(_reasons(project, late, standing_findings))
    light = Light.RED if is_red else Light.YELLOW if reasons else Light.GREEN
    return Standing(light, reasons)


def _reasons(project: Any, late: Sequence[int], findings: Sequence[Any]) -> Iterator[Sentence]:
    if project.state is ProjectState.SUSPENDED:
        yield _l("The project is suspended: %(reason)s", reason=project.reason)
    overdue = [days for days in late if days > 0]
    if overdue:
        yield ngettext(
            "One milestone or report is late, by %(days)s days.",
            "%(num)s milestones or reports are late, the longest by %(days)s days.",
            len(overdue),
            days=max(overdue),
        )
    for finding in findings:
        if finding.holds_payment:
            yield _l("Payment is held by the finding “%(title)s”.", title=finding.title)
        else:
            yield _l("The finding “%(title)s” is open.", title=finding.title)


def upcoming(project: Any, activities: Iterable[Any], today: date) -> list[Next]:
    """What the group owes, the earliest first: records that came back, findings, reports, milestones."""
    owed = [
        *(
            Next("activity", row.on, row)
            for row in activities
            if row.state is ActivityState.PLANNED and row.on <= today
        ),
        *(Next("finding", row.due_on, row) for row in project.findings if row.state is FindingState.OPEN),
        *(Next("report", row.due_on, row) for row in project.reports if row.state is ReportState.DUE),
        *(
            Next("milestone", row.due_on, row)
            for row in project.milestones
            if row.state is MilestoneState.PLANNED
        ),
    ]
    is_over = project.state in (ProjectState.TERMINATED, ProjectState.CLOSED)
    return [] if is_over else sorted(owed, key=lambda each: each.due_on)


def steps(project: Any, *, signed_at: datetime | None) -> list[dict[str, Any]]:
    """The parcel on its way: from the signature to the archive, for `track`."""
    order = [ProjectState.PREPARING, ProjectState.ACTIVE, ProjectState.CLOSING, ProjectState.CLOSED]
    labels = (_l("Signed"), _l("Under way"), _l("Close-out"), _l("Archived"))
    whens = (signed_at, project.starts_on, project.ends_on, project.ended_on)
    here = order.index(project.state) if project.state in order else 1
    return [
        {
            "label": label,
            "when": day_month_text(when) if when else "",
            "state": "past" if place < here else "now" if place == here else "",
        }
        for place, (label, when) in enumerate(zip(labels, whens, strict=True))
    ]


def about(project: Any, *, by: Actor, at: datetime) -> dict[str, Any]:
    """What every fact about a project carries."""
    return {
        "occurred_at": at,
        "actor_id": by.user_id,
        "case": project.case,
        "project_id": project.id,
        "organisation_id": project.organisation_id,
        "title": project.title,
        "project": project.public_id,
    }


def missing(text: str, field: str) -> Iterator[Violation]:
    if not text.strip():
        yield Violation("missing", _l("Say why, in a sentence."), field)

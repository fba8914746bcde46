"""Facts about projects and their supervision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from grants.core.events import Event
from grants.core.i18n import lazy_gettext as _l


@dataclass(frozen=True, kw_only=True)
class ProjectFact(Event):
    """What every fact about a project carries; `project` is its address."""

    project_id: int
    organisation_id: int
    title: str
    project: str = ""


@dataclass(frozen=True, kw_only=True)
class ProjectPlanned(ProjectFact):
    """The signed agreement became a project with its milestones and reports."""

    sentence = _l("The project was planned from the signed agreement.")


@dataclass(frozen=True, kw_only=True)
class ProjectStarted(ProjectFact):
    """The first day of the work has come."""

    sentence = _l("The project started.")


@dataclass(frozen=True, kw_only=True)
class ProjectSuspended(ProjectFact):
    """The work stands still, and no money moves."""

    sentence = _l("The project was suspended: %(reason)s")

    reason: str


@dataclass(frozen=True, kw_only=True)
class ProjectResumed(ProjectFact):
    """The work goes on after a suspension."""

    sentence = _l("The project goes on: %(reason)s")

    reason: str


@dataclass(frozen=True, kw_only=True)
class ProjectTerminated(ProjectFact):
    """The work ended before it was done; what was promised falls away."""

    sentence = _l("The project was terminated: %(reason)s")

    grant_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class ProjectFinished(ProjectFact):
    """The work is done; the close-out begins."""

    sentence = _l("The work is done; the close-out begins.")

    grant_id: int


@dataclass(frozen=True, kw_only=True)
class ProjectClosed(ProjectFact):
    """The project is closed and archived."""

    sentence = _l("The project is closed.")

    grant_id: int


@dataclass(frozen=True, kw_only=True)
class MilestoneSubmitted(ProjectFact):
    """The group says a milestone is reached, with evidence."""

    sentence = _l("Milestone “%(name)s” was handed in.")

    milestone_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class MilestoneAccepted(ProjectFact):
    """Staff agree that a milestone is reached."""

    sentence = _l("Milestone “%(name)s” was accepted.")

    milestone_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class MilestoneReturned(ProjectFact):
    """Staff ask for more before they accept a milestone."""

    sentence = _l("Milestone “%(name)s” was returned: %(reason)s")

    milestone_id: int
    name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ActivityRecorded(ProjectFact):
    """An activity took place and was written down; its hours wait for a second person."""

    sentence = _l("The activity “%(name)s” was recorded.")

    activity_id: int
    name: str
    on: date


@dataclass(frozen=True, kw_only=True)
class ActivityVerified(ProjectFact):
    """A second person verified an activity: its hours count from now on."""

    sentence = _l("The activity “%(name)s” was verified; %(hours)s hours count.")

    activity_id: int
    name: str
    hours: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class ActivityReturned(ProjectFact):
    """A second person could not verify an activity and says why."""

    sentence = _l("The activity “%(name)s” was returned: %(reason)s")

    activity_id: int
    name: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReportSubmitted(ProjectFact):
    """The group handed in a report: the receipt of it is this fact."""

    sentence = _l("A report was handed in; we have received it.")

    report_id: int
    kind: str
    late_days: int


@dataclass(frozen=True, kw_only=True)
class ReportReturned(ProjectFact):
    """Staff ask the group to mend a report."""

    sentence = _l("A report was returned: %(reason)s")

    report_id: int
    kind: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReportAccepted(ProjectFact):
    """Staff read a report and found: pass, rectify or fail. Gates of tranches hang on this."""

    sentence = _l("A report was read; score %(score)s.")

    report_id: int
    grant_id: int
    kind: str
    result: str
    score: str


@dataclass(frozen=True, kw_only=True)
class FindingOpened(ProjectFact):
    """Something is wrong and has an owner and a date; a serious one freezes payment."""

    sentence = _l("A finding was opened: %(name)s")

    finding_id: int
    grant_id: int
    name: str
    severity: str
    holds_payment: bool


@dataclass(frozen=True, kw_only=True)
class FindingAnswered(ProjectFact):
    """The group says what it did about a finding."""

    sentence = _l("The finding “%(name)s” was answered.")

    finding_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class FindingClosed(ProjectFact):
    """A second person saw that a finding is mended."""

    sentence = _l("The finding “%(name)s” was closed.")

    finding_id: int
    grant_id: int
    name: str
    holds_payment: bool


@dataclass(frozen=True, kw_only=True)
class FindingReopened(ProjectFact):
    """What was thought mended is not."""

    sentence = _l("The finding “%(name)s” was opened again: %(reason)s")

    finding_id: int
    grant_id: int
    name: str
    reason: str
    holds_payment: bool

"""Facts about projects and their supervision."""

from __future__ import annotations

from datetime import date

from grants.core.events import Event
from grants.core.i18n import lazy_gettext as _l


class ProjectFact(Event, frozen=True, kw_only=True):
    """What every fact about a project carries; `project` is its address."""

    project_id: int
    organisation_id: int
    title: str
    project: str = ""


class ProjectPlanned(ProjectFact, frozen=True, kw_only=True):
    """The signed agreement became a project with its milestones and reports."""

    sentence = _l("The project was planned from the signed agreement.")


class ProjectStarted(ProjectFact, frozen=True, kw_only=True):
    """The first day of the work has come."""

    sentence = _l("The project started.")


class ProjectSuspended(ProjectFact, frozen=True, kw_only=True):
    """The work stands still, and no money moves."""

    sentence = _l("The project was suspended: %(reason)s")

    reason: str


class ProjectResumed(ProjectFact, frozen=True, kw_only=True):
    """The work goes on after a suspension."""

    sentence = _l("The project goes on: %(reason)s")

    reason: str


class ProjectTerminated(ProjectFact, frozen=True, kw_only=True):
    """The work ended before it was done; what was promised falls away."""

    sentence = _l("The project was terminated: %(reason)s")

    grant_id: int
    reason: str


class ProjectFinished(ProjectFact, frozen=True, kw_only=True):
    """The work is done; the close-out begins."""

    sentence = _l("The work is done; the close-out begins.")

    grant_id: int


class ProjectClosed(ProjectFact, frozen=True, kw_only=True):
    """The project is closed and archived."""

    sentence = _l("The project is closed.")

    grant_id: int


class MilestoneSubmitted(ProjectFact, frozen=True, kw_only=True):
    """The group says a milestone is reached, with evidence."""

    sentence = _l("Milestone “%(name)s” was handed in.")

    milestone_id: int
    name: str


class MilestoneAccepted(ProjectFact, frozen=True, kw_only=True):
    """Staff agree that a milestone is reached."""

    sentence = _l("Milestone “%(name)s” was accepted.")

    milestone_id: int
    name: str


class MilestoneReturned(ProjectFact, frozen=True, kw_only=True):
    """Staff ask for more before they accept a milestone."""

    sentence = _l("Milestone “%(name)s” was returned: %(reason)s")

    milestone_id: int
    name: str
    reason: str


class ActivityRecorded(ProjectFact, frozen=True, kw_only=True):
    """An activity took place and was written down; its hours wait for a second person."""

    sentence = _l("The activity “%(name)s” was recorded.")

    activity_id: int
    name: str
    on: date


class ActivityVerified(ProjectFact, frozen=True, kw_only=True):
    """A second person verified an activity: its hours count from now on."""

    sentence = _l("The activity “%(name)s” was verified; %(hours)s hours count.")

    activity_id: int
    name: str
    hours: str
    minutes: int


class ActivityReturned(ProjectFact, frozen=True, kw_only=True):
    """A second person could not verify an activity and says why."""

    sentence = _l("The activity “%(name)s” was returned: %(reason)s")

    activity_id: int
    name: str
    reason: str


class ReportSubmitted(ProjectFact, frozen=True, kw_only=True):
    """The group handed in a report: the receipt of it is this fact."""

    sentence = _l("A report was handed in; we have received it.")

    report_id: int
    kind: str
    late_days: int


class ReportReturned(ProjectFact, frozen=True, kw_only=True):
    """Staff ask the group to mend a report."""

    sentence = _l("A report was returned: %(reason)s")

    report_id: int
    kind: str
    reason: str


class ReportAccepted(ProjectFact, frozen=True, kw_only=True):
    """Staff read a report and found: pass, rectify or fail. Gates of tranches hang on this."""

    sentence = _l("A report was read; score %(score)s.")

    report_id: int
    grant_id: int
    kind: str
    result: str
    score: str


class FindingOpened(ProjectFact, frozen=True, kw_only=True):
    """Something is wrong and has an owner and a date; a serious one freezes payment."""

    sentence = _l("A finding was opened: %(name)s")

    finding_id: int
    grant_id: int
    name: str
    severity: str
    holds_payment: bool


class FindingAnswered(ProjectFact, frozen=True, kw_only=True):
    """The group says what it did about a finding."""

    sentence = _l("The finding “%(name)s” was answered.")

    finding_id: int
    name: str


class FindingClosed(ProjectFact, frozen=True, kw_only=True):
    """A second person saw that a finding is mended."""

    sentence = _l("The finding “%(name)s” was closed.")

    finding_id: int
    grant_id: int
    name: str
    holds_payment: bool


class FindingReopened(ProjectFact, frozen=True, kw_only=True):
    """What was thought mended is not."""

    sentence = _l("The finding “%(name)s” was opened again: %(reason)s")

    finding_id: int
    grant_id: int
    name: str
    reason: str
    holds_payment: bool

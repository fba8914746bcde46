"""What is told about projects: what comes back to the group, and what waits for its officer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.messaging.fields import Recipient, Tell, Values
from grants.projects.queries.projects import who_supervises
from grants.proposals.queries import writers_of

PROJECT = "/projects/%(project)s"
OF_MY_GROUP = _l("Projects of my group")
TO_LOOK_AT = _l("Projects that I look after")


def _group(fact: Values) -> Iterable[Recipient]:
    return writers_of(int(fact["organisation_id"]))


def _officer(fact: Values) -> Iterable[Recipient]:
    return who_supervises(int(fact["project_id"]))


def _to_group(key: str, sentence: Sentence) -> Sequence[Tell]:
    return (Tell(key, _group, sentence, PROJECT, label=OF_MY_GROUP),)


def _to_officer(key: str, sentence: Sentence) -> Sequence[Tell]:
    return (Tell(key, _officer, sentence, PROJECT, mail="", label=TO_LOOK_AT),)


TELLS: Mapping[str, Sequence[Tell]] = {
    "ProjectSuspended": (
        Tell("project_suspended", _group, _l("“%(title)s” is suspended: %(reason)s"), PROJECT),
    ),
    "ProjectResumed": _to_group("project_resumed", _l("“%(title)s” goes on: %(reason)s")),
    "ProjectTerminated": (
        Tell("project_terminated", _group, _l("“%(title)s” is terminated: %(reason)s"), PROJECT),
    ),
    "MilestoneSubmitted": _to_officer("milestone_in", _l("“%(title)s”: “%(name)s” was handed in")),
    "MilestoneAccepted": _to_group("milestone_accepted", _l("“%(name)s” is reached, thank you")),
    "MilestoneReturned": _to_group("milestone_returned", _l("“%(name)s” was returned: %(reason)s")),
    "ActivityReturned": _to_group(
        "activity_returned", _l("The record of “%(name)s” was returned: %(reason)s")
    ),
    "ReportSubmitted": (
        Tell(
            "report_received", _group, _l("We have received your report on “%(title)s”. Thank you."), PROJECT
        ),
        *_to_officer("report_in", _l("A report on “%(title)s” has come in")),
    ),
    "ReportReturned": _to_group("report_returned", _l("The report on “%(title)s” was returned: %(reason)s")),
    "ReportAccepted": _to_group("report_read", _l("Your report on “%(title)s” was read")),
    "FindingOpened": (
        Tell("finding_opened", _group, _l("“%(title)s”: something has to be put right: %(name)s"), PROJECT),
    ),
    "FindingAnswered": _to_officer("finding_answered", _l("“%(title)s”: “%(name)s” was answered")),
    "FindingClosed": _to_group("finding_closed", _l("“%(name)s” is put right, thank you")),
    "FindingReopened": (
        Tell("finding_reopened", _group, _l("“%(name)s” is open again: %(reason)s"), PROJECT),
    ),
}

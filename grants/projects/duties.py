"""The kinds of duty that a project's supervision opens and closes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grants.core.i18n import Sentence, in_all_languages
from grants.core.i18n import lazy_gettext as _l
from grants.projects.fields import REPORT_KINDS, ReportKind

MILESTONE = "milestone"
READ_MILESTONE = "milestone_read"
REPORT = "report"
READ_REPORT = "report_read"
VERIFY = "activity_verify"
MEND_ACTIVITY = "activity_mend"
FINDING = "finding"
CLOSE_FINDING = "finding_close"
EVERY = (MILESTONE, READ_MILESTONE, REPORT, READ_REPORT, VERIFY, MEND_ACTIVITY, FINDING, CLOSE_FINDING)

_MILESTONE = "/projects/%(project)s/milestones/%(milestone)s"
_REPORT = "/projects/%(project)s/reports/%(report)s"
_ACTIVITY = "/projects/%(project)s/activities/%(activity)s"
_FINDING = "/projects/%(project)s/findings/%(finding)s"
WORDS: Mapping[str, tuple[Sentence, str]] = {
    MILESTONE: (_l("Reach “%(name)s”"), _MILESTONE),
    READ_MILESTONE: (_l("Look at “%(name)s”"), _MILESTONE),
    REPORT: (_l("Write the report on “%(title)s” (%(kind)s)"), _REPORT),
    READ_REPORT: (_l("Read the report on “%(title)s” (%(kind)s)"), _REPORT),
    VERIFY: (_l("Verify the hours of “%(name)s”"), _ACTIVITY),
    MEND_ACTIVITY: (_l("Mend the record of “%(name)s”"), _ACTIVITY),
    FINDING: (_l("Put right: %(name)s"), _FINDING),
    CLOSE_FINDING: (_l("Look whether it is put right: %(name)s"), _FINDING),
}


def of_report(project: str, report: str, title: str, kind: ReportKind) -> Mapping[str, Any]:
    """What a duty says of a report: a project has several, so it names the kind, too."""
    return {
        "project": project,
        "report": report,
        "title": title,
        "kind": in_all_languages(REPORT_KINDS[kind]),
    }

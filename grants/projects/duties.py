"""The kinds of duty that a project's supervision opens and closes."""

MILESTONE = "milestone"
READ_MILESTONE = "milestone_read"
REPORT = "report"
READ_REPORT = "report_read"
VERIFY = "activity_verify"
MEND_ACTIVITY = "activity_mend"
FINDING = "finding"
CLOSE_FINDING = "finding_close"
EVERY = (MILESTONE, READ_MILESTONE, REPORT, READ_REPORT, VERIFY, MEND_ACTIVITY, FINDING, CLOSE_FINDING)

"""The legal moves of projects and of what is supervised in them. From the plan to the archive without a jump (S003-1)."""

from __future__ import annotations

from grants.core.lifecycle import Lifecycle, Transition
from grants.projects import rules
from grants.projects.fields import ActivityState as A
from grants.projects.fields import FindingState as F
from grants.projects.fields import HourState as H
from grants.projects.fields import MilestoneState as M
from grants.projects.fields import ProjectState as P
from grants.projects.fields import ReportState as R

PROJECT = Lifecycle(
    Transition("start", frozenset({P.PREPARING}), P.ACTIVE, guards=(rules.its_day_has_come,)),
    Transition("suspend", frozenset({P.ACTIVE}), P.SUSPENDED),
    Transition("resume", frozenset({P.SUSPENDED}), P.ACTIVE),
    Transition("finish", frozenset({P.ACTIVE}), P.CLOSING, guards=(rules.final_report_is_in,)),
    Transition("close", frozenset({P.CLOSING}), P.CLOSED),
    Transition("terminate", frozenset({P.PREPARING, P.ACTIVE, P.SUSPENDED}), P.TERMINATED),
)
MILESTONE = Lifecycle(
    Transition("submit", frozenset({M.PLANNED}), M.SUBMITTED),
    Transition("accept", frozenset({M.SUBMITTED}), M.ACCEPTED),
    Transition("return", frozenset({M.SUBMITTED}), M.PLANNED),
)
ACTIVITY = Lifecycle(
    Transition("record", frozenset({A.PLANNED}), A.RECORDED),
    Transition("verify", frozenset({A.RECORDED}), A.VERIFIED, guards=(rules.is_complete,)),
    Transition("return", frozenset({A.RECORDED}), A.PLANNED),
    Transition("cancel", frozenset({A.PLANNED}), A.CANCELLED),
)
HOURS = Lifecycle(
    Transition("verify", frozenset({H.UNVERIFIED}), H.VERIFIED),
    Transition("refuse", frozenset({H.UNVERIFIED}), H.REFUSED),
    Transition("record", frozenset({H.REFUSED}), H.UNVERIFIED),
)
REPORT = Lifecycle(
    Transition("submit", frozenset({R.DUE}), R.SUBMITTED),
    Transition("accept", frozenset({R.SUBMITTED}), R.ACCEPTED),
    Transition("return", frozenset({R.SUBMITTED}), R.DUE),
)
FINDING = Lifecycle(
    Transition("answer", frozenset({F.OPEN}), F.ANSWERED),
    Transition("close", frozenset({F.OPEN, F.ANSWERED}), F.CLOSED),
    Transition("reopen", frozenset({F.CLOSED}), F.OPEN),
)

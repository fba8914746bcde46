"""How a close-out may move. After a termination there is nothing to evaluate, only to settle."""

from __future__ import annotations

from grants.closeouts.fields import CloseoutState as S
from grants.closeouts.rules import final_report_is_accepted, it_was_terminated, nothing_is_owed
from grants.core.lifecycle import Lifecycle, Transition

CLOSEOUT = Lifecycle(
    Transition("submit", frozenset({S.OPEN}), S.SUBMITTED),
    Transition("return", frozenset({S.SUBMITTED}), S.OPEN),
    Transition("grade", frozenset({S.SUBMITTED}), S.GRADED, guards=(final_report_is_accepted,)),
    Transition("close", frozenset({S.GRADED}), S.CLOSED, guards=(nothing_is_owed,)),
    Transition("close", frozenset({S.SUBMITTED}), S.CLOSED, guards=(it_was_terminated, nothing_is_owed)),
)

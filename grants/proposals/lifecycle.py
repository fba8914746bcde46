"""How a proposal may move."""

from __future__ import annotations

from grants.core.lifecycle import Lifecycle, Transition
from grants.proposals.fields import ProposalState as S
from grants.proposals.rules import within_window

PROPOSAL = Lifecycle(
    Transition("submit", frozenset({S.DRAFT}), S.SUBMITTED, (within_window,)),
    Transition("submit", frozenset({S.RETURNED}), S.SUBMITTED),
    Transition("return", frozenset({S.SUBMITTED}), S.RETURNED),
    Transition("pass", frozenset({S.SUBMITTED}), S.ELIGIBLE),
    Transition("reject", frozenset({S.SUBMITTED, S.RETURNED}), S.INELIGIBLE),
    Transition("reinstate", frozenset({S.INELIGIBLE}), S.SUBMITTED),
    Transition("admit", frozenset({S.ELIGIBLE}), S.IN_REVIEW),
    Transition("fund", frozenset({S.IN_REVIEW, S.RESERVED}), S.FUNDED),
    Transition("reserve", frozenset({S.IN_REVIEW}), S.RESERVED),
    Transition("decline", frozenset({S.IN_REVIEW, S.RESERVED}), S.DECLINED),
    Transition("revoke", frozenset({S.FUNDED}), S.DECLINED),
    Transition(
        "withdraw",
        frozenset({S.DRAFT, S.SUBMITTED, S.RETURNED, S.ELIGIBLE, S.IN_REVIEW}),
        S.WITHDRAWN,
    ),
)
EDITABLE = frozenset({S.DRAFT, S.RETURNED})

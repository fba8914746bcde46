"""The two-minute check: what a visitor's own answers say about a call, and which other call would fit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from grants.calls.fields import CheckKind
from grants.calls.models import Call
from grants.calls.queries.loading import published_calls, rules_of
from grants.calls.rules import eligibility, timetable
from grants.calls.rules.eligibility import GroupFacts, Verdict

ASKED = frozenset({CheckKind.LEGAL, CheckKind.AGE, CheckKind.MEMBERS})


def answers(call: Call, facts: GroupFacts) -> list[eligibility.Answer]:
    return eligibility.assess(rules_of(call), facts)


def self_declared(call: Call) -> list[eligibility.Rule]:
    """The rules that only the group itself can answer here, as yes or no."""
    return [rule for rule in rules_of(call) if not rule.kinds or set(rule.kinds) - ASKED]


def asks(call: Call) -> set[CheckKind]:
    """What the check has to ask beyond yes and no."""
    return {kind for rule in rules_of(call) for kind in rule.kinds} & ASKED


def others_that_fit(call: Call, facts: GroupFacts, at: datetime) -> Sequence[Call]:
    """Open calls of which no rule says no to what was answered."""
    return [
        other
        for other in published_calls()
        if other.id != call.id
        and timetable.is_open(other.state, other.opens_at, other.closes_at, at)
        and eligibility.may_apply(eligibility.assess(rules_of(other), facts)) is not Verdict.NO
    ]

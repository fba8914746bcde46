"""Facts about decisions. What a group may know of its own is told only by `ResultReleased`."""

from __future__ import annotations

from typing import Any

from grants.core.events import Event, Visibility
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money


class DecisionProposed(Event, frozen=True, kw_only=True):
    """Officers put down what should become of a proposal."""

    visibility = Visibility.STAFF
    sentence = _l("A decision was proposed.")

    proposal_id: int
    call_id: int
    outcome: str
    amount: Money


class BoardConvened(Event, frozen=True, kw_only=True):
    """The decision table was put before the board."""

    visibility = Visibility.STAFF
    sentence = _l("The decision table was put before the board.")

    meeting_id: int
    call_id: int
    call: str
    title: dict[str, Any]


class BoardApproved(Event, frozen=True, kw_only=True):
    """The board approved the whole table of a call."""

    visibility = Visibility.STAFF
    sentence = _l("The board approved the decisions (%(minutes_number)s).")

    meeting_id: int
    call_id: int
    minutes_number: str


class DecisionApproved(Event, frozen=True, kw_only=True):
    """The board's decision on one proposal. The promise of money hangs on this."""

    visibility = Visibility.STAFF
    sentence = _l("The board decided.")

    decision_id: int
    proposal_id: int
    call_id: int
    outcome: str
    amount: Money


class DecisionWithdrawn(Event, frozen=True, kw_only=True):
    """An objection in the public notice was upheld: what the board had granted is not given."""

    sentence = _l("The decision to fund was withdrawn: objection %(number)s was upheld. %(reason)s")

    decision_id: int
    proposal_id: int
    proposal: str
    organisation_id: int
    call_id: int
    call: str
    title: str
    amount: Money
    number: str
    reason: str


class ResultReleased(Event, frozen=True, kw_only=True):
    """A group is told what became of its proposal."""

    sentence = _l("The result was released to the group.")

    proposal_id: int
    proposal: str
    organisation_id: int
    call_id: int
    title: str
    outcome: str
    amount: Money

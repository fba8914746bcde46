"""How a decision and a meeting may move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from grants.core.errors import Violation
from grants.core.i18n import gettext as _
from grants.core.lifecycle import Lifecycle, Transition
from grants.decisions.fields import DecisionState as D
from grants.decisions.fields import MeetingState as M
from grants.decisions.models import BoardMeeting
from grants.decisions.rules import Tally, not_carried


def tally_of(meeting: BoardMeeting) -> Tally:
    """The votes on the table as it lies there now; needs the votes loaded."""
    counted = tuple(vote.vote for vote in meeting.votes if vote.content_hash == meeting.content_hash)
    return Tally(counted, meeting.seats, meeting.quorum)


def carried(meeting: BoardMeeting, at: datetime) -> Iterator[Violation]:
    yield from not_carried(tally_of(meeting))


def minuted(meeting: BoardMeeting, at: datetime) -> Iterator[Violation]:
    """S000-20: date, quorum and minutes are stored before anything is shown."""
    if not meeting.minutes_number or meeting.minutes_document_id is None:
        yield Violation("no_minutes", _("File the minutes with their number first."), "minutes_number")


DECISION = Lifecycle(
    Transition("approve", frozenset({D.PROPOSED}), D.APPROVED),
    Transition("release", frozenset({D.APPROVED}), D.RELEASED),
    Transition("withdraw", frozenset({D.APPROVED, D.RELEASED}), D.WITHDRAWN),
)
MEETING = Lifecycle(
    Transition("put", frozenset({M.DRAFT}), M.VOTING),
    Transition("take_back", frozenset({M.VOTING}), M.DRAFT),
    Transition("approve", frozenset({M.VOTING}), M.APPROVED, guards=(carried, minuted)),
)

"""Who proposes, who votes, who approves. Whoever has a tie to a group decides nothing about it."""

from __future__ import annotations

from msgspec import Struct

from grants.calls.models import Call
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, Permissions, predicate, the_system
from grants.decisions.models import BoardMeeting
from grants.organisations.policies import tied
from grants.proposals.models import Proposal

READERS = ("director", "officer", "finance", "auditor", "board")


@predicate(_l("the officers of the call, the board and the auditor"))
def reads_the_table(actor: Actor, call: Call) -> bool:
    return actor.holds_within(*READERS, call_id=call.id)


@predicate(_l("the officers of the call"))
def proposes(actor: Actor, call: Call) -> bool:
    return actor.holds_within("director", "officer", call_id=call.id)


@predicate(_l("the officers of the call"))
def proposes_on_it(actor: Actor, proposal: Proposal) -> bool:
    return actor.holds_within("director", "officer", call_id=proposal.call_id)


@predicate(_l("whoever has a tie to the group"))
def the_tied(actor: Actor, proposal: Proposal) -> bool:
    return tied(actor, proposal.organisation_id, case=proposal.case)


class MinutesDoor(Struct, frozen=True):
    """The filed minutes of a meeting, and everybody they speak of."""

    meeting: BoardMeeting
    organisation_ids: frozenset[int]
    cases: frozenset[str]


@predicate(_l("the officers of the call, the board and the auditor"))
def reads_the_minutes(actor: Actor, door: MinutesDoor) -> bool:
    """The paper cannot hide a row: whoever has a tie to one of its groups does not open it."""
    tied_to_one = any(tied(actor, number) for number in door.organisation_ids)
    return reads_the_meeting(actor, door.meeting) and not (
        tied_to_one or any(tied(actor, case=case) for case in door.cases)
    )


@predicate(_l("the members of the board"))
def sits_on_the_board(actor: Actor, meeting: BoardMeeting) -> bool:
    return actor.holds("board")


@predicate(_l("the chair of the meeting"))
def the_chair(actor: Actor, meeting: BoardMeeting) -> bool:
    return actor.holds("board") and meeting.chair_id == actor.user_id


@predicate(_l("the officers of the call"))
def prepares_the_meeting(actor: Actor, meeting: BoardMeeting) -> bool:
    return actor.holds_within("director", "officer", call_id=meeting.call_id)


@predicate(_l("the officers of the call, the board and the auditor"))
def reads_the_meeting(actor: Actor, meeting: BoardMeeting) -> bool:
    return actor.holds_within(*READERS, call_id=meeting.call_id)


PERMISSIONS: Permissions = {
    "decision.table": reads_the_table,
    "decision.propose": proposes,
    "decision.propose_on": proposes_on_it - the_tied,
    "decision.release": proposes,
    "decision.withdraw": the_system,
    "board.convene": proposes,
    "board.prepare": prepares_the_meeting,
    "board.view": reads_the_meeting,
    "board.minutes_file": reads_the_minutes,
    "board.vote": sits_on_the_board,
    "board.approve": the_chair,
}

"""Every act, asked for when it is not its time: answered with 409 whatever its form holds, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from grants.agreements.lifecycle import AGREEMENT
from grants.awards.lifecycle import CYCLE, NOMINATION
from grants.calls.lifecycle import CALL
from grants.closeouts.lifecycle import CLOSEOUT
from grants.core import clock
from grants.core.lifecycle import Lifecycle
from grants.core.policy import Actor, permits
from grants.decisions.fields import MeetingState
from grants.decisions.lifecycle import MEETING
from grants.decisions.queries import meetings
from grants.notices import queries as notices
from grants.notices.lifecycle import OBJECTION
from grants.organisations.lifecycle import CONFLICT
from grants.payments.lifecycle import ACCOUNT, TRANCHE
from grants.projects.lifecycle import ACTIVITY, MILESTONE, PROJECT, REPORT
from grants.proposals.lifecycle import EDITABLE, PROPOSAL
from tests.demo_year import Year
from tests.guards.forms_gathered import in_every_state
from tests.guards.forms_reached import Shown
from tests.guards.hostile import Assault, Sent, encoded
from tests.guards.matrix import Matrix
from tests.guards.reach import permissions_asked

pytestmark = pytest.mark.slow

SAID = "这一步按说明办理，理由写在这里，请大家看过再定。"
# What any of the forms asks for; a form takes its own.
WORDS = (
    "reason",
    "back-reason",
    "refuse-reason",
    "cancel-reason",
    "early-reason",
    "words",
    "note",
    "answer",
    "typed_name",
    "reason_zh",
    "reason_en",
)
MORE: Mapping[str, str] = {
    "score": "80", "result": "pass", "decision": "uphold", "party": "grantee", "seen_hash": "0" * 64,
    "notice_from": "2027-12-01", "blocked_until": "2028-12-01", "due_on": "2027-12-01", "appeal_until": "2027-12-01",
    "paid_on": "2026-12-01", "receipt_type": "receipt", "receipt_number": "2026-1", "signed": "y", "sections": "basics",
    "go": "pass", "kind": "family", "evidence": SAID, "until": "2027-12-01T17:00",
}  # fmt: skip

# The endpoint of each move whose thing its own address names.
MOVES: Mapping[str, tuple[Lifecycle[Any], str]] = {
    "activities.cancel": (ACTIVITY, "cancel"),
    "activities.send_back": (ACTIVITY, "return"),
    "activities.verify": (ACTIVITY, "verify"),
    "agreements.offer": (AGREEMENT, "offer"),
    "agreements.recall": (AGREEMENT, "recall"),
    "agreements.sign": (AGREEMENT, "sign"),
    "awards.begin_scoring": (CYCLE, "score"),
    "awards.give_awards": (CYCLE, "award"),
    "awards.open_nominations": (CYCLE, "open"),
    "board.approve": (MEETING, "approve"),
    "board.put": (MEETING, "put"),
    "board.take_back": (MEETING, "take_back"),
    "calls.publish": (CALL, "publish"),
    "calls.cancel": (CALL, "cancel"),
    "closeouts.close": (CLOSEOUT, "close"),
    "closeouts.evaluate": (CLOSEOUT, "grade"),
    "closeouts.send_back": (CLOSEOUT, "return"),
    "milestones.accept": (MILESTONE, "accept"),
    "milestones.send_back": (MILESTONE, "return"),
    "milestones.submit": (MILESTONE, "submit"),
    "nominations.give_late": (NOMINATION, "award"),
    "nominations.put_back": (NOMINATION, "put back"),
    "notices.decide": (OBJECTION, "uphold"),
    "payees.confirm": (ACCOUNT, "confirm"),
    "payees.refuse": (ACCOUNT, "refuse"),
    "payments.apply": (TRANCHE, "apply"),
    "payments.approve": (TRANCHE, "approve"),
    "payments.cancel": (TRANCHE, "cancel"),
    "payments.pay": (TRANCHE, "pay"),
    "payments.send_back": (TRANCHE, "send_back"),
    "projects.finish": (PROJECT, "finish"),
    "projects.resume": (PROJECT, "resume"),
    "projects.suspend": (PROJECT, "suspend"),
    "projects.terminate": (PROJECT, "terminate"),
    "proposal_desk.reinstate": (PROPOSAL, "reinstate"),
    "proposal_desk.reject": (PROPOSAL, "reject"),
    "proposal_desk.screen": (PROPOSAL, "pass"),
    "proposal_desk.send_back": (PROPOSAL, "return"),
    "proposals.withdraw": (PROPOSAL, "withdraw"),
    "record.clear_tie": (CONFLICT, "clear"),
    "record.confirm_tie": (CONFLICT, "confirm"),
    "reports.accept": (REPORT, "accept"),
    "reports.send_back": (REPORT, "return"),
    "reports.submit": (REPORT, "submit"),
}


def _may_be_planned(call: Any) -> bool:
    meeting = meetings.meeting_of(call)
    over = meeting is not None and meeting.state is MeetingState.APPROVED
    return (
        meeting is None
        or meeting.state is MeetingState.DRAFT
        or (over and meetings.has_something_to_decide(call))
    )


# Acts that move nothing: whether it is their time.
ACTS: Mapping[str, Callable[[Any], bool]] = {
    "board.convene": _may_be_planned,
    "board.file_minutes": lambda meeting: meeting.state is not MeetingState.APPROVED,
    "board.vote": lambda meeting: meeting.state is MeetingState.VOTING,
    "notices.object_to": lambda notice: notice.published_at <= clock.now() < notice.ends_at,
    "payees.ask_early": lambda account: bool(account.usable_from and account.usable_from > clock.today()),
    "proposal_drafts.attach": lambda proposal: proposal.state in EDITABLE,
    "proposal_drafts.save": lambda proposal: proposal.state in EDITABLE,
}


def too_early_or_late(matrix: Matrix, endpoint: str) -> Iterator[tuple[Shown, Any]]:
    """(form, thing) for things of each state in which it is not the time of the act, sent by who might do it."""
    is_time = ACTS.get(endpoint) or partial(MOVES[endpoint][0].can_fire, MOVES[endpoint][1])
    rule = next(
        rule for rule in matrix.rules() if rule.endpoint == endpoint and "POST" in (rule.methods or ())
    )
    seen: set[Any] = set()
    for values in in_every_state(rule):
        thing = matrix.subject(endpoint, values) or notices.by_public_id(values["public_id"])
        state = getattr(thing, "state", None)
        if state is None or state in seen or is_time(thing):
            continue
        able = [
            name
            for name, actor in matrix.actors.items()
            if name and matrix.may_see(endpoint, thing, actor) and _may_move(matrix, endpoint, thing, actor)
        ]
        for name in able[:1]:
            seen.add(state)
            path = matrix.cell(rule, values).path
            yield (
                Shown(name, "/", path, endpoint, "POST", is_multipart=False, saves_itself=False, asks=()),
                thing,
            )


def _may_move(matrix: Matrix, endpoint: str, thing: Any, actor: Actor) -> bool:
    """What the view asks for first; what lies behind it is for others, too."""
    asked = permissions_asked(matrix.year.app.view_functions[endpoint], matrix.known)
    return bool(asked) and permits(actor, asked[0], thing)


def whole_form(token: str, thing: Any) -> Sent:
    given = {
        "csrf_token": token,
        "version": str(getattr(thing, "version", 0)),
        **dict.fromkeys(WORDS, SAID),
        **MORE,
    }
    pairs = [(name, said.encode()) for name, said in given.items()]
    return Sent(f"in {thing.state}", *encoded(pairs, multipart=False))


def bare_form(token: str, thing: Any) -> Sent:
    """Nothing that any form asks for: whose time is over need not hear what is missing."""
    return Sent(f"bare, in {thing.state}", *encoded([("csrf_token", token.encode())], multipart=False))


def test_an_act_out_of_its_time_is_a_conflict_and_writes_nothing(
    year: Year, matrix: Matrix, assault: Assault
) -> None:
    wrong = []
    for endpoint in (*MOVES, *ACTS):
        with year.reading():
            asked = [
                (shown, form(year.tokens[shown.person], thing))
                for shown, thing in too_early_or_late(matrix, endpoint)
                for form in (whole_form, bare_form)
            ]
        if not asked:
            wrong.append(f"{endpoint}: nothing in a state to try it in")
        for shown, sent in asked:
            wrong += assault.post(shown, sent, frozenset({409}))
    assert wrong == [], "\n".join(wrong)

"""Officers put down what should become of each proposal. Nothing is promised, nobody is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import select

from grants.calls.models import Call
from grants.core import audit, i18n
from grants.core.db import db
from grants.core.errors import IllegalTransition, NotFound, RulesBroken, StaleVersion
from grants.core.events import publish
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.core.text import clean
from grants.decisions import rules
from grants.decisions.events import DecisionProposed
from grants.decisions.fields import MeetingState, Outcome
from grants.decisions.models import Decision
from grants.decisions.queries import decided, meetings, table
from grants.decisions.rules import Wish
from grants.proposals.models import Proposal


def propose(call: Call, wishes: Iterable[Wish], *, by: Actor, at: datetime) -> int:
    """Put down the rows that differ from what is kept; returns how many did.

    What the board has decided stays, but for the reserve list: who is on it may be taken up. Too much
    money may be put down while a table is being made; it cannot go before the board. Raises
    StaleVersion naming the rows somebody else changed, RulesBroken with every fault of every row.
    """
    authorise(by, "decision.propose", call)
    meetings.lock_call(call.id)
    _refuse_before_the_board(call)
    kept = decided.decisions_of(call)
    wanted = [_tidy(wish, kept.get(wish.proposal_id)) for wish in wishes]
    changed = [wish for wish in wanted if _differs(wish, kept.get(wish.proposal_id))]
    proposals = _proposals(call, [wish.proposal_id for wish in changed], by=by)
    _refuse_stale(changed, kept, proposals)
    limits = decided.limits_of(call)
    broken = [
        fault
        for wish in changed
        for fault in rules.wish_faults(wish, requested=proposals[wish.proposal_id].requested, limits=limits)
    ]
    if broken:
        raise RulesBroken(broken)
    for wish in changed:
        _put_down(wish, proposals[wish.proposal_id], kept.get(wish.proposal_id), by=by, at=at)
    return len(changed)


def decide_in_bulk(
    call: Call, wishes: Sequence[Wish], keys: Collection[str], outcome: Outcome, *, by: Actor, at: datetime
) -> int:
    """Give all picked rows one outcome, with the amounts that stand in their fields.

    Rows with too few reviews are refused: they are looked at one by one.
    """
    authorise(by, "decision.propose", call)
    shown = table.table(call, seen_by=by)
    picked = [row for row in shown.rows if row.key in keys]
    broken = list(rules.not_in_bulk(row.seen_by_rules() for row in picked))
    if broken:
        raise RulesBroken(broken)
    asked = {row.key: row.requested for row in picked}
    changed = [
        replace(wish, outcome=outcome, amount=wish.amount or asked[wish.key]) if wish.key in asked else wish
        for wish in wishes
    ]
    return propose(call, changed, by=by, at=at)


def _refuse_before_the_board(call: Call) -> None:
    meeting = meetings.meeting_of(call)
    if meeting is not None and meeting.state is MeetingState.VOTING:
        raise IllegalTransition(_l("The table lies before the board. Take it back before you change it."))


def _tidy(wish: Wish, kept: Decision | None) -> Wish:
    """Who stays on the reserve list needs no new decision."""
    was_reserved = kept is not None and (kept.number > 1 or not kept.is_open)
    outcome = None if was_reserved and wish.outcome is Outcome.RESERVE else wish.outcome
    amount = wish.amount if outcome is Outcome.FUND else rules.NOTHING
    return replace(wish, outcome=outcome, amount=amount, reason=clean(wish.reason).strip())


def _differs(wish: Wish, kept: Decision | None) -> bool:
    if kept is None or not kept.is_open:
        return wish.outcome is not None
    same = (kept.outcome, kept.amount, i18n.words(kept.reason)) == (wish.outcome, wish.amount, wish.reason)
    return not same


def _proposals(call: Call, ids: Sequence[int], *, by: Actor) -> Mapping[int, Proposal]:
    found = {
        row.id: row
        for row in db.session.scalars(
            select(Proposal).where(
                Proposal.id.in_(ids), Proposal.call_id == call.id, Proposal.state.in_(table.JUDGED)
            )
        )
    }
    if set(ids) - found.keys():
        raise NotFound
    if any(proposal.state not in table.CHANGEABLE for proposal in found.values()):
        raise IllegalTransition(_l("The board has decided."))
    for proposal in found.values():
        authorise(by, "decision.propose_on", proposal)
    return found


def _refuse_stale(
    changed: Iterable[Wish], kept: Mapping[int, Decision], proposals: Mapping[int, Proposal]
) -> None:
    stale = [
        proposals[wish.proposal_id].title
        for wish in changed
        if wish.version != (kept[wish.proposal_id].edition if wish.proposal_id in kept else 0)
    ]
    if stale:
        raise StaleVersion(
            _l(
                "Somebody else changed in the meantime: %(titles)s. Look at the table again.",
                titles=_(", ").join(stale),
            )
        )


def _put_down(wish: Wish, proposal: Proposal, kept: Decision | None, *, by: Actor, at: datetime) -> None:
    if wish.outcome is None:
        if kept is not None:
            audit.record(
                "leave open",
                kept,
                by=by,
                at=at,
                before={"outcome": kept.outcome, "amount": kept.amount},
                after={},
            )
            db.session.delete(kept)
        return
    if kept is None or not kept.is_open:
        number = kept.number + 1 if kept is not None else 1
        kept = Decision(proposal=proposal, number=number, outcome=wish.outcome)
        db.session.add(kept)
    kept.outcome, kept.amount = wish.outcome, wish.amount
    kept.reason = {i18n.language(): wish.reason} if wish.reason else {}
    kept.proposed_at, kept.proposed_by_id = at, by.user_id
    audit.record("propose", kept, by=by, at=at)
    publish(
        DecisionProposed(
            occurred_at=at,
            actor_id=by.user_id,
            case=kept.case,
            proposal_id=wish.proposal_id,
            call_id=proposal.call_id,
            outcome=wish.outcome,
            amount=wish.amount,
        )
    )

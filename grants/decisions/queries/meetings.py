"""The board's meetings: who sits, who voted, what lies before them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from grants.accounts.fields import RoleName
from grants.accounts.models import RoleGrant, User
from grants.calls.models import Call
from grants.calls.queries import loading as calls
from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.holding import hold
from grants.decisions.fields import DecisionState
from grants.decisions.models import BoardMeeting, BoardVote, Decision
from grants.decisions.policies import MinutesDoor
from grants.decisions.queries.table import Row
from grants.organisations import walls
from grants.proposals.models import Proposal


def meeting_of(call: Call) -> BoardMeeting | None:
    """The newest meeting about a call, with its votes and who gave them."""
    return db.session.scalars(_whole().where(BoardMeeting.call_id == call.id)).first()


def of_call(public_id: str) -> BoardMeeting:
    """The newest meeting about the call an address names. Raises NotFound."""
    by_call = _whole().join(BoardMeeting.call).where(Call.public_id == public_id)
    found = db.session.scalars(by_call).first()
    if found is None:
        raise NotFound
    return found


def earlier(meeting: BoardMeeting) -> list[BoardMeeting]:
    """The meetings about the same call before this one, the newest first."""
    return list(
        db.session.scalars(
            _whole().where(BoardMeeting.call_id == meeting.call_id, BoardMeeting.id < meeting.id)
        )
    )


def has_something_to_decide(call: Call) -> bool:
    """Whether officers have put down anything that the board has not decided."""
    proposed = (
        select(Decision.id)
        .join(Decision.proposal)
        .where(Proposal.call_id == call.id, Decision.state == DecisionState.PROPOSED)
    )
    return db.session.scalar(proposed.limit(1)) is not None


def recusals(rows: Iterable[Row]) -> dict[int, frozenset[int]]:
    """Proposal → everybody with a tie to somebody behind it, of the rows that have any."""
    rows = list(rows)
    by_case = walls.tied_to_cases(f"proposal/{row.proposal_id}" for row in rows)
    by_group = walls.tied_people(row.organisation_id for row in rows)
    found = {
        row.proposal_id: by_case.get(f"proposal/{row.proposal_id}", frozenset())
        | by_group.get(row.organisation_id, frozenset())
        for row in rows
    }
    return {proposal_id: people for proposal_id, people in found.items() if people}


def file_door(meeting_id: int) -> MinutesDoor | None:
    """The minutes of a meeting, with every group they speak of: asked by the one door to every file."""
    meeting = by_id(meeting_id)
    if meeting is None:
        return None
    about = (
        select(Proposal.id, Proposal.organisation_id)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .where(Proposal.call_id == meeting.call_id)
    )
    pairs = db.session.execute(about).all()
    return MinutesDoor(
        meeting,
        frozenset(organisation_id for _id, organisation_id in pairs),
        frozenset(f"proposal/{proposal_id}" for proposal_id, _organisation in pairs),
    )


def by_id(meeting_id: int) -> BoardMeeting | None:
    return db.session.scalars(_whole().where(BoardMeeting.id == meeting_id)).first()


def for_writing(public_id: str) -> BoardMeeting:
    """The same as it stands now, locked with its call until the unit of work ends."""
    call_id = db.session.scalar(select(Call.id).where(Call.public_id == public_id))
    if call_id is None:
        raise NotFound
    lock_call(call_id)
    return of_call(public_id)


def call_for_writing(public_id: str) -> Call:
    """A call whose table nobody else may change until the unit of work ends."""
    call_id = db.session.scalar(select(Call.id).where(Call.public_id == public_id))
    if call_id is None:
        raise NotFound
    lock_call(call_id)
    return calls.by_public_id(public_id)


def lock_call(call_id: int) -> None:
    """Whoever writes decisions of a call takes this first, so that two never wait for each other."""
    hold(Call, [call_id])


def _whole() -> Select[BoardMeeting]:
    return (
        select(BoardMeeting)
        .options(
            joinedload(BoardMeeting.chair),
            joinedload(BoardMeeting.minutes_file),
            joinedload(BoardMeeting.call).options(*calls.everything()),
            selectinload(BoardMeeting.votes).joinedload(BoardVote.user),
        )
        .order_by(BoardMeeting.id.desc())
        .execution_options(populate_existing=True)
    )


def board_on(day: date) -> list[User]:
    """Who sits on the board on a day, by name."""
    sits = select(RoleGrant.user_id).where(
        RoleGrant.role == RoleName.BOARD,
        RoleGrant.from_on <= day,
        or_(RoleGrant.until_on.is_(None), RoleGrant.until_on >= day),
    )
    return list(
        db.session.scalars(
            select(User).where(User.id.in_(sits), User.disabled_at.is_(None)).order_by(User.name, User.id)
        )
    )

"""Rows of decision: what is proposed for each proposal, the board's meeting, and its votes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.calls.models import Call
from grants.core.db import Base, PublicId, Versioned, states
from grants.core.money import Money
from grants.decisions.fields import (
    MINUTES_NUMBER_CHARACTERS,
    DecisionState,
    MeetingState,
    Outcome,
    Vote,
)
from grants.documents.models import Document
from grants.proposals.models import Proposal

# More than anybody changes one decision.
EDITIONS = 1_000_000


class Decision(Versioned, Base):
    """What is to become of one proposal. `place` is its place on the reserve list, 1 first.

    `number` counts the decisions on a proposal: the second one takes it up from the reserve list. The
    newest counts; `meeting_id` is the meeting that approved it.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("(outcome = 'fund') = (amount > 0)", name="money_only_when_funded"),
        CheckConstraint("amount >= 0", name="not_negative"),
        CheckConstraint("place IS NULL OR (outcome = 'reserve' AND place > 0)", name="reserves_have_a_place"),
        CheckConstraint("(state = 'proposed') = (approved_at IS NULL)", name="approved_has_a_time"),
        CheckConstraint("state <> 'released' OR released_at IS NOT NULL", name="released_has_a_time"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_a_time"),
        UniqueConstraint("proposal_id", "number"),
        Index(None, "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey(Proposal.id))
    number: Mapped[int] = mapped_column(default=1)
    outcome: Mapped[Outcome] = mapped_column(states(Outcome))
    amount: Mapped[Money] = mapped_column(default=Money(0))
    reason: Mapped[dict[str, Any]] = mapped_column(default=dict)
    place: Mapped[int | None]
    state: Mapped[DecisionState] = mapped_column(states(DecisionState), default=DecisionState.PROPOSED)
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("board_meeting.id"), index=True)
    approved_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")

    proposal: Mapped[Proposal] = relationship(lazy="raise")

    @property
    def case(self) -> str:
        return f"proposal/{self.proposal_id}"

    @property
    def edition(self) -> int:
        """What a form carries so that nobody overwrites what somebody else put down since."""
        return (self.number - 1) * EDITIONS + self.version

    @property
    def is_open(self) -> bool:
        """The board has not decided on it."""
        return self.state is DecisionState.PROPOSED

    @property
    def counts(self) -> bool:
        """It was decided and stands."""
        return self.state in {DecisionState.APPROVED, DecisionState.RELEASED}


class BoardMeeting(Versioned, Base):
    """The board looks at one decision table. `content_hash` is that of the table lying before it."""

    __tablename__ = "board_meeting"
    __table_args__ = (
        CheckConstraint("quorum BETWEEN 1 AND seats", name="quorum_within_the_board"),
        CheckConstraint("(state = 'draft') = (content_hash IS NULL)", name="voting_on_a_fixed_table"),
        CheckConstraint(
            "state <> 'approved' OR (approved_at IS NOT NULL AND minutes_number <> '' "
            "AND minutes_document_id IS NOT NULL)",
            name="approved_means_minuted",
        ),
        Index(None, "call_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    call_id: Mapped[int] = mapped_column(ForeignKey(Call.id))
    held_on: Mapped[date]
    seats: Mapped[int]
    quorum: Mapped[int]
    chair_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    resolution: Mapped[dict[str, Any]] = mapped_column(default=dict)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    minutes_number: Mapped[str] = mapped_column(String(MINUTES_NUMBER_CHARACTERS), default="")
    minutes_document_id: Mapped[int | None] = mapped_column(ForeignKey(Document.id), index=True)
    approved_at: Mapped[datetime | None]
    state: Mapped[MeetingState] = mapped_column(states(MeetingState), default=MeetingState.DRAFT)

    call: Mapped[Call] = relationship(lazy="raise")
    chair: Mapped[User] = relationship(lazy="raise")
    minutes_file: Mapped[Document | None] = relationship(lazy="raise")
    votes: Mapped[list[BoardVote]] = relationship(
        lazy="raise", back_populates="meeting", order_by="BoardVote.id"
    )

    @property
    def case(self) -> str:
        return f"call/{self.call_id}"


class BoardVote(Base):
    """One member's vote on the table as it lay before them: another table needs another vote."""

    __tablename__ = "board_vote"
    __table_args__ = (UniqueConstraint("meeting_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey(BoardMeeting.id), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    vote: Mapped[Vote] = mapped_column(states(Vote))
    content_hash: Mapped[str] = mapped_column(String(64))
    voted_at: Mapped[datetime]

    meeting: Mapped[BoardMeeting] = relationship(lazy="raise", back_populates="votes")
    user: Mapped[User] = relationship(lazy="raise")

    @property
    def case(self) -> str:
        return f"meeting/{self.meeting_id}"

"""The decision table: the ranking with what is proposed for each proposal, and what it all comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from grants.calls.models import Call
from grants.core.db import db
from grants.core.i18n import gettext as _
from grants.core.i18n import language, words
from grants.core.money import Money, total
from grants.core.policy import Actor
from grants.decisions import rules
from grants.decisions.fields import DecisionState, MeetingState, Outcome
from grants.decisions.models import BoardMeeting, Decision
from grants.decisions.queries.decided import approved_by, history_of, limits_of
from grants.decisions.rules import Limits, Ranked, Share, Wish
from grants.organisations import walls
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal
from grants.reference.fields import Taxonomy
from grants.reference.queries import term_label
from grants.reviews.queries import loading as stages
from grants.reviews.queries.ranking import RankedEntry, ranking
from grants.reviews.queries.sheet import remarks
from grants.reviews.scoring import Aggregate

# The bars of the shares are 300 wide and reach to half of the money.
_WIDE, _FULL = 300, Fraction(50)
JUDGED = (
    ProposalState.IN_REVIEW,
    ProposalState.FUNDED,
    ProposalState.RESERVED,
    ProposalState.DECLINED,
)
CHANGEABLE = frozenset({ProposalState.IN_REVIEW, ProposalState.RESERVED})


class Bar(Struct, frozen=True):
    """Lowest and highest score as a bar, the score as a stroke, on a scale 90 wide for 40 to 100."""

    x: float
    width: float
    stroke: float

    @classmethod
    def of(cls, sums: Aggregate) -> Bar | None:
        if sums.score is None or sums.lowest is None or sums.highest is None:
            return None
        low, high, mean = (_on_bar(value) for value in (sums.lowest, sums.highest, sums.score))
        return cls(round(low, 1), round(max(high - low, 2), 1), round(min(mean, 88), 1))


def _on_bar(value: Fraction) -> float:
    return max(0.0, (float(value) - 40) * 1.5)


class Row(Struct, frozen=True):
    """One proposal on the table. `version` is 0 while nothing is put down for it.

    `may_change`: it waits for its decision, or on the reserve list; `is_withdrawn`: what the board
    decided counts no longer.
    """

    proposal_id: int
    key: str
    number: str
    title: str
    organisation_id: int
    organisation: Mapping[str, str]
    fields: tuple[str, ...]
    requested: Money
    rank: int | None
    score: str
    sd: str
    span: str
    n: int
    needed: int
    provisional: bool
    remarks: tuple[str, ...]
    outcome: Outcome | None
    amount: Money
    reason: str
    place: int | None
    version: int
    state: DecisionState | None
    bar: Bar | None
    may_change: bool = True
    is_withdrawn: bool = False
    withdrawn_reason: str = ""
    is_tied: bool = False
    running: Money = rules.NOTHING

    @property
    def is_open(self) -> bool:
        """It lies before the board next."""
        return self.state in {None, DecisionState.PROPOSED}

    @property
    def is_reserve(self) -> bool:
        """The board put it on the reserve list, from where it may be taken up."""
        return self.place is not None

    @property
    def offered(self) -> str:
        """What stands in the field of the amount: what is granted, else what was asked for."""
        return str(self.amount or self.requested).removesuffix(".00")

    @property
    def field_label(self) -> str:
        return term_label(Taxonomy.FIELD, self.fields[0]) if self.fields else ""

    @property
    def running_shown(self) -> str:
        """Empty for a row that takes no money."""
        if self.is_withdrawn or self.outcome not in {None, Outcome.FUND}:
            return ""
        return self.running.formatted(language()).removesuffix(".00")

    def seen_by_rules(self) -> Ranked:
        return Ranked(
            key=self.key,
            title=self.title,
            rank=self.rank,
            requested=self.requested,
            outcome=Outcome.DECLINE if self.is_withdrawn else self.outcome,
            amount=rules.NOTHING if self.is_withdrawn else self.amount,
            has_reason=bool(self.reason.strip()),
            provisional=self.provisional,
            is_open=self.is_open,
            place=self.place,
        )


class ShareRow(Struct, frozen=True):
    """One field's part of the money, worded; `target` empty where the call set none."""

    label: str
    amount: Money
    percent: str
    target: str
    width: int
    target_x: int
    is_under: bool


class Table(Struct, frozen=True):
    """Rows in the order of the ranking, `cut` of them above the line, and the figures beside them."""

    rows: Sequence[Row]
    cut: int
    limits: Limits
    granted: Money
    requested: Money
    shares: Sequence[ShareRow]
    faults: tuple[str, ...]
    owing: frozenset[str]
    is_settled: bool

    @property
    def undecided(self) -> int:
        return sum(row.outcome is None for row in self.rows)

    @property
    def lying(self) -> Sequence[Row]:
        """What lies before the board next: all that it has not decided."""
        return [row for row in self.rows if row.is_open]

    @property
    def takes_up(self) -> bool:
        """The board has decided once, and is asked again."""
        return any(row.is_open for row in self.rows) and any(not row.is_open for row in self.rows)

    @property
    def left(self) -> Money:
        return self.limits.available - self.granted

    @property
    def used_percent(self) -> str:
        available = self.limits.available
        return f"{float(100 * (self.granted / available)):.0f}" if available else "0"

    @property
    def used_width(self) -> int:
        """Of a bar 1000 wide."""
        available = self.limits.available
        return min(1000, round(1000 * (self.granted / available))) if available else 0

    @property
    def is_over(self) -> bool:
        return self.left < rules.NOTHING

    @property
    def first_below(self) -> str:
        """The key of the first row under the line; empty when all fit."""
        return self.rows[self.cut].key if self.cut < len(self.rows) else ""

    @property
    def running_text(self) -> dict[str, str]:
        """What is spent down to each row that takes money, by the row's key."""
        return {row.key: row.running_shown for row in self.rows}

    @property
    def freed(self) -> Money:
        """What was granted and withdrawn again, as far as it is still free."""
        withdrawn = total(row.amount for row in self.rows if row.is_withdrawn)
        return max(rules.NOTHING, min(withdrawn, self.left))

    def count(self, outcome: str) -> int:
        return sum(row.outcome == outcome and not row.is_withdrawn for row in self.rows)


def table(call: Call, *, seen_by: Actor, wishes: Mapping[int, Wish] | None = None) -> Table:
    """The table as kept; with `wishes`, as it would be. A fixed number of queries.

    Proposals of groups the reader has a tie to are in no row and in no figure.
    """
    return _added_up(call, _rows(call, history_of(call), seen_by, wishes or {}))


def as_decided(meeting: BoardMeeting, *, seen_by: Actor) -> Table:
    """What a meeting approved, as it was approved, whatever became of it since."""
    decided = approved_by(meeting)
    rows = [
        replace(row, is_withdrawn=False)
        for row in _rows(meeting.call, decided, seen_by, {})
        if row.proposal_id in decided
    ]
    return _added_up(meeting.call, rows)


def before(meeting: BoardMeeting, *, seen_by: Actor) -> Table:
    """The rows that lie before a meeting, or lay before it; the figures are those of the whole call."""
    if meeting.state is MeetingState.APPROVED:
        return as_decided(meeting, seen_by=seen_by)
    shown = table(meeting.call, seen_by=seen_by)
    return replace(shown, rows=shown.lying)


def _rows(
    call: Call, decisions: Mapping[int, Sequence[Decision]], seen_by: Actor, wishes: Mapping[int, Wish]
) -> list[Row]:
    ranked = _ranked(call, seen_by)
    needed = call.stage.reviews_per_entry if call.stage else 0
    rows = [
        _row(proposal, decisions.get(proposal.id, ()), ranked.get(proposal.id), needed, call, wishes)
        for proposal in _proposals(call, seen_by)
    ]
    order = {proposal_id: place for place, proposal_id in enumerate(ranked)}
    return sorted(rows, key=lambda row: (order.get(row.proposal_id, len(order)), row.number, row.proposal_id))


def _ranked(call: Call, seen_by: Actor) -> dict[int, RankedEntry]:
    stage = stages.stage_of("call", call.id)
    if stage is None:
        return {}
    return {entry.subject_id: entry for entry in ranking(stage, seen_by=seen_by)}


def _proposals(call: Call, seen_by: Actor) -> Sequence[Proposal]:
    wall = walls.beyond_the_wall(seen_by, Proposal.organisation_id, proposal_id=Proposal.id)
    return db.session.scalars(
        select(Proposal)
        .where(
            Proposal.call_id == call.id,
            Proposal.state.in_(JUDGED),
            wall,
        )
        .options(joinedload(Proposal.organisation), selectinload(Proposal.fields))
    ).all()


def _row(
    proposal: Proposal,
    decisions: Sequence[Decision],
    entry: RankedEntry | None,
    needed: int,
    call: Call,
    wishes: Mapping[int, Wish],
) -> Row:
    wish = wishes.get(proposal.id)
    decision = decisions[-1] if decisions else None
    kept = wish or decision
    return Row(
        proposal_id=proposal.id,
        key=proposal.public_id,
        number=proposal.number or "",
        title=proposal.title,
        organisation_id=proposal.organisation_id,
        organisation=proposal.organisation.name,
        fields=tuple(field.field for field in proposal.fields),
        requested=proposal.requested,
        rank=entry.rank if entry else None,
        score=entry.score if entry else "–",
        sd=entry.sd if entry else "",
        span=entry.span if entry else "",
        n=entry.aggregate.n if entry else 0,
        needed=needed,
        provisional=entry is None or entry.aggregate.provisional,
        remarks=tuple(remarks(entry, call.stage)) if entry and call.stage else (),
        outcome=kept.outcome if kept else None,
        amount=kept.amount if kept and kept.outcome is Outcome.FUND else rules.NOTHING,
        reason=wish.reason if wish else words(decision.reason) if decision else "",
        place=next((one.place for one in decisions if one.place), None),
        version=decision.edition if decision else 0,
        state=decision.state if decision else None,
        may_change=proposal.state in CHANGEABLE,
        is_withdrawn=decision is not None and decision.state is DecisionState.WITHDRAWN,
        withdrawn_reason=decision.withdrawn_reason if decision else "",
        bar=Bar.of(entry.aggregate) if entry else None,
    )


def _added_up(call: Call, rows: Sequence[Row]) -> Table:
    limits = limits_of(call)
    judged = [row.seen_by_rules() for row in rows]
    ranks = Counter(row.rank for row in rows if row.rank is not None)
    running = accumulate((rules.wanted(row) for row in judged), initial=rules.NOTHING)
    rows = [
        replace(row, is_tied=row.rank is not None and ranks[row.rank] > 1, running=spent)
        for row, spent in zip(rows, list(running)[1:], strict=True)
    ]
    settled = bool(rows) and all(row.state not in {None, DecisionState.PROPOSED} for row in rows)
    return Table(
        rows=rows,
        cut=rules.cut(judged, limits.available),
        limits=limits,
        granted=rules.granted(judged),
        requested=total(row.requested for row in rows),
        shares=_shares(call, rows),
        faults=tuple(str(v.message) for v in rules.beyond_means(rules.granted(judged), limits)),
        owing=rules.owing_reasons(judged),
        is_settled=settled,
    )


def _shares(call: Call, rows: Sequence[Row]) -> list[ShareRow]:
    targets = {field.field: Fraction(field.target_percent) for field in call.fields}
    funded = [(row.fields, row.amount) for row in rows if row.outcome is Outcome.FUND]
    return [_share_row(share) for share in rules.shares(funded, targets)]


def _share_row(share: Share) -> ShareRow:
    return ShareRow(
        label=_("Other fields") if share.field == rules.OTHERS else term_label(Taxonomy.FIELD, share.field),
        amount=share.amount,
        percent=f"{float(share.percent):.1f}",
        target="" if share.target is None else f"{float(share.target):g}",
        width=round(_WIDE * min(share.percent, _FULL) / _FULL),
        target_x=round(_WIDE * min(share.target or Fraction(0), _FULL) / _FULL) - 1,
        is_under=share.is_under,
    )

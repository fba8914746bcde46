"""What must hold of the data whatever was done: each check answers one sentence per row that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import func, select

from grants.awards.models import AwardCategory, Nomination
from grants.awards.rules.scores import Weights
from grants.calls.fields import CallState
from grants.calls.models import Call
from grants.core import audit
from grants.core.checkcodes import content_hash
from grants.core.db import db
from grants.funds import queries as funds
from grants.notices.actions import hashed
from grants.notices.models import Notice
from grants.payments.queries import ledger
from grants.projects.fields import ActivityState, HourState
from grants.projects.models import Activity, HourRecord
from grants.projects.queries import hours
from grants.proposals.models import Proposal, ProposalVersion
from grants.reference.models import Region
from grants.reviews.models import Criterion, Entry
from grants.workspace.queries import rebuilt

WHOLE = 100


def chain() -> Iterator[str]:
    for number in audit.altered():
        yield f"audit entry {number} is not what was sealed"


def books() -> Iterator[str]:
    for movement in funds.unbalanced():
        yield f"movement {movement}: its sides do not sum to zero"
    yield from funds.over_promised()


def screens() -> Iterator[str]:
    for case in ledger.out_of_step():
        yield f"{case}: tranches and ledger differ"


def tranches() -> Iterator[str]:
    for number in ledger.not_the_grant():
        yield f"grant {number}: its tranches do not sum to it"


def counted_hours() -> Iterator[str]:
    """Everything once: the projects together, the places together and the sum of all are one number."""
    everything = hours.verified_minutes()
    tops = db.session.scalars(select(Region.path).where(Region.parent_id.is_(None)))
    placed = sum(hours.hours_by_region(path) for path in tops)
    unplaced = everything - placed
    if unplaced:
        yield f"verified minutes: {everything} in all, {placed} by place"
    rows = db.session.scalars(
        select(HourRecord.id)
        .join(Activity, Activity.id == HourRecord.activity_id)
        .where(HourRecord.state == HourState.VERIFIED)
        .where((Activity.state != ActivityState.VERIFIED) | HourRecord.verified_by_id.is_(None))
        .order_by(HourRecord.id)
    )
    for number in rows:
        yield f"hour record {number} counts though nobody verified it"


def weights() -> Iterator[str]:
    """Of every call that was published, and of the parts of every award's score."""
    sums = (
        select(Call.number, func.sum(Criterion.weight))
        .join(Criterion, Criterion.stage_id == Call.stage_id)
        .where(Call.state != CallState.DRAFT)
        .group_by(Call.id)
        .order_by(Call.id)
    )
    for number, total in db.session.execute(sums):
        if total != WHOLE:
            yield f"call {number}: its weights sum to {total}"
    for category in db.session.scalars(select(AwardCategory).order_by(AwardCategory.id)):
        parts = Weights.of(category.weights)
        if parts.deed + parts.hours != WHOLE:
            yield f"award category {category.id}: its parts sum to {parts.deed + parts.hours}"


def papers() -> Iterator[str]:
    """Frozen lists and versions still are what their hash says."""
    shown = select(Notice).where(Notice.content_hash.is_not(None)).order_by(Notice.id)
    for notice in db.session.scalars(shown):
        if content_hash(hashed(notice)) != notice.content_hash:
            yield f"notice {notice.number}: its list is not what was shown"
    for version in db.session.scalars(select(ProposalVersion).order_by(ProposalVersion.id)):
        if content_hash(version.snapshot) != version.content_hash:
            yield f"proposal {version.proposal_id}: version {version.number} is not what was handed in"


def judged() -> Iterator[str]:
    """What reviewers and juries read is what was handed in."""
    for entry in db.session.scalars(select(Entry).order_by(Entry.id)):
        if content_hash(entry.snapshot) != entry.content_hash:
            yield f"entry {entry.id}: what was judged is not what was handed in"
    for nomination in db.session.scalars(select(Nomination).order_by(Nomination.id)):
        frozen: Mapping[str, Any] | None = nomination.facts.get("snapshot")
        if frozen is not None and content_hash(frozen) != nomination.content_hash:
            yield f"nomination {nomination.id} is not what was sent in"


def receipts() -> Iterator[str]:
    """A proposal's own proof is that of its newest version."""
    newest = select(ProposalVersion.proposal_id, func.max(ProposalVersion.number).label("number")).group_by(
        ProposalVersion.proposal_id
    )
    last = newest.subquery()
    rows = db.session.execute(
        select(Proposal.number, Proposal.content_hash, ProposalVersion.content_hash)
        .join(last, last.c.proposal_id == Proposal.id)
        .join(
            ProposalVersion,
            (ProposalVersion.proposal_id == Proposal.id) & (ProposalVersion.number == last.c.number),
        )
        .order_by(Proposal.id)
    )
    for number, proved, handed_in in rows:
        if proved != handed_in:
            yield f"proposal {number}: its receipt is not that of its newest version"


INVARIANTS: Mapping[str, Callable[[], Iterator[str]]] = {
    "audit chain": chain,
    "books balanced": books,
    "ledger and screens": screens,
    "tranches": tranches,
    "hours": counted_hours,
    "weights": weights,
    "frozen papers": papers,
    "judged papers": judged,
    "receipts": receipts,
    "timeline": rebuilt.untold,
    "duties": rebuilt.duties_out_of_step,
}

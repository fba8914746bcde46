"""Making Entries: the frozen things that are judged. Called by the packages whose things they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from grants.core import audit
from grants.core.db import db
from grants.core.policy import SYSTEM, Actor
from grants.organisations.actions import conflicts, parties
from grants.reviews.models import Entry, EntryOrganisation, ReviewStage
from grants.reviews.queries import assigning as pool


class Judged(Struct, frozen=True):
    """What is to be judged: the frozen answers and everybody who stands behind them."""

    subject_kind: str
    subject_id: int
    case: str
    title: str
    snapshot: Mapping[str, Any]
    content_hash: str
    organisations: Sequence[int]
    topics: Sequence[str] = ()


def add_entry(stage: ReviewStage, judged: Judged, *, by: Actor, at: datetime) -> Entry:
    """Put something before the reviewers of a stage. The caller has authorised its own deed.

    Everybody who handles it is compared with who stands behind it: what is found keeps out until staff
    have looked.
    """
    entry = Entry(
        stage_id=stage.id,
        subject_kind=judged.subject_kind,
        subject_id=judged.subject_id,
        case=judged.case,
        title=judged.title,
        snapshot=dict(judged.snapshot),
        content_hash=judged.content_hash,
        topics=list(judged.topics),
        organisations=[
            EntryOrganisation(organisation_id=number) for number in dict.fromkeys(judged.organisations)
        ],
    )
    db.session.add(entry)
    db.session.flush()
    parties.stand_behind(judged.case, judged.organisations)
    conflicts.detect_conflicts(pool.who_handles(), judged.organisations, by=SYSTEM, at=at)
    audit.record(
        "enter",
        entry,
        by=by,
        at=at,
        before={},
        after={"stage": stage.id, "content_hash": judged.content_hash},
    )
    return entry


def withdraw_entry(entry: Entry, *, by: Actor, at: datetime, note: str = "") -> None:
    """Take an entry out of judging; what was written about it stays stored."""
    if entry.withdrawn_at is not None:
        return
    entry.withdrawn_at = at
    audit.record("withdraw entry", entry, by=by, at=at, note=note)

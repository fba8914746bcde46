"""The demo's reviewers and their reviews: chosen, asked, accepted, written and sent in on their days.

The data's totals use another formula than ours; ours wins, and the ranks agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from grants.core import clock
from grants.core.policy import Actor
from grants.demo.organisations import People
from grants.demo.proposal_answers import full_width
from grants.organisations import queries as organisations
from grants.organisations.actions import conflicts
from grants.organisations.fields import ConflictKind, ConflictState
from grants.reviews.actions import assigning, writing
from grants.reviews.models import Entry, ReviewStage
from grants.reviews.queries import assigning as chosen
from grants.reviews.queries import loading

Data = Mapping[str, Any]
_CHOSEN_AT, _READ_AT, _SENT_AT = time(10), time(19, 40), time(20, 41)
_ANSWERED_AFTER = timedelta(hours=6)
_ONLY_THE_MONEY = "代管单位仅代收款项，未参与项目设计与实施。"


def load_reviewers(data: Data, *, people: People, at: datetime) -> dict[str, int]:
    """The pool, by the data's ids."""
    found = {}
    for row in data["reviewers"]:
        reviewer = assigning.join_pool(
            people.user(row["id"]),
            expertise=list(row["expertise"]),
            affiliation={"zh-Hans": full_width(row["affiliation_zh"])},
            is_external=row["external"],
            term_until=date.fromisoformat(row["term_to"]),
            by=people.actor("officer"),
            at=at,
        )
        found[row["id"]] = reviewer.id
    return found


def load_reviews(
    data: Data,
    proposals: Mapping[str, int],
    reviewers: Mapping[str, int],
    stage: ReviewStage,
    *,
    people: People,
) -> None:
    """Every review of one call: first all are asked, then each is written by its own reviewer."""
    by_proposal: dict[str, list[Data]] = defaultdict(list)
    for row in data["reviews"]:
        if row["proposal_id"] in proposals:
            by_proposal[row["proposal_id"]].append(row)
    opens = clock.day_of(stage.opens_at) if stage.opens_at else clock.today()
    asked_at = clock.at_local(opens, _CHOSEN_AT)
    officer = people.actor("officer")
    for key, rows in by_proposal.items():
        entry = _entry(proposals[key])
        _look_into_hosts(entry, {people.user(row["reviewer_id"]).id for row in rows}, by=officer, at=asked_at)
        assigning.choose(entry, [reviewers[row["reviewer_id"]] for row in rows], by=officer, at=asked_at)
    assigning.invite(stage, by=officer, at=asked_at)
    for key, rows in by_proposal.items():
        entry = _entry(proposals[key])
        for row in rows:
            _write(row, entry, reviewers[row["reviewer_id"]], asked_at, people)


def _look_into_hosts(entry: Entry, user_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Who is tied to the host only, and judged all the same: an officer had looked into it."""
    for behind in entry.organisations:
        for tie in organisations.conflicts_of(behind.organisation_id):
            of_the_host = tie.kind is ConflictKind.HOST and tie.state is ConflictState.SUSPECTED
            if of_the_host and tie.user_id in user_ids:
                conflicts.clear_conflict(tie, note=_ONLY_THE_MONEY, by=by, at=at)


def _entry(proposal_id: int) -> Entry:
    entry = loading.entry_of("proposal", proposal_id)
    if entry is None:
        raise LookupError(f"proposal {proposal_id} lies before no reviewer")
    return entry


def _write(row: Data, entry: Entry, reviewer_id: int, asked_at: datetime, people: People) -> None:
    """No tie; then the marks, kept once as a draft, and sent in an hour later."""
    by = people.actor(row["reviewer_id"])
    day = date.fromisoformat(row["submitted_on"])
    public_id = next(a.public_id for a in chosen.assignments_of(entry) if a.reviewer_id == reviewer_id)
    assignment = loading.assignment_by_public_id(public_id)
    assigning.accept(assignment, by=by, at=asked_at + _ANSWERED_AFTER)
    judgement = writing.Judgement(
        marks={key: Decimal(mark) for key, mark in row["scores"].items()},
        comment=full_width(row["comment_zh"]),
        recommended=row["recommended"] == "fund",
    )
    writing.save(assignment, judgement, version=0, by=by, at=clock.at_local(day, _READ_AT))
    writing.submit(assignment, by=by, at=clock.at_local(day, _SENT_AT))

"""Setting up what is judged by: a stage and its standard. Called by the packages whose stage it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import exists, select

from grants.core import audit
from grants.core.db import db
from grants.core.errors import RulesBroken, Violation
from grants.core.holding import hold
from grants.core.i18n import gettext as _
from grants.core.policy import Actor
from grants.reviews.models import Assignment, Criterion, Entry, Review, ReviewStage
from grants.reviews.rules import CriterionDraft, standard_faults


def set_up_stage(
    holder: tuple[str, int],
    *,
    title: Mapping[str, str],
    reviews_per_entry: int,
    external_minimum: int,
    pass_score: Decimal | None,
    by: Actor,
    at: datetime,
) -> ReviewStage:
    """An empty stage for a holder. The caller has authorised its own deed."""
    stage = ReviewStage(
        holder_kind=holder[0],
        holder_id=holder[1],
        title=dict(title),
        reviews_per_entry=reviews_per_entry,
        external_minimum=external_minimum,
        pass_score=pass_score,
        criteria=[],
    )
    db.session.add(stage)
    db.session.flush()
    audit.record("set up", stage, by=by, at=at, before={}, after={"reviews": reviews_per_entry})
    return stage


def set_dates(
    stage: ReviewStage, *, opens_at: datetime | None, closes_at: datetime | None, by: Actor, at: datetime
) -> None:
    stage.opens_at, stage.closes_at = opens_at, closes_at
    audit.record("set dates", stage, by=by, at=at)


def set_panel(
    stage: ReviewStage,
    *,
    reviews_per_entry: int,
    external_minimum: int,
    pass_score: Decimal | None,
    by: Actor,
    at: datetime,
) -> None:
    """How many judge each entry, how many of them from outside, and from which score on it passes."""
    if not 0 <= external_minimum <= reviews_per_entry:
        text = _("Not more people from outside than there are reviewers.")
        raise RulesBroken([Violation("external_minimum", text, "external_minimum")])
    stage.reviews_per_entry, stage.external_minimum = reviews_per_entry, external_minimum
    stage.pass_score = pass_score
    audit.record("set panel", stage, by=by, at=at)


def set_standard(stage: ReviewStage, drafts: Sequence[CriterionDraft], *, by: Actor, at: datetime) -> None:
    """Replace the criteria of a stage by these. Needs `criteria` loaded.

    Raises RulesBroken when the standard is not complete, or when somebody has begun to judge by it.
    """
    hold(ReviewStage, [stage.id])
    broken = list(standard_faults(drafts))
    if _is_used(stage):
        broken.append(Violation("in_use", _("Reviews have begun; the standard can no longer change.")))
    if broken:
        raise RulesBroken(broken)
    before = {row.key: str(row.weight) for row in stage.criteria}
    rows = {row.key: row for row in stage.criteria}
    stage.criteria[:] = [_put(rows.get(draft.key), draft, place) for place, draft in enumerate(drafts)]
    for key in rows.keys() - {draft.key for draft in drafts}:
        db.session.delete(rows[key])
    after = {draft.key: str(draft.weight) for draft in drafts}
    audit.record("set standard", stage, by=by, at=at, before=before, after=after)


def _put(row: Criterion | None, draft: CriterionDraft, position: int) -> Criterion:
    row = row or Criterion(key=draft.key)
    row.name, row.weight = dict(draft.name), draft.weight
    row.minimum, row.maximum, row.step = draft.minimum, draft.maximum, draft.step
    row.anchors = {mark: dict(text) for mark, text in draft.anchors.items()}
    row.required, row.position = draft.required, position
    return row


def _is_used(stage: ReviewStage) -> bool:
    begun = select(Review.id).join(Assignment).join(Entry).where(Entry.stage_id == stage.id)
    return bool(db.session.scalar(select(exists(begun))))

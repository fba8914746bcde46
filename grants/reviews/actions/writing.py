"""Writing a review: marks and words, saved as they are given, sent in once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct, field

from grants.core import audit
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, StaleVersion, Violation
from grants.core.events import publish
from grants.core.holding import hold
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.obligations import actions as obligations
from grants.reviews.events import ReviewStruck, ReviewSubmitted
from grants.reviews.fields import AssignmentState, ReviewState, Struck
from grants.reviews.lifecycle import REVIEW
from grants.reviews.models import Assignment, Review, ReviewStage, Score
from grants.reviews.queries import loading
from grants.reviews.queries.loading import lines_of
from grants.reviews.rules import MOST_KEPT, bad_marks, outside_window, too_long, unfinished


class Judgement(Struct, frozen=True):
    """What a reviewer has put down so far. A key missing from `marks` is unanswered."""

    marks: Mapping[str, Decimal | None]
    comment: str = ""
    recommended: bool | None = None
    not_applicable: frozenset[str] = field(default_factory=frozenset)


class StaleReview(StaleVersion):
    """The reviewer saved in another window; `review` is what stands there now."""

    def __init__(self, review: Review) -> None:
        super().__init__(_l("You saved this review in another window in the meantime."))
        self.review = review


def save(assignment: Assignment, judgement: Judgement, *, version: int, by: Actor, at: datetime) -> Review:
    """Keep the marks and words given so far; nothing has to be complete.

    `version` is that of the review the reviewer looked at (0: none yet). Raises StaleReview when it
    was saved elsewhere since, RulesBroken for a mark off its scale or out of time.
    """
    authorise(by, "review.write", assignment)
    assignment = loading.as_it_stands(assignment)
    review = _open_review(assignment, version)
    stage = assignment.entry.stage
    broken = [
        *bad_marks(lines_of(stage), judgement.marks),
        *outside_window(stage.opens_at, stage.closes_at, at),
    ]
    if len(judgement.comment) > MOST_KEPT:
        broken += too_long(judgement.comment)
    if broken:
        raise RulesBroken(broken)
    review.comment, review.recommended = judgement.comment, judgement.recommended
    _put_marks(assignment, review, judgement)
    # Marks are rows of their own: without this a change of marks alone would not raise the version.
    review.saved_at = at
    db.session.flush()
    return review


def _open_review(assignment: Assignment, version: int) -> Review:
    if assignment.state is not AssignmentState.ACCEPTED:
        raise IllegalTransition(_l("Say first whether you have any tie to the people behind it."))
    review = assignment.review
    if review is None:
        hold(ReviewStage, [assignment.entry.stage_id])  # from now on the standard stays as it is
        review = Review(assignment=assignment, scores=[], version=1)
        db.session.add(review)
        return review
    if review.state is not ReviewState.DRAFT:
        raise IllegalTransition(_l("This review was already sent in."))
    if review.version != version:
        raise StaleReview(review)
    return review


def _put_marks(assignment: Assignment, review: Review, judgement: Judgement) -> None:
    known = {score.criterion_id: score for score in review.scores}
    for criterion in assignment.entry.stage.criteria:
        score = known.get(criterion.id)
        if score is None:
            score = Score(criterion=criterion, review=review)
            db.session.add(score)
        score.not_applicable = criterion.key in judgement.not_applicable and not criterion.required
        score.mark = None if score.not_applicable else judgement.marks.get(criterion.key)


def submit(assignment: Assignment, *, by: Actor, at: datetime) -> None:
    """Send the review in. Raises RulesBroken naming everything unfinished."""
    authorise(by, "review.write", assignment)
    assignment = loading.as_it_stands(assignment)
    review = assignment.review
    if review is None:
        raise RulesBroken([Violation("nothing_written", _("Give your marks first."))])
    marks = {score.criterion.key: score.mark for score in review.scores}
    skipped = frozenset(score.criterion.key for score in review.scores if score.not_applicable)
    broken = list(unfinished(lines_of(assignment.entry.stage), marks, skipped, review.comment))
    if broken:
        raise RulesBroken(broken)
    REVIEW.fire("submit", review, by=by, at=at)
    review.submitted_at = at
    obligations.meet("review", subject=("assignment", assignment.id), by=by, at=at)
    publish(
        ReviewSubmitted(
            occurred_at=at,
            actor_id=by.user_id,
            case=assignment.entry.case,
            assignment_id=assignment.id,
            entry_id=assignment.entry_id,
            stage_id=assignment.entry.stage_id,
            reviewer=assignment.reviewer.user.name,
        )
    )


def strike(assignment: Assignment, *, note: str, by: Actor, at: datetime) -> None:
    """Officers take a review out of every aggregate, for a reason they give; it stays stored."""
    authorise(by, "entry.assign", assignment.entry)
    assignment = loading.as_it_stands(assignment)
    if assignment.review is None or assignment.review.struck_at is not None:
        raise IllegalTransition(_l("There is no review here that counts."))
    if not note.strip():
        raise RulesBroken([Violation("reason_missing", _("Say why this review must not count."), "note")])
    strike_out(assignment.review, why=Struck.WITHDRAWN, note=note.strip(), by=by, at=at)


def strike_out(review: Review, *, why: Struck, note: str, by: Actor, at: datetime) -> None:
    """The review leaves every aggregate at once. Whoever calls has authorised its own deed."""
    assignment = review.assignment
    review.struck_at, review.struck_reason = at, why
    audit.record("strike", review, by=by, at=at, note=note)
    publish(
        ReviewStruck(
            occurred_at=at,
            actor_id=by.user_id,
            case=assignment.entry.case,
            assignment_id=assignment.id,
            entry_id=assignment.entry_id,
            reviewer=assignment.reviewer.user.name,
            reason=note,
        )
    )

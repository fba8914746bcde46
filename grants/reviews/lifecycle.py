"""How an assignment and a review may move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from grants.core.errors import Violation
from grants.core.i18n import gettext as _
from grants.core.lifecycle import Lifecycle, Transition
from grants.reviews.fields import AssignmentState as A
from grants.reviews.fields import ReviewState as R
from grants.reviews.models import Assignment, Review
from grants.reviews.rules import outside_window

LIVE = frozenset({A.PROPOSED, A.INVITED, A.ACCEPTED})


def nothing_sent_in(assignment: Assignment, at: datetime) -> Iterator[Violation]:
    review = assignment.review
    if review is not None and review.state is R.SUBMITTED:
        yield Violation("sent_in", _("This review was already sent in."))


ASSIGNMENT = Lifecycle(
    Transition("invite", frozenset({A.PROPOSED}), A.INVITED),
    Transition("accept", frozenset({A.INVITED}), A.ACCEPTED),
    Transition("decline", frozenset({A.INVITED, A.ACCEPTED}), A.DECLINED, guards=(nothing_sent_in,)),
    Transition("recuse", LIVE, A.RECUSED),
    Transition("withdraw", LIVE, A.WITHDRAWN),
    Transition("propose", frozenset({A.WITHDRAWN, A.DECLINED}), A.PROPOSED),
)


def in_its_window(review: Review, at: datetime) -> Iterator[Violation]:
    stage = review.assignment.entry.stage
    yield from outside_window(stage.opens_at, stage.closes_at, at)


def still_counting(review: Review, at: datetime) -> Iterator[Violation]:
    if review.struck_at is not None:
        yield Violation("struck", _("This review no longer counts, so it cannot be sent in."))


REVIEW = Lifecycle(
    Transition("submit", frozenset({R.DRAFT}), R.SUBMITTED, guards=(in_its_window, still_counting)),
    Transition("return", frozenset({R.SUBMITTED}), R.DRAFT),
)

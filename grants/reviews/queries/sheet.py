"""What was written about one entry, for officers; and the ranking as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from grants.core.db import db
from grants.core.i18n import gettext as _
from grants.core.i18n import words
from grants.reviews import scoring
from grants.reviews.fields import ReviewState, Struck
from grants.reviews.models import Assignment, Criterion, Entry, Review, Reviewer, ReviewStage, Score
from grants.reviews.queries.loading import criterion_for_scoring
from grants.reviews.queries.progress import step_of
from grants.reviews.queries.ranking import RankedEntry

_FORMULA = tuple("=+-@\t\r＝＋－＠")


class OpinionRow(Struct, frozen=True):
    """One reviewer's work on one entry as an officer sees it: marks and words once they are sent in."""

    public_id: str
    name: str
    is_external: bool
    step: str
    reason: str
    score: str
    marks: tuple[tuple[Mapping[str, str], str, int], ...]
    comment: str
    recommended: bool | None
    submitted_at: datetime | None
    struck_at: datetime | None
    struck_reason: Struck | None


def opinions(entry: Entry, *, at: datetime) -> list[OpinionRow]:
    """Everybody who was ever chosen, in the order they were; three queries."""
    found = db.session.scalars(
        select(Assignment)
        .where(Assignment.entry_id == entry.id)
        .options(
            joinedload(Assignment.reviewer).joinedload(Reviewer.user),
            joinedload(Assignment.review).selectinload(Review.scores).joinedload(Score.criterion),
        )
        .order_by(Assignment.id)
    )
    return [_row(assignment, entry.stage, at) for assignment in found]


def _row(assignment: Assignment, stage: ReviewStage, at: datetime) -> OpinionRow:
    review = assignment.review
    told = review if review is not None and review.state is ReviewState.SUBMITTED else None
    given = {score.criterion.key: score for score in told.scores} if told else {}
    return OpinionRow(
        public_id=assignment.public_id,
        name=assignment.reviewer.user.name,
        is_external=assignment.reviewer.is_external,
        step=step_of(assignment, review, stage, at),
        reason=assignment.reason,
        score=_score(stage, told),
        marks=tuple((c.name, _mark(given.get(c.key)), _part(c, given.get(c.key))) for c in stage.criteria)
        if told
        else (),
        comment=told.comment if told else "",
        recommended=told.recommended if told else None,
        submitted_at=told.submitted_at if told else None,
        struck_at=review.struck_at if review else None,
        struck_reason=review.struck_reason if review else None,
    )


def _mark(score: Score | None) -> str:
    if score is None or score.mark is None:
        return "–"
    return f"{score.mark.normalize():f}"


def _part(criterion: Criterion, score: Score | None) -> int:
    """How far up its scale the mark is, of 100, for a bar."""
    if score is None or score.mark is None:
        return 0
    return round(100 * criterion_for_scoring(criterion).merit(score.mark))


def _score(stage: ReviewStage, review: Review | None) -> str:
    if review is None:
        return ""
    rubric = [criterion_for_scoring(criterion) for criterion in stage.criteria]
    marks = {score.criterion.key: score.mark for score in review.scores}
    skipped = frozenset(score.criterion.key for score in review.scores if score.not_applicable)
    value = scoring.score_of_review(rubric, marks, missing=stage.missing_rule, not_applicable=skipped).value
    return "" if value is None else str(scoring.rounded(value, 2))


def ranking_csv(rows: Iterable[RankedEntry], stage: ReviewStage) -> str:
    """The ranking in the reader's language, scores to the four places that order it; opens in any office program."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(
        [
            _("Rank"), _("Nomination") if stage.is_jury else _("Proposal"), _("Group"), _("Score"), _("Deviation"), _("Lowest"), _("Highest"),
            _("Reviews"), _("Needed"), _("Remarks"),
        ]
    )  # fmt: skip
    for row in rows:
        writer.writerow([_safe(value) for value in _columns(row, stage)])
    return text.getvalue()


def _columns(row: RankedEntry, stage: ReviewStage) -> Sequence[object]:
    sums = row.aggregate
    return (
        "" if row.rank is None else row.rank,
        row.title,
        words(row.by),
        "" if sums.score is None else scoring.rounded(sums.score),
        "" if sums.sd is None else sums.sd.quantize(Decimal("0.0001")),
        "" if sums.lowest is None else scoring.rounded(sums.lowest),
        "" if sums.highest is None else scoring.rounded(sums.highest),
        sums.n,
        stage.reviews_per_entry,
        _("; ").join(remarks(row, stage)),
    )


def remarks(row: RankedEntry, stage: ReviewStage) -> list[str]:
    """What has to be said beside a score, in words."""
    sums = row.aggregate
    found = []
    if sums.provisional:
        found.append(_("provisional: %(n)s of %(needed)s reviews", n=sums.n, needed=stage.reviews_per_entry))
    names = {criterion.key: criterion.name for criterion in stage.criteria}
    found.extend(
        _(
            "below threshold: %(name)s %(value)s < %(floor)s",
            name=words(names[below.criterion]),
            value=scoring.rounded(below.value, 1),
            floor=below.floor,
        )
        for below in sums.below_floor
    )
    if row.passes is False and stage.pass_score is not None:
        found.append(_("under the pass mark of %(mark)s", mark=stage.pass_score))
    if sums.struck:
        found.append(_("%(n)s left out", n=len(sums.struck)))
    return found


def _safe(value: object) -> object:
    """A text that a spreadsheet would run as a formula is kept a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

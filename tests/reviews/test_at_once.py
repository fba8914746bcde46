"""A reviewer sends in while somebody keeps them out, or changes what is judged by, at the same moment."""

from __future__ import annotations

from decimal import Decimal

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.organisations.actions import conflicts
from grants.organisations.fields import ConflictKind
from grants.reviews.actions import assigning, stages, writing
from grants.reviews.fields import AssignmentState, ReviewState
from grants.reviews.models import Assignment, Criterion, Review
from grants.reviews.rules import CriterionDraft
from tests.at_once import overlap
from tests.reviews.scene import GOOD, NOW, Scene

WORDS = writing.Judgement(marks=GOOD, comment="需求扎实，指标有基线，建议支持。", recommended=True)

# Where the second could look only afterwards, it is not even theirs any more.
TOO_LATE = (("done", "IllegalTransition"), ("done", "Forbidden"))


def written(scene: Scene) -> None:
    """Dee has written all of the first entry, and not sent it in."""
    scene.assign(0, "dee")
    with scene.inside():
        writing.save(scene.assignment(0, "dee"), WORDS, version=0, by=scene.actor("dee"), at=NOW)


def test_a_review_sent_in_while_a_tie_comes_to_light_does_not_count(
    app: Flask, scene: Scene, rows: Session
) -> None:
    written(scene)
    dee, fay = scene.cast.actor("dee"), scene.cast.actor("fay")

    def tie() -> None:
        kind, body = ConflictKind.FAMILY, scene.organisations[0]
        conflicts.note_conflict(scene.cast.id("dee"), body, kind=kind, by=fay, at=NOW)

    outcomes = overlap(app, lambda: writing.submit(scene.assignment(0, "dee"), by=dee, at=NOW), tie)
    assert outcomes == ("done", "done")
    review = rows.scalars(select(Review)).one()
    assert (review.state, review.struck_at) == (ReviewState.SUBMITTED, NOW)
    assert rows.scalars(select(Assignment.state)).one() is AssignmentState.RECUSED


def test_nobody_sends_in_what_was_taken_from_them(app: Flask, scene: Scene, rows: Session) -> None:
    written(scene)
    dee, fay = scene.cast.actor("dee"), scene.cast.actor("fay")
    outcomes = overlap(
        app,
        lambda: assigning.withdraw(scene.assignment(0, "dee"), reason="换人", by=fay, at=NOW),
        lambda: writing.save(scene.assignment(0, "dee"), WORDS, version=1, by=dee, at=NOW),
    )
    assert outcomes in TOO_LATE
    assert rows.scalars(select(Review.state)).one() is ReviewState.DRAFT


def test_the_standard_stays_from_the_first_mark_on(app: Flask, scene: Scene, rows: Session) -> None:
    scene.assign(0, "dee")
    dee, fay = scene.cast.actor("dee"), scene.cast.actor("fay")
    anchors = {"1": {"zh-Hans": "弱"}, "5": {"zh-Hans": "强"}}
    other = CriterionDraft(
        "other", {"zh-Hans": "别的"}, Decimal(100), Decimal(1), Decimal(5), Decimal(1), anchors
    )
    outcomes = overlap(
        app,
        lambda: writing.save(scene.assignment(0, "dee"), WORDS, version=0, by=dee, at=NOW),
        lambda: stages.set_standard(scene.found_stage(), [other], by=fay, at=NOW),
    )
    assert outcomes == ("done", "RulesBroken")
    assert sorted(rows.scalars(select(Criterion.key))) == ["design", "need"]


def test_an_invitation_is_answered_or_withdrawn_never_both(app: Flask, scene: Scene, rows: Session) -> None:
    scene.assign(0, "dee", state="invited")
    dee, fay = scene.cast.actor("dee"), scene.cast.actor("fay")
    outcomes = overlap(
        app,
        lambda: assigning.withdraw(scene.assignment(0, "dee"), reason="换人", by=fay, at=NOW),
        lambda: assigning.accept(scene.assignment(0, "dee"), by=dee, at=NOW),
    )
    assert outcomes in TOO_LATE
    assert rows.scalars(select(Assignment.state)).one() is AssignmentState.WITHDRAWN

"""What officers and reviewers do, and what is refused: effects on the rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core import audit
from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken
from grants.core.events import TimelineEntry
from grants.core.policy import Actor, Held
from grants.obligations.models import Obligation
from grants.organisations.fields import ConflictKind, ConflictSource, ConflictState
from grants.organisations.models import Conflict
from grants.reviews.actions import assigning, writing
from grants.reviews.fields import AssignmentState, ReviewState
from grants.reviews.models import Assignment, Review, Score
from tests.reviews.scene import CLOSES, GOOD, NOW, OPENS, Scene


def codes(broken: pytest.ExceptionInfo[RulesBroken]) -> list[str]:
    return [violation.code for violation in broken.value.violations]


def tie(scene: Scene, name: str, number: int, state: ConflictState = ConflictState.CONFIRMED) -> None:
    """A tie that staff noted, straight in the table."""
    user_id = scene.cast.id(name)
    with scene.inside():
        db.session.add(
            Conflict(
                user_id=user_id,
                organisation_id=scene.organisations[number],
                kind=ConflictKind.ADVISER,
                source=ConflictSource.STAFF,
                state=state,
                declared_on=date(2026, 3, 23),
            )
        )


@pytest.mark.parametrize("state", [ConflictState.SUSPECTED, ConflictState.CONFIRMED])
def test_a_tied_person_is_never_asked(scene: Scene, rows: Session, state: ConflictState) -> None:
    tie(scene, "dee", 0, state)
    with pytest.raises(RulesBroken) as broken:
        scene.assign(0, "dee")
    assert "conflicted" in codes(broken)
    assert rows.scalar(select(func.count(Assignment.id))) == 0


def test_a_cleared_tie_keeps_nobody_out(scene: Scene) -> None:
    tie(scene, "dee", 0, ConflictState.CLEARED)
    assert scene.assign(0, "dee")


def test_a_tie_that_came_to_light_after_choosing_stops_the_asking(scene: Scene, rows: Session) -> None:
    scene.assign(0, "dee", state="proposed")
    tie(scene, "dee", 0)
    with pytest.raises(RulesBroken) as broken, scene.inside():
        assigning.invite(scene.found_stage(), by=scene.actor("fay"), at=NOW)
    assert codes(broken) == ["conflicted"]
    assert rows.scalar(select(Assignment.state)) is AssignmentState.PROPOSED


def test_an_ended_term_keeps_somebody_out_the_last_day_does_not(scene: Scene) -> None:
    scene.reviewer("bea", term_until=date(2026, 3, 30))
    scene.reviewer("gus", term_until=date(2026, 3, 29))
    assert scene.assign(0, "bea")
    with pytest.raises(RulesBroken) as broken:
        scene.assign(1, "gus")
    assert codes(broken) == ["term_over"]


def test_too_few_reviewers_or_outsiders_are_all_named(scene: Scene) -> None:
    scene.reviewer("gus", is_external=False)
    with scene.inside():
        stage = scene.found_stage()
        stage.reviews_per_entry, stage.external_minimum = 3, 2
    with pytest.raises(RulesBroken) as broken:
        scene.assign(0, "gus")
    assert codes(broken) == ["too_few_reviewers", "too_few_outsiders"]


def test_asking_opens_a_duty_and_sending_in_meets_it(scene: Scene, rows: Session) -> None:
    scene.assign(0, "dee", state="invited")
    duty = rows.scalars(select(Obligation)).one()
    assert (duty.kind, duty.owner_key, duty.due_at, duty.closed_at) == (
        "review",
        str(scene.cast.id("dee")),
        CLOSES,
        None,
    )
    rows.rollback()
    with scene.inside():
        assigning.accept(scene.assignment(0, "dee"), by=scene.actor("dee"), at=NOW)
    with scene.inside():
        judgement = writing.Judgement(marks=GOOD, comment="需求扎实，指标有基线，建议支持。")
        writing.save(scene.assignment(0, "dee"), judgement, version=0, by=scene.actor("dee"), at=NOW)
        writing.submit(scene.assignment(0, "dee"), by=scene.actor("dee"), at=NOW)
    rows.refresh(duty)
    assert duty.closed_at == NOW


def test_choosing_others_takes_back_who_has_not_begun_and_keeps_who_has(scene: Scene, rows: Session) -> None:
    scene.reviewer("bea")
    scene.reviewer("gus")
    scene.assign(0, "dee")
    scene.assign(0, "bea", state="invited")
    with scene.inside():
        assigning.choose(scene.found_entry(0), [scene.reviewers["gus"]], by=scene.actor("fay"), at=NOW)
    states = dict(rows.execute(select(Assignment.reviewer_id, Assignment.state)).all())
    assert states == {
        scene.reviewers["dee"]: AssignmentState.ACCEPTED,
        scene.reviewers["bea"]: AssignmentState.WITHDRAWN,
        scene.reviewers["gus"]: AssignmentState.PROPOSED,
    }
    assert rows.scalar(select(func.count(Obligation.id)).where(Obligation.closed_at.is_(None))) == 1


def test_declining_needs_a_reason_and_frees_the_place(scene: Scene, rows: Session) -> None:
    scene.assign(0, "dee", state="invited")
    with pytest.raises(RulesBroken) as broken, scene.inside():
        assigning.decline(scene.assignment(0, "dee"), reason=" ", by=scene.actor("dee"), at=NOW)
    assert codes(broken) == ["reason_missing"]
    with scene.inside():
        assigning.decline(scene.assignment(0, "dee"), reason="出差", by=scene.actor("dee"), at=NOW)
    row = rows.scalars(select(Assignment)).one()
    assert (row.state, row.reason, row.answered_at) == (AssignmentState.DECLINED, "出差", NOW)


def test_nobody_declines_what_they_have_sent_in(scene: Scene) -> None:
    scene.review(0, "dee")
    with pytest.raises(RulesBroken) as broken, scene.inside():
        assigning.decline(scene.assignment(0, "dee"), reason="后悔", by=scene.actor("dee"), at=NOW)
    assert codes(broken) == ["sent_in"]


def test_naming_a_tie_is_noted_for_every_body_behind_the_entry(scene: Scene, rows: Session) -> None:
    scene.assign(0, "dee", state="invited")
    with scene.inside():
        assigning.recuse(
            scene.assignment(0, "dee"),
            kind=ConflictKind.FAMILY,
            evidence="姐姐是会长",
            by=scene.actor("dee"),
            at=NOW,
        )
    assert rows.scalar(select(Assignment.state)) is AssignmentState.RECUSED
    noted = rows.execute(select(Conflict.user_id, Conflict.organisation_id, Conflict.kind)).all()
    assert noted == [(scene.cast.id("dee"), scene.organisations[0], ConflictKind.FAMILY)]
    assert rows.scalar(select(func.count(Obligation.id)).where(Obligation.closed_at.is_(None))) == 0


@pytest.mark.parametrize("mark", [Decimal(0), Decimal(6), Decimal("3.5"), Decimal(-1)])
def test_a_mark_outside_its_scale_is_refused_and_nothing_kept(
    scene: Scene, rows: Session, mark: Decimal
) -> None:
    scene.assign(0, "dee")
    with pytest.raises(RulesBroken) as broken, scene.inside():
        judgement = writing.Judgement(marks={"need": mark})
        writing.save(scene.assignment(0, "dee"), judgement, version=0, by=scene.actor("dee"), at=NOW)
    assert codes(broken) == ["mark_off_scale"]
    assert (rows.scalar(select(func.count(Review.id))), rows.scalar(select(func.count(Score.id)))) == (0, 0)


def test_marks_for_a_criterion_that_does_not_exist_are_refused(scene: Scene) -> None:
    scene.assign(0, "dee")
    with pytest.raises(RulesBroken) as broken, scene.inside():
        judgement = writing.Judgement(marks={"charm": Decimal(5)})
        writing.save(scene.assignment(0, "dee"), judgement, version=0, by=scene.actor("dee"), at=NOW)
    assert codes(broken) == ["unknown_criterion"]


def test_a_draft_keeps_what_is_there_and_a_second_window_overwrites_nothing(
    scene: Scene, rows: Session
) -> None:
    scene.assign(0, "dee")

    def save(marks: dict[str, Decimal], version: int) -> int:
        with scene.inside():
            judgement = writing.Judgement(marks=marks, comment="初稿")
            return writing.save(
                scene.assignment(0, "dee"),
                judgement,
                version=version,
                by=scene.actor("dee"),
                at=NOW + timedelta(seconds=version),
            ).version

    first = save({"need": Decimal(3)}, 0)
    with pytest.raises(writing.StaleReview):
        save({"need": Decimal(1)}, 0)
    second = save({"need": Decimal(4)}, first)
    assert second == first + 1
    assert rows.scalars(select(Score.mark).order_by(Score.id)).all() == [Decimal(4), None]


@pytest.mark.parametrize("at", [OPENS - timedelta(milliseconds=1), CLOSES + timedelta(milliseconds=1)])
def test_out_of_its_time_nothing_is_written_or_sent_in(scene: Scene, at: object) -> None:
    scene.assign(0, "dee")
    with pytest.raises(RulesBroken), scene.inside():
        writing.save(
            scene.assignment(0, "dee"), writing.Judgement(marks=GOOD), version=0, by=scene.actor("dee"), at=at
        )  # type: ignore[arg-type]


def test_at_the_closing_instant_a_review_is_in(scene: Scene, rows: Session) -> None:
    scene.assign(0, "dee")
    with scene.inside():
        judgement = writing.Judgement(marks=GOOD, comment="需求扎实，指标有基线，建议支持。")
        writing.save(scene.assignment(0, "dee"), judgement, version=0, by=scene.actor("dee"), at=CLOSES)
        writing.submit(scene.assignment(0, "dee"), by=scene.actor("dee"), at=CLOSES)
    assert rows.scalar(select(Review.submitted_at)) == CLOSES


def test_sending_in_names_everything_unfinished(scene: Scene) -> None:
    scene.assign(0, "dee")
    with scene.inside():
        writing.save(
            scene.assignment(0, "dee"), writing.Judgement(marks={}), version=0, by=scene.actor("dee"), at=NOW
        )
    with pytest.raises(RulesBroken) as broken, scene.inside():
        writing.submit(scene.assignment(0, "dee"), by=scene.actor("dee"), at=NOW)
    assert [(v.code, v.field) for v in broken.value.violations] == [
        ("unmarked", "mark-need"),
        ("unmarked", "mark-design"),
        ("comment_missing", "comment"),
    ]


def test_a_review_is_sent_in_once_and_never_changed(scene: Scene, rows: Session) -> None:
    scene.review(0, "dee")
    with pytest.raises(IllegalTransition), scene.inside():
        writing.save(
            scene.assignment(0, "dee"),
            writing.Judgement(marks=GOOD),
            version=2,
            by=scene.actor("dee"),
            at=NOW,
        )
    with pytest.raises(IllegalTransition), scene.inside():
        writing.submit(scene.assignment(0, "dee"), by=scene.actor("dee"), at=NOW)
    assert rows.scalar(select(Review.state)) is ReviewState.SUBMITTED


def test_somebody_else_can_neither_answer_nor_write(scene: Scene) -> None:
    scene.reviewer("bea")
    scene.assign(0, "dee")
    for name in ("bea", "fay", "ada"):
        with pytest.raises(Forbidden), scene.inside():
            writing.save(
                scene.assignment(0, "dee"),
                writing.Judgement(marks=GOOD),
                version=0,
                by=scene.actor(name),
                at=NOW,
            )


def test_a_tied_person_cannot_write_even_with_an_accepted_assignment(scene: Scene, rows: Session) -> None:
    scene.assign(0, "dee")
    wall = Held("conflicted", "organisation", str(scene.organisations[0]))
    walled = Actor(scene.cast.id("dee"), "Dee", (Held("reviewer"), wall))
    with pytest.raises(Forbidden), scene.inside():
        writing.save(scene.assignment(0, "dee"), writing.Judgement(marks=GOOD), version=0, by=walled, at=NOW)
    assert rows.scalar(select(func.count(Review.id))) == 0


def test_striking_needs_a_reason_and_leaves_a_trace(scene: Scene, rows: Session) -> None:
    scene.review(0, "dee")
    with pytest.raises(RulesBroken), scene.inside():
        writing.strike(scene.assignment(0, "dee"), note="  ", by=scene.actor("fay"), at=NOW)
    with scene.inside():
        writing.strike(scene.assignment(0, "dee"), note="抄自另一份", by=scene.actor("fay"), at=NOW)
    review = rows.scalars(select(Review)).one()
    assert (review.struck_at, review.state, review.comment != "") == (NOW, ReviewState.SUBMITTED, True)
    trace = rows.scalars(select(audit.AuditEntry).where(audit.AuditEntry.verb == "strike")).one()
    assert (trace.note, trace.actor_id) == ("抄自另一份", scene.cast.id("fay"))
    with pytest.raises(IllegalTransition), scene.inside():
        writing.strike(scene.assignment(0, "dee"), note="再一次", by=scene.actor("fay"), at=NOW)


def test_every_move_leaves_an_audit_entry_and_a_line_on_the_timeline(scene: Scene, rows: Session) -> None:
    scene.review(0, "dee")
    verbs = rows.scalars(
        select(audit.AuditEntry.verb)
        .where(audit.AuditEntry.subject_type.in_(("assignment", "review")))
        .order_by(audit.AuditEntry.number)
    ).all()
    assert verbs == ["propose", "invite", "accept", "submit"]
    told = rows.scalars(
        select(TimelineEntry.kind).where(TimelineEntry.case == "proposal/100").order_by(TimelineEntry.id)
    ).all()
    assert told == ["ReviewerAsked", "ReviewSubmitted"]

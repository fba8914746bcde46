"""Hard rule 3 and 14: whoever has a tie to a group is told about its entry exactly what is told about nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.db import db
from grants.core.errors import RulesBroken
from grants.core.events import publish
from grants.core.policy import Actor, Held, permits
from grants.obligations.models import Obligation
from grants.organisations.actions import conflicts
from grants.organisations.events import MemberJoined
from grants.organisations.fields import ConflictKind, ConflictState, MemberRole
from grants.organisations.models import Conflict, Membership
from grants.reviews.fields import AssignmentState, Struck
from grants.reviews.models import Assignment, Entry, Review, ReviewStage
from grants.reviews.queries import loading, progress
from grants.reviews.queries.pile import own_marks, pile
from grants.reviews.queries.ranking import ranking
from tests.cast import Browser
from tests.reviews.scene import NOW, Scene

SignIn = Callable[[str], Browser]
TITLES = ("暖巷敲门", "江岸拾光", "榕荫课堂")


def note(scene: Scene, name: str, number: int) -> None:
    """Staff learn of a tie, through the action that they use."""
    with scene.inside():
        conflicts.note_conflict(
            scene.cast.id(name),
            scene.organisations[number],
            kind=ConflictKind.FAMILY,
            by=scene.actor("fay"),
            at=NOW,
        )


def test_a_tie_noted_afterwards_strikes_the_review_and_ends_the_work(scene: Scene, rows: Session) -> None:
    scene.review(0, "dee")
    scene.assign(1, "dee")
    note(scene, "dee", 0)
    review = rows.scalars(select(Review)).one()
    assert (review.struck_at, review.struck_reason) == (NOW, Struck.CONFLICT)
    states = rows.scalars(select(Assignment.state).order_by(Assignment.id)).all()
    assert states == [AssignmentState.RECUSED, AssignmentState.ACCEPTED]
    with scene.inside():
        found = ranking(scene.found_stage(), seen_by=scene.actor("fay"))
    assert [(row.title, row.aggregate.n) for row in found if row.title == TITLES[0]] == [(TITLES[0], 0)]


def test_a_tie_noted_before_the_answer_takes_the_question_away(scene: Scene, rows: Session) -> None:
    scene.assign(0, "dee", state="invited")
    note(scene, "dee", 0)
    assert rows.scalar(select(Assignment.state)) is AssignmentState.RECUSED
    assert rows.scalar(select(func.count(Obligation.id)).where(Obligation.closed_at.is_(None))) == 0


def test_a_score_counts_nowhere_even_where_the_strike_was_never_written(scene: Scene) -> None:
    scene.review(0, "dee")
    with scene.inside():
        db.session.add(
            Conflict(
                user_id=scene.cast.id("dee"),
                organisation_id=scene.organisations[0],
                kind=ConflictKind.OTHER,
                source="staff",
                state=ConflictState.SUSPECTED,
                declared_on=NOW.date(),
            )
        )
    with scene.inside():
        rows = ranking(scene.found_stage(), seen_by=scene.actor("fay"))
        assert {row.title: row.aggregate.n for row in rows}[TITLES[0]] == 0
        assert scene.cast.id("dee") not in loading.readers_of("proposal", 100)


def test_a_member_of_the_group_is_found_out_when_chosen_and_again_allowed_when_cleared(
    scene: Scene, rows: Session
) -> None:
    """Nobody declared anything: the pool is compared with who stands behind the entry."""
    with scene.inside():
        db.session.add(
            Membership(
                organisation_id=scene.organisations[0],
                user_id=scene.cast.id("dee"),
                role=MemberRole.VIEWER,
                from_on=NOW.date(),
            )
        )
    with pytest.raises(RulesBroken) as kept_out:
        scene.assign(0, "dee")
    assert str(kept_out.value).startswith("Dee")
    with scene.inside():
        behind = scene.organisations[0]
        found = conflicts.detect_conflicts([scene.cast.id("dee")], [behind], by=scene.actor("fay"), at=NOW)
        conflicts.clear_conflict(found[0], by=scene.actor("fay"), at=NOW)
    assert scene.assign(0, "dee")


def test_a_reviewer_who_joins_the_group_later_meets_the_wall_at_once(scene: Scene, rows: Session) -> None:
    scene.review(0, "dee")
    joined = {"organisation_id": scene.organisations[0], "user_id": scene.cast.id("dee"), "name": "Dee"}
    with scene.inside():
        db.session.add(
            Membership(
                organisation_id=joined["organisation_id"],
                user_id=joined["user_id"],
                role=MemberRole.VIEWER,
                from_on=NOW.date(),
            )
        )
        db.session.flush()
        publish(MemberJoined(occurred_at=NOW, actor_id=None, case="organisation/1", role="viewer", **joined))
    assert rows.scalar(select(Conflict.state)) is ConflictState.SUSPECTED
    assert rows.scalar(select(Review.struck_reason)) is Struck.CONFLICT


WALLS = st.sets(st.integers(0, 2))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walls=WALLS)
def test_every_query_answers_as_if_the_entry_were_absent(scene: Scene, walls: set[int]) -> None:
    """For an officer and for a reviewer, with any set of ties: rows, counts, ranks and bars."""
    if not scene.reviewers.get("bea"):
        scene.reviewer("bea")
        for number, marks in enumerate((5, 4, 2)):
            scene.review(number, "bea", {"need": Decimal(marks), "design": Decimal(marks)})
    held = tuple(Held("conflicted", "organisation", str(scene.organisations[number])) for number in walls)
    officer = Actor(scene.cast.id("fay"), "Fay", (Held("director"), *held))
    judge = Actor(scene.cast.id("bea"), "Bea", (Held("reviewer"), *held))
    open_ones = {TITLES[number] for number in range(3) if number not in walls}
    with scene.inside():
        stage = scene.found_stage()
        ranked = ranking(stage, seen_by=officer)
        shown = progress.progress(stage, seen_by=officer, at=NOW)
        listed = progress.stages(loading.stages_visible_to(officer), seen_by=officer)
        mine = pile(loading.visible_to(judge), at=NOW)
        readable = db.session.scalars(loading.visible_entries(judge)).all()
        assert {row.title for row in ranked} == open_ones
        assert [row.rank for row in ranked] == list(range(1, len(open_ones) + 1))
        assert {row.title for row in shown.entries} == open_ones
        assert (shown.done, listed[0].entries, listed[0].done) == (len(open_ones),) * 3
        assert {item.title for item in mine.items} == open_ones
        assert {entry.title for entry in readable} == open_ones
        for number in range(3):
            assignment = scene.assignment(number, "bea")
            bars = own_marks(assignment, visible=loading.visible_to(judge))
            others = [n for n in range(3) if n not in walls and n != number]
            assert sum(bars["need"].values() if "need" in bars else ()) == len(others)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walls=WALLS, roles=st.sets(st.sampled_from(["director", "officer", "auditor", "reviewer", "awards"])))
def test_the_policy_and_its_twin_in_sql_agree(scene: Scene, walls: set[int], roles: set[str]) -> None:
    if not scene.entries or "bea" not in scene.reviewers:
        scene.reviewer("bea")
        scene.assign(0, "bea")
        scene.assign(1, "bea", state="invited")
    held = tuple(Held("conflicted", "organisation", str(scene.organisations[number])) for number in walls)
    for name in ("bea", "dee"):
        actor = Actor(scene.cast.id(name), name, (*(Held(role) for role in sorted(roles)), *held))
        with scene.inside():
            everything = db.session.scalars(select(Assignment.public_id)).all()
            allowed = {
                key
                for key in everything
                if permits(actor, "assignment.view", loading.assignment_by_public_id(key))
            }
            assert {row.public_id for row in db.session.scalars(loading.visible_to(actor))} == allowed
            stages = {row.id for row in db.session.scalars(loading.stages_visible_to(actor))}
            whole = db.session.scalars(select(ReviewStage)).all()
            assert stages == {row.id for row in whole if permits(actor, "review_stage.view", row)}


def test_no_page_of_an_officer_with_a_tie_differs_from_one_without_the_entry(
    scene: Scene, sign_in: SignIn, rows: Session
) -> None:
    """Otis is tied to the first group. For Olu the first entry is truly taken out: their pages are the same."""
    for number in range(3):
        scene.review(number, "dee")
    note(scene, "otis", 0)
    keys = rows.scalars(select(Entry.public_id).order_by(Entry.id)).all()
    stage = rows.scalar(select(ReviewStage.public_id))
    paths = ["/reviews/stages", f"/reviews/stages/{stage}", f"/reviews/stages/{stage}/ranking"]
    hidden = {path: bare(sign_in("otis").page(path)) for path in paths}
    sheet = sign_in("otis").get(f"/reviews/stages/{stage}/ranking.csv").text
    gone = sign_in("otis").page(f"/reviews/entries/{keys[0]}", status=404)
    with scene.inside():
        scene.found_entry(0).withdrawn_at = NOW
    absent = {path: bare(sign_in("olu").page(path)) for path in paths}
    assert hidden == absent
    assert sheet == sign_in("olu").get(f"/reviews/stages/{stage}/ranking.csv").text
    missing = sign_in("otis").page("/reviews/entries/0000000000000000", status=404)
    assert gone == missing.replace("0000000000000000", keys[0])


def bare(page: str) -> str:
    """Without the reader's name and the tokens of the forms."""
    page = re.sub(r'name="csrf_token"[^>]*', "", page)
    return re.sub(r"Otis|Olu", "Somebody", page).split("<main", 1)[1]


@pytest.mark.parametrize("name", ["bea", "ada", "aud"])
def test_who_does_not_judge_it_now_reads_no_file_through_judging(scene: Scene, name: str) -> None:
    scene.review(0, "dee")
    with scene.inside():
        readers = loading.readers_of("proposal", 100)
        assert scene.cast.id("dee") in readers
        assert scene.cast.id(name) not in readers

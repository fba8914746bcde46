"""The pages of judging over HTTP: the question first, the bench, the officer's round; nothing for those kept out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.reviews.fields import AssignmentState, ReviewState
from grants.reviews.models import Assignment, Review, ReviewStage, Score
from tests.cast import Browser
from tests.reviews.scene import Scene
from tests.reviews.test_actions import tie

SignIn = Callable[[str], Browser]
JSON = {"Accept": "application/json"}
FULL = {
    "mark-need": "4",
    "mark-design": "5",
    "comment": "需求扎实，指标有基线，建议支持。",
    "recommended": "yes",
}


def test_an_empty_pile_says_what_will_come(scene: Scene, sign_in: SignIn) -> None:
    assert "Nothing to review now" in sign_in("dee").page("/reviews")


def test_the_pile_is_for_reviewers(scene: Scene, sign_in: SignIn) -> None:
    sign_in("ada").page("/reviews", status=404)


def test_nothing_of_the_content_is_shown_before_the_answer(scene: Scene, sign_in: SignIn) -> None:
    public_id = scene.assign(0, "dee", state="invited")
    page = sign_in("dee").page(f"/reviews/{public_id}")
    assert "Do you have any tie" in page
    assert "mark-need" not in page
    assert "42000" not in page


def test_answering_none_opens_the_bench(scene: Scene, sign_in: SignIn, rows: Session) -> None:
    public_id = scene.assign(0, "dee", state="invited")
    dee = sign_in("dee")
    answer = dee.send(
        f"/reviews/{public_id}/answer", {"answer": "none", "kind": "other"}, follow_redirects=True
    )
    assert answer.status_code == 200
    assert 'name="mark-need"' in answer.text
    assert rows.scalar(select(Assignment.state)) is AssignmentState.ACCEPTED


def test_an_answer_without_a_choice_is_asked_again(scene: Scene, sign_in: SignIn) -> None:
    public_id = scene.assign(0, "dee", state="invited")
    assert sign_in("dee").send(f"/reviews/{public_id}/answer", {"kind": "other"}).status_code == 422


def test_whoever_names_a_tie_meets_a_wall_everywhere(scene: Scene, sign_in: SignIn) -> None:
    public_id = scene.assign(0, "dee", state="invited")
    scene.assign(1, "dee")
    dee = sign_in("dee")
    answer = dee.send(f"/reviews/{public_id}/answer", {"answer": "tie", "kind": "family", "evidence": "姐姐"})
    assert (answer.status_code, answer.location) == (303, "/reviews")
    pile = dee.page("/reviews")
    assert "暖巷敲门" not in pile
    assert "0 of 1 are in" in pile
    absent = dee.page("/reviews/0000000000000000", status=404)
    for path in (f"/reviews/{public_id}", f"/reviews/{public_id}/tie"):
        assert dee.page(path, status=404) == absent.replace("0000000000000000", public_id).replace(
            f"/reviews/{public_id}", path
        )


def test_who_cannot_do_it_says_why(scene: Scene, sign_in: SignIn, rows: Session) -> None:
    public_id = scene.assign(0, "dee", state="invited")
    dee = sign_in("dee")
    values = {"answer": "cannot", "kind": "other"}
    assert dee.send(f"/reviews/{public_id}/answer", values).status_code == 422
    assert dee.send(f"/reviews/{public_id}/answer", values | {"reason": "出差"}).status_code == 303
    assert rows.scalar(select(Assignment.state)) is AssignmentState.DECLINED


def test_marks_save_themselves_and_tell_the_score(scene: Scene, sign_in: SignIn, rows: Session) -> None:
    public_id = scene.assign(0, "dee")
    dee = sign_in("dee")
    answer = dee.send(f"/reviews/{public_id}/draft", {"version": "0", "mark-need": "4"}, headers=JSON)
    assert answer.status_code == 200
    assert (answer.json["version"], answer.json["errors"]) == (1, {})
    assert answer.json["totals"] == {"score": "75.0", "left": "1 mark to go"}
    assert rows.scalars(select(Score.mark).order_by(Score.id)).all() == [Decimal(4), None]


def test_a_stale_save_answers_409_with_what_stands_there(
    scene: Scene, sign_in: SignIn, rows: Session
) -> None:
    public_id = scene.assign(0, "dee")
    dee = sign_in("dee")
    dee.send(
        f"/reviews/{public_id}/draft", {"version": "0", "mark-need": "4", "comment": "先前"}, headers=JSON
    )
    answer = dee.send(f"/reviews/{public_id}/draft", {"version": "0", "mark-need": "1"}, headers=JSON)
    assert answer.status_code == 409
    assert (answer.json["version"], answer.json["values"]["mark-need"], answer.json["values"]["comment"]) == (
        1,
        "4",
        "先前",
    )
    assert rows.scalar(select(Score.mark).order_by(Score.id)) == Decimal(4)


@pytest.mark.parametrize("wrong", ["9", "4.5", "-1", "NaN", "Infinity", "1e3", "四", "4" * 5000, "\x00"])
def test_a_mark_off_its_scale_is_refused_in_words(
    scene: Scene, sign_in: SignIn, rows: Session, wrong: str
) -> None:
    public_id = scene.assign(0, "dee")
    answer = sign_in("dee").send(
        f"/reviews/{public_id}/draft", {"version": "0", "mark-need": wrong}, headers=JSON
    )
    if wrong == "\x00":
        assert answer.status_code == 200
        return
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["mark-need"]
    assert rows.scalar(select(func.count(Review.id))) == 0


@pytest.mark.parametrize("version", ["", "x", "-1", str(2**70)])
def test_a_strange_version_is_refused(scene: Scene, sign_in: SignIn, version: str) -> None:
    public_id = scene.assign(0, "dee")
    answer = sign_in("dee").send(f"/reviews/{public_id}/draft", {"version": version}, headers=JSON)
    assert answer.status_code == 422


def test_a_comment_that_is_too_long_is_kept_told_and_not_sent_in(
    scene: Scene, sign_in: SignIn, rows: Session
) -> None:
    public_id = scene.assign(0, "dee")
    dee = sign_in("dee")
    long = "好" * 4001
    answer = dee.send(f"/reviews/{public_id}/draft", {"version": "0", "comment": long}, headers=JSON)
    assert (answer.status_code, list(answer.json["errors"])) == (200, ["comment"])
    refused = dee.send(f"/reviews/{public_id}", FULL | {"version": "1", "comment": long, "do": "send"})
    assert refused.status_code == 422
    assert long in refused.text
    assert rows.scalar(select(Review.state)) is ReviewState.DRAFT


def test_without_script_saving_and_sending_in_work(scene: Scene, sign_in: SignIn, rows: Session) -> None:
    public_id = scene.assign(0, "dee")
    dee = sign_in("dee")
    saved = dee.send(f"/reviews/{public_id}", {"version": "0", "mark-need": "4", "do": "save"})
    assert (saved.status_code, saved.location) == (303, f"/reviews/{public_id}")
    sent = dee.send(f"/reviews/{public_id}", FULL | {"version": "1", "do": "send"}, follow_redirects=True)
    assert "Your review of “暖巷敲门” is in" in sent.text
    assert rows.scalar(select(Review.state)) is ReviewState.SUBMITTED
    assert "disabled" in dee.page(f"/reviews/{public_id}")


def test_sending_in_unfinished_names_everything_and_keeps_what_was_typed(
    scene: Scene, sign_in: SignIn
) -> None:
    public_id = scene.assign(0, "dee")
    answer = sign_in("dee").send(
        f"/reviews/{public_id}", {"version": "0", "mark-need": "2", "comment": "短", "do": "send"}
    )
    assert answer.status_code == 422
    for said in ("Feasibility has no mark yet.", "Write a sentence or two"):
        assert said in answer.text
    assert 'value="2" checked' in answer.text


def test_a_second_send_answers_409(scene: Scene, sign_in: SignIn) -> None:
    public_id = scene.review(0, "dee")
    answer = sign_in("dee").send(f"/reviews/{public_id}", FULL | {"version": "2", "do": "send"})
    assert answer.status_code == 409


def test_the_bench_shows_my_other_marks_quietly(scene: Scene, sign_in: SignIn) -> None:
    scene.review(1, "dee", {"need": Decimal(2), "design": Decimal(3)})
    public_id = scene.assign(0, "dee")
    assert "Your other marks: 1 with 2" in sign_in("dee").page(f"/reviews/{public_id}")


def test_strangers_and_other_reviewers_cannot_tell_an_assignment_exists(
    scene: Scene, sign_in: SignIn
) -> None:
    scene.reviewer("bea")
    public_id = scene.assign(0, "dee")
    for name in ("ada", "bea", "fay"):
        browser = sign_in(name)
        browser.page(f"/reviews/{public_id}", status=404)
        assert browser.send(f"/reviews/{public_id}/draft", {"version": "0"}).status_code == 404


def stage_address(rows: Session) -> str:
    return f"/reviews/stages/{rows.scalar(select(ReviewStage.public_id))}"


def test_the_officer_sees_who_was_asked_and_invites(scene: Scene, sign_in: SignIn, rows: Session) -> None:
    scene.assign(0, "dee", state="proposed")
    olu = sign_in("olu")
    page = olu.page(stage_address(rows))
    assert "chosen, not asked" in page
    answer = olu.send(f"{stage_address(rows)}/invite", follow_redirects=True)
    assert "One reviewer was asked." in answer.text


def test_choosing_by_hand_explains_every_candidate(scene: Scene, sign_in: SignIn, rows: Session) -> None:
    scene.reviewer("bea", expertise=["science"], is_external=False)
    tie(scene, "dee", 0)
    with scene.inside():
        address = f"/reviews/entries/{scene.found_entry(0).public_id}"
    olu = sign_in("olu")
    page = olu.page(address)
    assert "a tie to the people behind it: must not be asked" in page
    assert "another field" in page
    refused = olu.send(address, {"reviewers": str(scene.reviewers["dee"])})
    assert refused.status_code == 422
    assert "Dee has a tie to the people behind it." in refused.text
    assert olu.send(address, {"reviewers": str(scene.reviewers["bea"])}).status_code == 303
    assert olu.send(address, {"reviewers": "99999"}).status_code == 422
    assert olu.send(address, {"reviewers": "drop table"}).status_code == 422


def test_striking_asks_for_a_reason(scene: Scene, sign_in: SignIn, rows: Session) -> None:
    public_id = scene.review(0, "dee")
    olu = sign_in("olu")
    olu.page(f"/reviews/assignments/{public_id}/strike")
    assert olu.send(f"/reviews/assignments/{public_id}/strike", {"note": ""}).status_code == 422
    assert olu.send(f"/reviews/assignments/{public_id}/strike", {"note": "抄袭"}).status_code == 303
    assert rows.scalar(select(Review.struck_at)) is not None


def test_the_ranking_and_its_file_say_the_same(scene: Scene, sign_in: SignIn, rows: Session) -> None:
    scene.review(0, "dee")
    olu = sign_in("olu")
    page = olu.page(f"{stage_address(rows)}/ranking")
    assert "90.00" in page
    answer = olu.get(f"{stage_address(rows)}/ranking.csv")
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert lines[1].startswith("1,暖巷敲门,org0,90.0000,,90.0000,90.0000,1,1,")
    assert lines[2].split(",")[0] == ""


def test_the_auditor_reads_and_changes_nothing(scene: Scene, sign_in: SignIn, rows: Session) -> None:
    public_id = scene.review(0, "dee")
    aud = sign_in("aud")
    aud.page("/reviews/stages")
    aud.page(stage_address(rows))
    assert aud.send(f"{stage_address(rows)}/invite").status_code == 403
    assert aud.send(f"/reviews/assignments/{public_id}/strike", {"note": "x"}).status_code == 404


def test_reviewers_and_groups_find_no_stage(scene: Scene, sign_in: SignIn, rows: Session) -> None:
    for name in ("dee", "ada", "bea"):
        sign_in(name).page(stage_address(rows), status=404)
        sign_in(name).page("/reviews/stages", status=404)


def test_the_list_of_stages_counts(scene: Scene, sign_in: SignIn) -> None:
    scene.review(0, "dee")
    scene.assign(1, "dee")
    page = sign_in("olu").page("/reviews/stages")
    cells = [part.split("<")[0] for part in page.split('class="num">')[1:]]
    assert cells[-3:] == ["3", "2", "1"]

"""The pages of deciding over HTTP: the table, what a change would come to, the board's page, and who sees neither."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.db import db
from grants.core.unit_of_work import unit_of_work
from grants.decisions import panels
from grants.decisions.fields import DecisionState, MeetingState, Vote
from grants.decisions.models import BoardMeeting, BoardVote, Decision
from grants.notices.models import Notice
from grants.proposals.models import Proposal
from grants.reviews.fields import Struck
from grants.reviews.models import Review
from tests.cast import Browser
from tests.decisions.scene import NOW, TODAY, House
from tests.decisions.test_actions import outcomes, tie

SignIn = Callable[[str], Browser]


def typed(house: House, **rows: tuple[str, str, str]) -> dict[str, str]:
    """Fields of the form; `r0=("fund", "38000", "")`."""
    found: dict[str, str] = {"do": "save"}
    for name, (outcome, amount, reason) in rows.items():
        key = house.keys[int(name[1:])]
        found |= {
            f"outcome-{key}": outcome,
            f"amount-{key}": amount,
            f"reason-{key}": reason,
            f"version-{key}": "0",
        }
    return found


def test_the_table_shows_the_ranking_and_where_the_money_ends(house: House, sign_in: SignIn) -> None:
    page = sign_in("olu").page(f"{house.address()}/decisions")
    places = [
        page.index(title) for title in ("暖巷敲门", "江岸拾光", "data-cut-line", "榕荫课堂", "山径零废")
    ]
    assert places == sorted(places)
    assert "4 proposals are not decided yet." in page


def test_the_table_is_saved_and_shown_again(house: House, sign_in: SignIn, rows: Session) -> None:
    olu = sign_in("olu")
    sent = typed(house, r0=("fund", "38,000", ""), r1=("reserve", "30000", "候补"), r2=("", "50000", ""))
    answer = olu.send(f"{house.address()}/decisions", sent, follow_redirects=True)
    assert (answer.status_code, "2 rows were changed." in answer.text) == (200, True)
    assert [(outcome.value, amount) for outcome, amount in outcomes(rows)] == [
        ("fund", "38000.00"),
        ("reserve", "0.00"),
    ]


@pytest.mark.parametrize("amount", ["", "四万", "-5", "1e9", "NaN", "9" * 40, "38000.001", "99999999"])
def test_an_amount_that_makes_no_sense_is_told_at_its_field(
    house: House, sign_in: SignIn, rows: Session, amount: str
) -> None:
    answer = sign_in("olu").send(f"{house.address()}/decisions", typed(house, r0=("fund", amount, "")))
    assert answer.status_code == 422
    assert f'id="amount-{house.keys[0]}-error"' in answer.text
    assert outcomes(rows) == []


def test_strange_fields_change_nothing(house: House, sign_in: SignIn, rows: Session) -> None:
    sent = {"do": "bulk-fund", "pick": "nothing", "outcome-x": "fund", "version-x": "x", "amount-x": "1"}
    assert sign_in("olu").send(f"{house.address()}/decisions", sent).status_code == 303
    assert outcomes(rows) == []


def test_a_stale_row_answers_409_and_shows_what_was_typed(
    house: House, sign_in: SignIn, rows: Session
) -> None:
    house.propose(house.decided()[0])
    answer = sign_in("otis").send(f"{house.address()}/decisions", typed(house, r0=("fund", "21000", "")))
    assert answer.status_code == 409
    assert 'value="21000"' in answer.text
    assert outcomes(rows)[0][1] == "38000.00"


def test_picked_rows_get_one_outcome(house: House, sign_in: SignIn, rows: Session) -> None:
    sent = typed(house, r0=("", "40000", ""), r1=("", "25000", ""))
    sent |= {"do": "bulk-fund", "pick": house.keys[1]}
    assert sign_in("olu").send(f"{house.address()}/decisions", sent).status_code == 303
    assert outcomes(rows) == [("fund", "25000.00")]


def test_the_figures_react_without_anything_being_kept(house: House, sign_in: SignIn, rows: Session) -> None:
    sent = typed(
        house,
        r0=("fund", "40000", ""),
        r1=("fund", "30000", ""),
        r2=("fund", "50000", ""),
        r3=("decline", "", ""),
    )
    answer = sign_in("olu").send(f"{house.address()}/decisions/preview", sent)
    assert answer.status_code == 200
    assert "¥120,000" in answer.text
    assert "¥40,000.00 is too much" in answer.text
    assert f'data-cut="{house.keys[2]}"' in answer.text
    assert rows.scalar(select(func.count(Decision.id))) == 0


def test_whoever_has_a_tie_sees_the_table_without_the_row(house: House, sign_in: SignIn) -> None:
    house.propose()
    tie(house, "otis", 0)
    page = sign_in("otis").page(f"{house.address()}/decisions")
    assert "暖巷敲门" not in page
    assert house.keys[0] not in page
    assert "¥68,000" not in page
    assert "暖巷敲门" not in sign_in("otis").page(f"{house.address()}/board")


def test_strangers_groups_and_reviewers_find_neither_page(house: House, sign_in: SignIn) -> None:
    for name in ("ada", "dee", "cy"):
        for page in ("decisions", "board"):
            sign_in(name).page(f"{house.address()}/{page}", status=404)


def test_the_auditor_and_the_board_read_and_cannot_write(house: House, sign_in: SignIn) -> None:
    for name in ("aud", "bea"):
        browser = sign_in(name)
        assert 'name="do"' not in browser.page(f"{house.address()}/decisions")
        sent = typed(house, r0=("fund", "38000", ""))
        assert browser.send(f"{house.address()}/decisions", sent).status_code == 403


def test_the_whole_way_through_the_pages(house: House, sign_in: SignIn, rows: Session) -> None:
    olu, bea, gus = sign_in("olu"), sign_in("bea"), sign_in("gus")
    board = f"{house.address()}/board"
    house.propose()
    plan = {"held_on": TODAY.isoformat(), "seats": "3", "quorum": "2", "chair": str(house.cast.id("bea"))}
    assert olu.send(board, plan).status_code == 303
    assert olu.send(f"{board}/put").status_code == 303
    assert "Do you agree to the table" in bea.page(board)
    assert bea.send(f"{board}/vote", {"vote": Vote.FOR}).status_code == 303
    assert gus.send(f"{board}/vote", {"vote": "maybe"}).status_code == 422
    assert gus.send(f"{board}/vote", {"vote": Vote.FOR}).status_code == 303
    early = bea.send(f"{board}/approve")
    assert (early.status_code, "File the minutes with their number first." in early.text) == (422, True)
    pdf = olu.get(f"{board}/minutes.pdf")
    assert (pdf.status_code, pdf.data[:5]) == (200, b"%PDF-")
    paper = {
        "minutes_number": "理会纪〔2026〕4号",
        "resolution": "同意",
        "file": (BytesIO(pdf.data), "minutes.pdf"),
    }
    assert olu.send(f"{board}/minutes", paper, content_type="multipart/form-data").status_code == 303
    assert "The filed minutes" in bea.page(board)
    approved = bea.send(f"{board}/approve", follow_redirects=True)
    assert "the public notice is out" in approved.text
    assert rows.scalar(select(BoardMeeting.state)) is MeetingState.APPROVED
    assert rows.scalar(select(func.count(Notice.id))) == 1
    rows.rollback()
    assert olu.send(f"{house.address()}/decisions/release").status_code == 303
    assert rows.scalars(select(Decision.state).distinct()).all() == [DecisionState.RELEASED]
    assert olu.send(f"{house.address()}/decisions/release").status_code == 409


def test_minutes_without_a_file_or_with_a_lying_one_are_refused(
    house: House, sign_in: SignIn, rows: Session
) -> None:
    house.before_the_board()
    olu = sign_in("olu")
    board = f"{house.address()}/board/minutes"
    assert olu.send(board, {"minutes_number": "4号"}).status_code == 422
    lying = {"minutes_number": "4号", "file": (BytesIO(b"MZ\x90\x00" * 50), "minutes.pdf")}
    assert olu.send(board, lying, content_type="multipart/form-data").status_code == 422
    assert rows.scalar(select(BoardMeeting.minutes_document_id)) is None


def test_wrong_states_answer_409(house: House, sign_in: SignIn) -> None:
    house.propose()
    house.convene()
    board = f"{house.address()}/board"
    assert sign_in("bea").send(f"{board}/vote", {"vote": Vote.FOR}).status_code == 409
    assert sign_in("bea").send(f"{board}/approve").status_code == 409
    house.put()
    assert sign_in("olu").send(f"{board}/put").status_code == 409
    sent = typed(house, r0=("fund", "38000", ""))
    assert (
        sign_in("olu")
        .send(f"{house.address()}/decisions", sent | {f"reason-{house.keys[0]}": "x"})
        .status_code
        == 409
    )


def test_a_meeting_that_was_never_planned_is_not_there(house: House, sign_in: SignIn, rows: Session) -> None:
    assert sign_in("olu").send(f"{house.address()}/board/put").status_code == 404
    assert rows.scalar(select(func.count(BoardVote.id))) == 0


@pytest.mark.parametrize(
    "wrong",
    [{"held_on": ""}, {"seats": "0"}, {"seats": "x"}, {"quorum": "9"}, {"chair": "999999"}, {"chair": "x"}],
)
def test_a_plan_that_makes_no_sense_is_refused(
    house: House, sign_in: SignIn, rows: Session, wrong: dict[str, str]
) -> None:
    plan = {"held_on": TODAY.isoformat(), "seats": "3", "quorum": "2", "chair": str(house.cast.id("bea"))}
    assert sign_in("olu").send(f"{house.address()}/board", plan | wrong).status_code == 422
    assert rows.scalar(select(func.count(BoardMeeting.id))) == 0


def test_the_page_costs_the_same_however_many_decisions_there_are(
    house: House, sign_in: SignIn, statements: Callable[..., object]
) -> None:
    olu, counts = sign_in("olu"), []
    for wishes in ([], house.decided()):
        if wishes:
            house.propose(*wishes)
        with statements() as seen:  # type: ignore[attr-defined]
            olu.page(f"{house.address()}/decisions")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def told(house: House) -> str:
    """The part of the first proposal's page that says what was decided."""
    with house.app.test_request_context(), unit_of_work(read_only=True):
        panel = panels.of_proposal(db.session.get_one(Proposal, house.proposals[0]))
        return render_template(panel.template, **panel.values) if panel else ""


def first_review(rows: Session) -> Review:
    found = rows.scalars(select(Review).order_by(Review.id)).first()
    assert found is not None
    return found


def test_score_and_words_are_told_with_the_decision_and_without_names(
    house: House, sign_in: SignIn, rows: Session
) -> None:
    first_review(rows).comment = "需求写得实在，效果指标还缺一项。"
    rows.commit()
    house.ready()
    house.approve()
    assert told(house) == ""
    assert sign_in("olu").send(f"{house.address()}/decisions/release").status_code == 303
    page = told(house)
    assert "需求写得实在，效果指标还缺一项。" in page
    assert '<b class="big">100.00</b>' in page
    assert "Dee" not in page


def test_a_review_that_was_left_out_is_not_told(house: House, sign_in: SignIn, rows: Session) -> None:
    review = first_review(rows)
    review.comment, review.struck_at, review.struck_reason = "不实之词", NOW, Struck.WITHDRAWN
    rows.commit()
    house.ready()
    house.approve()
    assert sign_in("olu").send(f"{house.address()}/decisions/release").status_code == 303
    assert "38,000" in told(house)
    assert "不实之词" not in told(house)

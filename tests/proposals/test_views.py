"""Proposals through HTTP: without script, with the autosave, by the wrong person, too late, and with rubbish."""

from __future__ import annotations

import copy
import hashlib
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from grants.core.policy import SYSTEM
from grants.proposals import queries
from grants.proposals.models import ProposalVersion
from grants.questionnaires.definition import Kind
from grants.questionnaires.forms import flat
from grants.questionnaires.models import SectionAnswers
from grants.reference import actions as reference
from grants.reference.fields import VolunteerWord
from tests.cast import Browser
from tests.guards.told import badly_told
from tests.proposals.conftest import GOOD, NOW, Room, section_of

SignIn = Callable[[str], Browser]
JSON = {"Accept": "application/json"}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"


def version_on(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found, page[:500]
    return found[1]


def typed(room: Room, public_id: str, key: str) -> MultiDict[str, str]:
    """What a browser would send from a filled-in section."""
    with room.inside(read_only=True):
        section = section_of(queries.by_public_id(public_id), key)
    given: MultiDict[str, str] = MultiDict()
    for name, value in flat(section, GOOD[key]).items():
        given.setlist(name, value if isinstance(value, list) else [value])
    return given


def test_a_leader_writes_and_hands_in_without_any_script(room: Room, sign_in: SignIn, rows: Session) -> None:
    ada = sign_in("ada")
    with room.inside(read_only=True):
        call = queries.call_by_id(room.call_id).public_id
    page = ada.page(f"/open-calls/{call}/start")
    assert "Begin the draft" in page
    refused = ada.send(f"/open-calls/{call}/start", {}, from_page=f"/open-calls/{call}/start")
    assert refused.status_code == 422
    begun = ada.send(
        f"/open-calls/{call}/start", {"declared.nodouble": "yes"}, from_page=f"/open-calls/{call}/start"
    )
    assert begun.status_code == 303
    home = begun.headers["Location"]
    public_id = home.rpartition("/")[2]
    empty = ada.send(f"{home}/submit", {"signed": "y"}, from_page=f"{home}/submit")
    assert (empty.status_code, list(badly_told(empty.text, "en"))) == (422, [])
    for key in GOOD:
        address = f"{home}/sections/{key}"
        data = typed(room, public_id, key)
        data["version"], data["go"] = version_on(ada.page(address)), "check"
        data["csrf_token"] = ada.csrf(address)
        assert ada.post(address, data=data).status_code == 303, key
    unsigned = ada.send(f"{home}/submit", {}, from_page=f"{home}/submit")
    assert (unsigned.status_code, "Sign for the group" in unsigned.text) == (422, True)
    done = ada.send(f"{home}/submit", {"signed": "y"}, from_page=f"{home}/submit")
    assert (done.status_code, done.headers["Location"]) == (303, f"{home}/receipt")
    receipt = ada.page(f"{home}/receipt")
    version = rows.scalars(select(ProposalVersion)).one()
    assert "MM2026-001" in receipt
    assert version.content_hash in receipt
    exact = ada.get(f"{home}/versions/1.json")
    assert hashlib.sha256(exact.data).hexdigest() == version.content_hash
    assert "敲" in ada.page(f"{home}/print")


def test_a_second_press_lands_on_the_first_receipt(room: Room, sign_in: SignIn, rows: Session) -> None:
    draft = room.start()
    room.fill(draft)
    ada = sign_in("ada")
    token = ada.csrf(f"/proposals/{draft}/submit")
    answers = [
        ada.post(f"/proposals/{draft}/submit", data={"signed": "y", "csrf_token": token}) for _ in range(2)
    ]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (303, f"/proposals/{draft}/receipt")
    }
    assert rows.scalar(select(func.count(ProposalVersion.id))) == 1


def test_an_autosave_is_answered_with_version_time_errors_and_totals(room: Room, sign_in: SignIn) -> None:
    draft = room.start()
    room.fill(draft)
    ada, address = sign_in("ada"), f"/proposals/{draft}/sections/budget"
    data = typed(room, draft, "budget")
    data["answers.budget.3.unit_price"] = "15000"
    data["answers.budget.1.unit_price"], data["version"] = "３１元", version_on(ada.page(address))
    data["csrf_token"] = ada.csrf(address)
    answer = ada.post(address, data=data, headers=JSON)
    assert answer.status_code == 200
    told = answer.get_json()
    assert told["version"] == int(data["version"]) + 1
    assert re.fullmatch(r"\d\d:\d\d", told["saved_at"])
    assert told["errors"] == {"answers.budget.1.unit_price": ["The unit price is at most ¥30.00."]}
    assert told["asked"] == ["answers.budget"]
    assert told["totals"]["per_person"] == "¥492.67"


def test_a_stale_save_keeps_both_texts(room: Room, sign_in: SignIn, rows: Session) -> None:
    draft = room.start()
    ada, bo, address = sign_in("ada"), sign_in("bo"), f"/proposals/{draft}/sections/need"
    before = version_on(ada.page(address))
    bo.send(address, {"version": before, "answers.need": "阿波写的"}, from_page=address)
    mine = {"version": before, "answers.need": "艾达写的"}
    page = ada.send(address, mine, from_page=address)
    assert page.status_code == 409
    assert "艾达写的</textarea>" in page.text
    assert '<p class="lines">阿波写的</p>' in page.text
    told = ada.post(address, data={**mine, "csrf_token": ada.csrf(address)}, headers=JSON)
    assert (told.status_code, told.get_json()["version"]) == (409, int(before) + 1)
    assert told.get_json()["values"]["answers.need"] == "阿波写的"
    kept = rows.scalars(select(SectionAnswers).where(SectionAnswers.section == "need")).one()
    assert kept.answers == {"need": "阿波写的"}


def test_programs_save_with_patch(room: Room, sign_in: SignIn) -> None:
    draft = room.start()
    ada, address = sign_in("ada"), f"/proposals/{draft}/sections/need"
    headers = {**JSON, "X-CSRFToken": ada.csrf(address)}
    done = ada.patch(address, json={"version": 1, "answers": {"need": "四成"}}, headers=headers)
    assert (done.status_code, done.get_json()["version"]) == (200, 2)
    stale = ada.patch(address, json={"version": 1, "answers": {"need": "五成"}}, headers=headers)
    assert (stale.status_code, stale.get_json()["answers"]) == (409, {"need": "四成"})
    for rubbish in ([], {}, {"version": "1", "answers": {}}, {"version": 1, "answers": []}):
        assert ada.patch(address, json=rubbish, headers=headers).status_code == 400
    assert ada.patch(address, data=b"{", headers=headers, content_type="application/json").status_code == 400


RUBBISH = [
    "\x00",
    "𠮷" * 700,
    "９" * 40,
    "-1",
    "NaN",
    "1e999",
    "0x10",
    "2026-13-45",
    "9999-99-99",
    "'; DROP TABLE proposal; --",
    "<script>alert(1)</script>",
    "\u202e\ufeff\ud7ff\uffff",
    "长" * 19_000,
    "true",
    "[]",
    "{}",
]


@pytest.mark.parametrize("key", GOOD)
def test_rubbish_in_any_field_is_shown_again_and_never_breaks(
    room: Room, sign_in: SignIn, rows: Session, key: str
) -> None:
    draft = room.start()
    ada, address = sign_in("ada"), f"/proposals/{draft}/sections/{key}"
    with room.inside(read_only=True):
        section = section_of(queries.by_public_id(draft), key)
    token = ada.csrf(address)
    for number, rubbish in enumerate(RUBBISH):
        given: MultiDict[str, str] = MultiDict(
            {"csrf_token": token, "version": version_on(ada.page(address))}
        )
        for question in section.questions:
            given.add(f"answers.{question.key}", rubbish)
            for column in question.columns:
                given.add(f"answers.{question.key}.0.{column.key}", rubbish[:1500])
                given.add(f"answers.{question.key}.999.{column.key}", rubbish[:1500])
        answer = ada.post(address, data=given, headers=JSON if number % 2 else {})
        assert answer.status_code in (200, 303, 422), (rubbish[:20], answer.text[:500])
    for page in (address, f"/proposals/{draft}", f"/proposals/{draft}/submit", f"/proposals/{draft}/print"):
        ada.page(page)


def test_too_much_is_refused_and_still_on_the_page(room: Room, sign_in: SignIn, rows: Session) -> None:
    draft = room.start()
    ada, address = sign_in("ada"), f"/proposals/{draft}/sections/need"
    long = "写" * 20_001
    answer = ada.send(address, {"version": "1", "answers.need": long}, from_page=address)
    assert answer.status_code == 422
    assert long in answer.text
    assert "too long to be kept" in answer.text
    kept = rows.scalars(select(SectionAnswers).where(SectionAnswers.section == "need")).one()
    assert (kept.answers, kept.version) == ({}, 1)
    for version in ("", "x", "-1", "9" * 30):
        refused = ada.send(address, {"version": version, "answers.need": "还在"}, from_page=address)
        assert (refused.status_code, "还在</textarea>" in refused.text) == (422, True)


def test_rows_come_and_go_by_buttons(room: Room, sign_in: SignIn, rows: Session) -> None:
    draft = room.start()
    room.fill(draft)
    ada, address = sign_in("ada"), f"/proposals/{draft}/sections/budget"
    data = typed(room, draft, "budget")
    data["csrf_token"] = ada.csrf(address)
    data["version"], data["go"] = version_on(ada.page(address)), "remove:budget:1"
    assert ada.post(address, data=data).status_code == 303
    kept = rows.scalars(select(SectionAnswers).where(SectionAnswers.section == "budget")).one()
    assert [row["category"] for row in kept.answers["budget"]] == ["insurance", "materials", "venue"]
    data = MultiDict(
        {"csrf_token": ada.csrf(address), "version": version_on(ada.page(address)), "go": "add:budget"}
    )
    added = ada.post(address, data=data)
    assert added.headers["Location"].endswith("add=budget#a-budget")
    assert ada.page(added.headers["Location"]).count("data-line>") == 4


def test_a_question_appears_when_its_condition_holds(room: Room, sign_in: SignIn) -> None:
    draft = room.start()
    ada, address = sign_in("ada"), f"/proposals/{draft}/sections/risk"
    assert re.search(r'data-question="answers.safety_plan" hidden', ada.page(address))
    room.fill(draft, basics={"fields": ["environment"]})
    assert not re.search(r'data-question="answers.safety_plan" hidden', ada.page(address))


def test_files_are_attached_and_taken_out_and_liars_refused(room: Room, sign_in: SignIn) -> None:
    draft = room.start()
    ada, address = sign_in("ada"), f"/proposals/{draft}/sections/files"

    def attach(name: str, content: bytes, status: int) -> str:
        data = {"file": (io.BytesIO(content), name), "csrf_token": ada.csrf(address)}
        answer = ada.post(f"{address}/files/letters", data=data, content_type="multipart/form-data")
        assert answer.status_code == status
        return answer.text

    attach("承诺书.pdf", PDF, 303)
    assert "承诺书.pdf</a>" in ada.page(address)
    beside = re.compile(r'id="a-letters".*?class="wrong" id="a-letters-error".*?really a PDF', re.DOTALL)
    assert beside.search(attach("照片.jpg", PDF, 422))
    assert "Choose a file first." in attach("", b"", 422)
    page = ada.page(address)
    assert page.count("/files/letters/") == 1
    removing = re.search(rf'action="({address}/files/letters/[^"]+/remove)"', page)
    assert removing
    ada.send(removing[1], {}, from_page=address)
    assert "承诺书.pdf</a>" not in ada.page(address)
    wrong = ada.send(removing[1], {}, from_page=address)
    assert wrong.status_code == 404


def test_a_hidden_proposal_answers_like_none(room: Room, sign_in: SignIn) -> None:
    """Hard rule 14, on every address below a proposal."""
    draft = room.start()
    paths = ("", "/sections/need", "/submit", "/receipt", "/receipt.pdf", "/print", "/versions", "/versions/1.json",
             "/withdraw", "/presence", "/screening", "/recommendation")  # fmt: skip
    for name in ("cy", "olu", "dee", "di"):
        visitor = sign_in(name)
        for path in paths:
            hidden, absent = (
                visitor.get(f"/proposals/{draft}{path}"),
                visitor.get(f"/proposals/{'0' * 16}{path}"),
            )
            assert (hidden.status_code, hidden.text) == (404, absent.text.replace("0" * 16, draft)), (
                name,
                path,
            )
        token = visitor.csrf("/account")
        for path in ("/sections/need", "/submit", "/withdraw"):
            answer = visitor.post(f"/proposals/{draft}{path}", data={"csrf_token": token, "version": "1"})
            assert answer.status_code == 404, (name, path)


def test_a_viewer_reads_and_may_not_write(room: Room, sign_in: SignIn) -> None:
    draft = room.start()
    vi, address = sign_in("vi"), f"/proposals/{draft}/sections/need"
    vi.page(f"/proposals/{draft}")
    assert vi.get(address).status_code == 303
    answer = vi.post(address, data={"version": "1", "answers.need": "x", "csrf_token": vi.csrf("/account")})
    assert answer.status_code == 403
    bo = sign_in("bo")
    signed = {"signed": "y", "csrf_token": bo.csrf("/account")}
    assert bo.post(f"/proposals/{draft}/submit", data=signed).status_code == 403


def test_who_else_is_here_is_told(room: Room, sign_in: SignIn) -> None:
    draft = room.start()
    ada, bo = sign_in("ada"), sign_in("bo")
    ada.page(f"/proposals/{draft}/sections/need")
    assert "Ada is writing" in bo.page(f"/proposals/{draft}/sections/basics")
    assert "Bo is writing" in ada.page(f"/proposals/{draft}/presence?section=need")
    assert "Ada is writing" not in ada.page(f"/proposals/{draft}/sections/need")


def test_an_officer_checks_returns_and_the_group_sees_what_changed(room: Room, sign_in: SignIn) -> None:
    public_id = room.handed_in()
    olu, ada = sign_in("olu"), sign_in("ada")
    screening = f"/proposals/{public_id}/screening"
    refused = olu.send(screening, {"result-legal": "fail"}, from_page=screening)
    assert refused.status_code == 422
    empty = olu.send(f"{screening}/return", {"due_on": "2020-01-01"}, from_page=screening)
    assert empty.status_code == 422
    due = (NOW + timedelta(days=5)).date().isoformat()
    back = {"sections": "need", "reason": "要有数字", "due_on": due}
    assert olu.send(f"{screening}/return", back, from_page=screening).status_code == 303
    address = f"/proposals/{public_id}/sections/need"
    ada.send(
        address, {"version": version_on(ada.page(address)), "answers.need": "五成长者"}, from_page=address
    )
    ada.send(f"/proposals/{public_id}/submit", {"signed": "y"}, from_page=f"/proposals/{public_id}/submit")
    changed = ada.page(f"/proposals/{public_id}/versions")
    ada.page(f"/proposals/{public_id}/versions?newer={10**30}")
    assert "<ins>五</ins>" in changed
    assert "<del>四</del>" in changed
    passed = {"result-legal": "pass", "result-nodouble": "pass", "go": "pass"}
    assert olu.send(screening, passed, from_page=screening).status_code == 303
    again = olu.post(f"{screening}/return", data={**back, "csrf_token": olu.csrf("/account")})
    assert again.status_code == 409


def test_a_district_recommends_once(room: Room, sign_in: SignIn) -> None:
    public_id = room.handed_in()
    di, address = sign_in("di"), f"/proposals/{public_id}/recommendation"
    assert di.send(address, {"opinion": "recommend"}, from_page=address).status_code == 422
    said = {"opinion": "recommend", "text": "情况属实"}
    assert di.send(address, said, from_page=address).status_code == 303
    assert "情况属实" in di.page(address)
    assert sign_in("vi").get(address).status_code == 404


def test_a_section_costs_few_queries_whatever_stands_in_it(
    room: Room, sign_in: SignIn, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    draft = room.start()
    ada, address = sign_in("ada"), f"/proposals/{draft}/sections/budget"
    ada.page(address)

    def count() -> int:
        with statements() as said:
            ada.page(address)
        return len([one for one in said if one.startswith(("SELECT", "WITH"))])

    empty = count()
    room.fill(draft)
    assert (count(), empty <= 12) == (empty, True)


def test_every_kind_of_question_has_a_good_answer_here() -> None:
    with_rows = copy.deepcopy(GOOD)
    assert with_rows["budget"]["budget"]
    assert {kind.value for kind in Kind} >= {"text", "file"}


@pytest.mark.parametrize("words", ["暖巷敲门", "暖巷", "暖巷敲門", "MM"])
def test_staff_find_what_was_handed_in_by_title_and_number(
    room: Room, sign_in: Callable[[str], Browser], words: str
) -> None:
    page = room.handed_in()
    room.start(group_id=room.other_id, by="cy")
    found = sign_in("olu").page(f"/desk/proposals?q={words}")
    assert f"/cases/{page}" in found
    assert "/cases/" not in sign_in("olu").page("/desk/proposals?q=没有这样的")


def test_the_form_calls_a_volunteer_as_the_foundation_does_and_leaves_names_alone(
    room: Room, sign_in: SignIn
) -> None:
    with room.inside():
        reference.edit_foundation({"volunteer_word": VolunteerWord.YIGONG}, version=None, by=SYSTEM, at=NOW)
    public_id = room.start()
    room.fill(public_id, basics={"title": "志愿者之家"})
    ada = sign_in("ada")
    for code, word in (("zh-Hans", "义工人数"), ("zh-Hant", "义工人数")):
        ada.set_cookie("language", code)
        page = ada.page(f"/proposals/{public_id}/sections/activities")
        assert word in page
        assert "志愿者人数" not in page
        assert "志愿者之家" in page

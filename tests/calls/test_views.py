"""Pages of calls over HTTP: for visitors, for officers, and for those who may not."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from grants.calls.actions import publishing
from grants.calls.fields import EditStep
from grants.calls.queries import loading, parts
from grants.core import clock
from grants.core.money import Money
from tests.calls.conftest import OFFICER
from tests.calls.sending import Fields, fields_of
from tests.cast import Browser

Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]


@pytest.fixture
def live(inside: Inside, draft: str) -> str:
    """A call that is open now."""
    with inside():
        call = loading.by_public_id(draft)
        now = clock.now()
        call.opens_at, call.closes_at = now - timedelta(days=1), now + timedelta(days=40)
        shift = clock.day_of(call.closes_at) - min(s.from_on or s.until_on for s in call.steps if s.until_on)
        for step in call.steps:
            step.from_on = step.from_on + shift + timedelta(days=9) if step.from_on else None
            step.until_on = step.until_on + shift + timedelta(days=9) if step.until_on else None
        publishing.publish_call(call, by=OFFICER, at=now, lead_is_confirmed=True)
        publishing.keep_time(now)
    return draft


def test_visitors_read_the_standards_steps_and_limits(visitor: Callable[[], Browser], live: str) -> None:
    page = unescape(visitor().page(f"/open-calls/{live}"))
    for said in (
        "Kapok Programme 2026",
        "¥10,000 – 50,000",
        "¥450,000",
        "own share 20% at least",
        "Need",
        "data, list of people and local confirmation",
        "40% after passing the mid-term check",
        "Expert review",
        "Open for proposals",
        "Start a proposal",
    ):
        assert said.lower() in page.lower(), said
    assert 'data-countdown="' in page


def said_on(page: str) -> str:
    """What a page says, without its mark-up."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_public_page_shows_exactly_the_standards_of_the_call(
    sign_in: SignIn, visitor: Callable[[], Browser], inside: Inside, live: str
) -> None:
    """S000-6: criteria with weights and anchors, priority fields, caps: as staff wrote them, every one."""
    page = said_on(visitor().page(f"/open-calls/{live}"))
    with inside(read_only=True):
        call = loading.by_public_id(live)
        standard, money = parts.parts(call)[EditStep.STANDARD], parts.parts(call)[EditStep.MONEY]
        for criterion in standard.criteria:
            anchors = " ".join(f"{mark} {words['en']}" for mark, words in sorted(criterion.anchors.items()))
            assert f"{criterion.name['en']} {anchors} {criterion.weight:f} points" in page
        assert sum(criterion.weight for criterion in standard.criteria) == 100
        for field in call.fields:
            name = {"elderly": "Elder care", "others": "Other fields"}.get(field.field, field.field)
            assert f"{name} {field.target_percent:f}%".lower() in page.lower()
        assert {field.field for field in call.fields} >= {"elderly", "disability"}
        for cap in call.caps:
            if cap.percent_of_grant is not None:
                assert f"{cap.category} {cap.percent_of_grant:f}%" in page
        assert money.ceiling == Money.yuan(50_000)


def test_a_step_past_its_date_is_overdue_with_its_owner_for_staff_and_a_date_for_the_public(
    sign_in: SignIn, visitor: Callable[[], Browser], inside: Inside, live: str
) -> None:
    """S002-24. Everybody may know until when a step was to be done; whose delay it is stays in the house."""
    with inside():
        call = loading.by_public_id(live)
        step = next(step for step in call.steps if step.key == "eligibility")
        call.opens_at, call.closes_at = clock.now() - timedelta(days=9), clock.now() - timedelta(days=5)
        step.until_on = clock.today() - timedelta(days=1)
        until = f"{step.until_on.day} {step.until_on:%b %Y}"
        publishing.keep_time(clock.now())
    for path in ("/calls", f"/calls/{live}"):
        page = said_on(sign_in("olu").page(path))
        assert "Eligibility check" in page
        assert "Programme officers" in page
        assert f"{until}, overdue" in page
    public = said_on(visitor().page(f"/open-calls/{live}"))
    assert re.search(r"Eligibility check by \d+ [A-Z][a-z]{2}( \d{4})? · Programme officers", public)
    assert "overdue" not in public


def test_drafts_are_hidden_from_visitors_like_what_does_not_exist(
    visitor: Callable[[], Browser], draft: str
) -> None:
    anybody = visitor()
    for path in ("", "/eligibility", "/form", "/dates.ics"):
        hidden = anybody.get(f"/open-calls/{draft}{path}")
        absent = anybody.get(f"/open-calls/0000000000000000{path}")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.text.replace(draft, "") == absent.text.replace("0000000000000000", "")
    assert "Kapok" not in anybody.page("/open-calls")
    assert "Kapok" not in anybody.get("/calls.atom").text
    assert "Kapok" not in anybody.get("/calls.ics").text


def test_the_two_minute_check_says_why_not(visitor: Callable[[], Browser], live: str) -> None:
    anybody = visitor()
    assert "Show the answer" in anybody.page(f"/open-calls/{live}/eligibility")
    refused = unescape(
        anybody.page(
            f"/open-calls/{live}/eligibility?status=unregistered&host=no&founded=2013-05-18&rule-nodouble=yes"
        )
    )
    assert "Not for this call" in refused
    assert "Without registration you need a host organisation." in refused
    nonsense = "?status=zz&founded=31-31-31&host=maybe&members=" + "9" * 400 + "&rule-nodouble=perhaps"
    anybody.page(f"/open-calls/{live}/eligibility{nonsense}")


def test_feeds_name_what_is_public(visitor: Callable[[], Browser], live: str) -> None:
    anybody = visitor()
    atom = anybody.get("/calls.atom")
    assert atom.content_type.startswith("application/atom+xml")
    assert "Kapok Programme 2026" in atom.text
    ics = anybody.get("/calls.ics")
    assert ics.text.count("BEGIN:VEVENT") == 2
    assert all(len(line.encode()) <= 75 for line in ics.text.split("\r\n"))
    assert anybody.get(f"/open-calls/{live}/dates.ics").text.count("BEGIN:VEVENT") == 9


def test_the_officer_goes_from_template_to_published_page(
    sign_in: SignIn, inside: Inside, draft: str
) -> None:
    olu = sign_in("olu")
    assert "Start from" in olu.page("/calls/new")
    begun = olu.send("/calls/new", {"template": "micro"})
    assert begun.status_code == 303
    overview = unescape(olu.page(begun.headers["Location"]))
    assert "Choose the fund that the money comes from." in overview
    assert "Glimmer Micro-grants" in olu.page("/calls")
    assert "This is how everybody will see it" in olu.page(begun.headers["Location"] + "/preview")


@pytest.mark.parametrize("step", list(EditStep))
def test_every_part_can_be_saved_unchanged(
    sign_in: SignIn, inside: Inside, draft: str, step: EditStep
) -> None:
    olu = sign_in("olu")
    path = f"/calls/{draft}/edit/{step.value}"
    with inside(read_only=True):
        before = publishing._said(loading.by_public_id(draft), step)
    saved = olu.post(path, data=fields_of(olu.page(path)))
    assert saved.status_code == 303, re.findall(r'role="alert".*?</div>', saved.text, re.DOTALL)
    with inside(read_only=True):
        assert publishing._said(loading.by_public_id(draft), step) == before


def test_weights_of_95_come_back_with_every_word(sign_in: SignIn, draft: str) -> None:
    olu = sign_in("olu")
    path = f"/calls/{draft}/edit/standard"
    values = fields_of(olu.page(path))
    values["items-0-weight"] = ["10"]
    values["items-0-name_en"] = ["Need, in my own words"]
    refused = olu.post(path, data=values)
    assert refused.status_code == 422
    assert "The weights sum to 95; they must sum to 100." in unescape(refused.text)
    assert "Need, in my own words" in refused.text


def test_a_stale_page_overwrites_nothing(sign_in: SignIn, draft: str) -> None:
    olu, otis = sign_in("olu"), sign_in("otis")
    path = f"/calls/{draft}/edit/basics"
    mine, theirs = fields_of(olu.page(path)), fields_of(otis.page(path))
    assert olu.post(path, data={**mine, "title_en": ["Mine"]}).status_code == 303
    assert otis.post(path, data={**theirs, "title_en": ["Theirs"]}).status_code == 409


def test_rows_are_added_and_taken_out(sign_in: SignIn, inside: Inside, draft: str) -> None:
    olu = sign_in("olu")
    path = f"/calls/{draft}/edit/questions"
    values = fields_of(olu.page(path))
    values |= {"items-0-remove": ["y"], "items-3-question_en": ["New?"], "items-3-answer_en": ["Yes."]}
    assert olu.post(path, data=values).status_code == 303
    with inside(read_only=True):
        asked = [row["question"]["en"] for row in loading.by_public_id(draft).questions]
    assert len(asked) == 3
    assert asked[-1] == "New?"


@pytest.mark.parametrize(
    "bad",
    [
        {"envelope": ["x" * 100_000]},
        {"envelope": ["1e9"], "year": ["\x00"]},
        {"fund_id": ["999"]},
        {"starts_on": ["31 February"]},
        {"cofunding_percent": ["𠮷"], "months_maximum": ["9" * 50]},
        {"months_maximum": ["999999999999"], "year": ["99999"]},
    ],
)
def test_bad_input_is_answered_with_422(sign_in: SignIn, draft: str, bad: Fields) -> None:
    olu = sign_in("olu")
    path = f"/calls/{draft}/edit/money"
    refused = olu.post(path, data={**fields_of(olu.page(path)), **bad})
    assert refused.status_code == 422


def test_a_correction_stands_on_the_public_page(
    sign_in: SignIn, visitor: Callable[[], Browser], live: str
) -> None:
    olu = sign_in("olu")
    path = f"/calls/{live}/edit/money"
    values = fields_of(olu.page(path))
    silent = olu.post(path, data={**values, "ceiling": ["60000"]})
    assert silent.status_code == 422
    told = {"ceiling": ["60000"], "reason_en": ["Prices rose"], "reason_zh": ["物价上涨"]}
    assert olu.post(path, data={**values, **told}).status_code == 303
    page = unescape(visitor().page(f"/open-calls/{live}"))
    assert "Most for a project: ¥50,000.00" in page
    assert "Most for a project: ¥60,000.00" in page
    assert "Prices rose" in page


def test_the_closing_moves_and_the_call_is_cancelled_by_its_pages(
    sign_in: SignIn, visitor: Callable[[], Browser], inside: Inside, live: str
) -> None:
    olu = sign_in("olu")
    with inside(read_only=True):
        closes_at = loading.by_public_id(live).closes_at
        assert closes_at
    path = f"/calls/{live}/postpone"
    later = f"{clock.local(closes_at + timedelta(hours=5)):%Y-%m-%dT%H:%M}"
    moved = olu.send(path, {"closes_at": later, "reason_en": "The site was down"}, from_page=path)
    assert moved.status_code == 303
    assert "The site was down" in visitor().page(f"/open-calls/{live}")
    path = f"/calls/{live}/cancel"
    assert olu.send(path, {"reason_en": ""}, from_page=path).status_code == 422
    assert olu.send(path, {"reason_en": "No money"}, from_page=path).status_code == 303
    page = visitor().page(f"/open-calls/{live}")
    assert "Cancelled call" in page
    assert "Start a proposal" not in page
    assert olu.send(path, {"reason_en": "Again"}, from_page="/calls/new").status_code == 409


@pytest.mark.parametrize("name", ["ada", "cy", "dee", "di"])
def test_strangers_find_no_desk(sign_in: SignIn, draft: str, name: str) -> None:
    client = sign_in(name)
    for path in (
        "/calls",
        "/calls/new",
        f"/calls/{draft}",
        f"/calls/{draft}/preview",
        f"/calls/{draft}/edit/money",
    ):
        assert client.get(path).status_code == 404, path
    assert client.send(f"/calls/{draft}/publish").status_code == 404


@pytest.mark.parametrize("name", ["aud", "eve", "bea"])
def test_those_who_only_read_change_nothing(sign_in: SignIn, draft: str, name: str) -> None:
    client = sign_in(name)
    client.page(f"/calls/{draft}")
    assert client.send(f"/calls/{draft}/publish").status_code == 403
    assert client.send(f"/calls/{draft}/edit/questions", {}).status_code == 403


def test_unknown_parts_and_calls_are_not_there(sign_in: SignIn, draft: str) -> None:
    olu = sign_in("olu")
    for path in (f"/calls/{draft}/edit/nothing", "/calls/0000000000000000", "/calls/%00"):
        assert olu.get(path).status_code == 404


def test_visitors_are_asked_to_sign_in(visitor: Callable[[], Browser], draft: str) -> None:
    assert visitor().get(f"/calls/{draft}").status_code in {302, 303, 401}


def test_the_public_page_asks_the_same_for_few_and_many(
    visitor: Callable[[], Browser], statements: Any, live: str
) -> None:
    anybody = visitor()
    anybody.page(f"/open-calls/{live}")
    with statements() as seen:
        anybody.page(f"/open-calls/{live}")
    asked = [one for one in seen if one.lstrip().upper().startswith("SELECT")]
    assert len(asked) <= 20, "\n".join(asked)

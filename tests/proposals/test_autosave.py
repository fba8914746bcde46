"""Nothing typed is ever lost: a real Chromium at a real server that is killed, cut off and signs people out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from grants.accounts import queries as accounts
from grants.accounts.actions import sessions
from grants.accounts.models import SignInSession
from grants.core.db import db
from grants.questionnaires.models import SectionAnswers
from tests.conftest import Stage
from tests.proposals.conftest import Room
from tests.proposals.test_killed import server
from tests.scale import Note, note, scaled, seeds
from tests.served import Server

__all__ = ["note", "seeds", "server"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
SAVED = 15_000
AUTOSAVE = "form[data-served~=autosave]"
ROUNDS = scaled(4, 30)
Seat = Callable[[str], Page]


def token_for(room: Room, name: str) -> str:
    user_id = room.cast.id(name)
    with room.inside():
        return sessions.open_session(accounts.user_by_id(user_id), address="127.0.0.1", agent="test")


@pytest.fixture
def seat(browser: Browser, server: Server, room: Room) -> Iterator[Seat]:
    """A phone on which this person has signed in, at the section about need."""
    draft, contexts = room.start(), []

    def seated(name: str) -> Page:
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
        contexts.append(context)
        sign_in(context, server, token_for(room, name))
        page = context.new_page()
        for _ in range(60):
            try:
                page.goto(f"http://127.0.0.1:{server.port}/proposals/{draft}/sections/need")
                break
            except Exception:  # noqa: BLE001 - the server is still starting
                page.wait_for_timeout(500)
        page.locator(AUTOSAVE).wait_for()
        return page

    yield seated
    for context in contexts:
        context.close()


def sign_in(context: Any, where: Server, token: str) -> None:
    context.add_cookies([{"name": "sid", "value": token, "url": f"http://127.0.0.1:{where.port}"}])


def kept(rows: Session) -> dict[str, Any]:
    rows.rollback()
    return rows.scalars(select(SectionAnswers).where(SectionAnswers.section == "need")).one().answers


def test_not_a_character_is_lost_whatever_happens_meanwhile(
    seat: Seat, server: Server, room: Room, rows: Session, stage: Stage, seeds: list[int], note: Note
) -> None:
    if stage.backend != "sqlite":
        pytest.skip("the browser knows no database")
    page, written = seat("ada"), ""
    for seed in seeds:
        chance = random.Random(seed)
        for number in range(ROUNDS):
            words = f"第{number}句，一个字都不能丢。"
            written += words
            page.locator("#a-need").press("Control+End")  # a page loaded anew begins at the first letter
            page.locator("#a-need").press_sequentially(words)
            mischief(number if number < 4 else chance.randrange(4), page, server, room, chance)
            expect(page.locator("#a-need")).to_have_value(written)
    expect(page.locator("[data-saved]")).to_have_attribute("data-state", "saved", timeout=SAVED)
    assert kept(rows) == {"need": written}
    note("rounds", len(seeds) * ROUNDS)
    note("characters", len(written))


def mischief(kind: int, page: Page, server: Server, room: Room, chance: random.Random) -> None:
    """The worker dies; the line is cut for a while; the page is loaded anew; everybody is signed out."""
    match kind:
        case 0:
            server.kill_worker()
        case 1:
            page.context.set_offline(True)
            page.wait_for_timeout(chance.randint(200, 2500))
            page.context.set_offline(False)
        case 2:
            page.reload()
        case 3:
            with room.inside():
                db.session.execute(delete(SignInSession))
            page.wait_for_timeout(2500)
            sign_in(page.context, server, token_for(room, "ada"))
            page.reload()


def test_words_typed_before_the_script_came_are_saved_as_well(
    seat: Seat, rows: Session, stage: Stage
) -> None:
    """On a slow line the page is there before its script, and the script may fail to come at first."""
    if stage.backend != "sqlite":
        pytest.skip("the browser knows no database")
    page, asked = seat("ada"), []

    def late(route: Route) -> None:
        asked.append(route.request.url)
        page.wait_for_timeout(300)
        if len(asked) == 1:
            route.abort()
        else:
            route.continue_()

    page.context.route("**/js/autosave.js*", late)
    page.reload()
    page.locator("#a-need").press_sequentially("先写后到")
    expect(page.locator("[data-saved]")).to_have_attribute("data-state", "saved", timeout=SAVED)
    assert kept(rows) == {"need": "先写后到"}
    assert len(asked) == 2


@pytest.mark.parametrize("reloads", [False, True], ids=["stays", "reloads"])
def test_nobody_is_told_that_they_themselves_were_here_before(
    seat: Seat, rows: Session, stage: Stage, reloads: bool
) -> None:
    """A save arrives and its answer is lost, while the page stays or is shown as it was before; one writes on."""
    if stage.backend != "sqlite":
        pytest.skip("the browser knows no database")
    page, lost = seat("ada"), []

    def loses(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.request)
            route.abort()
        else:
            route.continue_()

    page.route("**/sections/need", loses)
    page.fill("#a-need", "第一句。")
    expect(page.locator("[data-saved]")).to_have_attribute("data-state", "offline", timeout=SAVED)
    if reloads:
        page.reload()
        expect(page.locator("#a-need")).to_have_value("第一句。")
    sent = lost[0]
    answer = page.context.request.post(sent.url, data=sent.post_data_buffer, headers=sent.all_headers())
    assert answer.status == 200
    page.locator("#a-need").press_sequentially("第二句。")
    expect(page.locator("[data-saved]")).to_have_attribute("data-state", "saved", timeout=SAVED)
    assert kept(rows) == {"need": "第一句。第二句。"}
    expect(page.locator("[data-mine]")).to_have_count(0)


def test_two_people_see_each_others_words_and_choose(seat: Seat, rows: Session, stage: Stage) -> None:
    if stage.backend != "sqlite":
        pytest.skip("the browser knows no database")
    ada, bo = seat("ada"), seat("bo")
    expect(bo.locator("body")).to_contain_text("Ada is writing")
    ada.fill("#a-need", "艾达写的")
    ada.fill("#a-goals", "只有艾达写")
    expect(ada.locator("[data-saved]")).to_have_attribute("data-state", "saved", timeout=SAVED)
    bo.fill("#a-need", "阿波写的")
    expect(bo.locator("[data-mine]")).to_have_text("阿波写的", timeout=SAVED)
    expect(bo.locator("[data-theirs]")).to_have_text("艾达写的")
    expect(bo.locator("#a-goals")).to_have_value("只有艾达写")
    bo.click("[data-take=mine]")
    expect(bo.locator("[data-saved]")).to_have_attribute("data-state", "saved", timeout=SAVED)
    assert kept(rows) == {"need": "阿波写的", "goals": "只有艾达写"}


def test_the_share_of_others_follows_the_lines_before_anything_is_saved(seat: Seat, stage: Stage) -> None:
    if stage.backend != "sqlite":
        pytest.skip("the browser knows no database")
    page = seat("ada")
    page.goto(page.url.replace("/need", "/budget"))
    page.route(
        "**/sections/budget",
        lambda route: (
            route.abort() if route.request.headers["accept"] == "application/json" else route.continue_()
        ),
    )
    share = page.locator("[data-total=share]")
    expect(share).to_have_text("0%")
    for lines, (source, price) in enumerate((("foundation", "199.90"), ("own", "50.10")), start=1):
        page.locator("button[value='add:budget']").click()
        expect(page.locator("[data-line]")).to_have_count(lines)
        line = page.locator("[data-line]").last
        line.locator("[data-price]").fill(price)
        line.locator("[data-quantity]").fill("1")
        line.locator("[data-source]").select_option(source)
    expect(share).to_have_text("20%")
    line.locator("[data-price]").fill("49.90")
    expect(share).to_have_text("19.9%")  # cut, as the server cuts it: 19.976

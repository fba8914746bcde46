"""k: a year of awards: a category with conditions, nominations, a jury, the notice, the winner, a certificate to check."""

from __future__ import annotations

import io
import re

from pypdf import PdfReader

from tests.journeys.steps_groups import GROUP
from tests.journeys.steps_reviews import LEAVES, SAID, choose, reviewer
from tests.journeys.story import Story

OPEN, JURY, NOTICE, CEREMONY = (
    ("2027-10-11", "09:00"),
    ("2027-11-15", "09:00"),
    ("2027-11-22", "09:00"),
    ("2027-12-06", "09:00"),
)
RIVALS = "牵绳有礼文明养宠宣导队"
JURORS = ("金算", "邝项楠")
DEED = "每个星期六的早晨，他们敲开独居老人的门，看一看，聊一聊，装好扶手与夜灯。" * 12
YEAR = {
    "title_zh": "2027年度评优",
    "title_en": "Awards of 2027",
    "period_from": "2026-11-01",
    "period_to": "2027-10-31",
    "nominate_from": "2027-10-09",
    "nominate_to": "2027-11-12",
    "score_from": "2027-11-15",
    "score_to": "2027-11-19",
    "notice_from": "2027-11-22",
    "notice_days": "5",
    "ceremony_on": "2027-12-05",
}
CATEGORY = {
    "name_zh": "优秀志愿服务组织",
    "name_en": "Outstanding volunteer group",
    "key": "team",
    "recipient": "team",
    "check_hours": "20",
    "check_grade": "good",
    "line1": "事迹",
}


def desk_plans_a_year(story: Story) -> None:
    """Conditions on what the house knows by itself; weights that do not sum are refused."""
    desk = story.person("awards")
    desk.open("/awards")
    desk.follow("/awards/cycles/new")
    desk.send("/cycles/new", {**YEAR, "nominate_to": "2027-10-08"}, status=422)
    desk.send("/cycles/new", {"nominate_to": YEAR["nominate_to"]})
    story.kept["cycle"] = desk.path
    desk.follow("/categories/new")
    desk.send("/categories/new", {**CATEGORY, "weight_hours": "30"}, status=422)
    desk.send("/categories/new", {"weight_hours": "40"})
    for kind, name in (("categories", "name_en"), ("cycles", "title_en")):
        desk.open(story.kept["cycle"])
        change = desk.page.locator(f'main a[href*="/{kind}/"][href$="/edit"]').first.get_attribute("href")
        desk.follow(change or "")
        desk.send(f"form:has([name={name}])")
    story.person("leader").open(story.kept["cycle"], status=404)
    desk.send("/open")


def groups_nominate(story: Story) -> None:
    """Hours and grade are filled in by the house; who does not meet the conditions sees it before sending."""
    leader = story.person("leader")
    leader.open("/awards")
    leader.follow(story.kept["cycle"])
    assert not leader.page.locator('main a[href$="/nominate"]').count(), "not before its first day"
    story.clock(*OPEN)
    leader.open(story.kept["cycle"])
    leader.follow("/nominate")
    nominee = leader.page.locator("[name=nominee] option", has_text=story.said(GROUP, GROUP)).first
    leader.send("/nominate", {"nominee": nominee.get_attribute("value") or ""})
    story.kept["nomination"] = leader.path
    leader.reads("36", story.said("优秀", "Excellent"))
    story.shot("nomination", leader)
    leader.send("form#nomination", {"deed": "太短。", "consent": True}, button=("submit", "yes"), status=422)
    leader.send("form#nomination", {"deed": DEED}, button=("submit", "yes"))
    rival = story.person("group12")
    rival.open(story.kept["cycle"])
    rival.follow("/nominate")
    rival.send(
        "/nominate",
        {"nominee": rival.page.locator("[name=nominee] option").nth(1).get_attribute("value") or ""},
    )
    story.kept["unmet"] = rival.path
    assert rival.page.locator("main li.late").count(), "a condition is not met"
    rival.send("form#nomination", {"deed": DEED, "consent": True}, button=("submit", "yes"))
    rival.open(story.kept["nomination"], status=404)


def jury_marks(story: Story) -> None:
    story.clock(*JURY)
    desk = story.person("awards")
    desk.open(story.kept["cycle"])
    desk.send("/score")
    jury = desk.page.locator('main a[href^="/reviews/stages/"]').first.get_attribute("href") or ""
    for name in (GROUP, RIVALS):
        desk.open(jury)
        desk.page.locator("main th a", has_text=name).click()
        desk.page.wait_for_url("**/entries/*")
        if name == GROUP:
            assert reviewer(desk, LEAVES).is_disabled(), "the tie of the spring still stands"
        choose(desk, *JURORS)
    desk.open(jury)
    desk.send("/invite")
    for number, juror in enumerate(("reviewer6", "reviewer8")):
        judge = story.person(juror)
        for mark in (92, 85):
            judge.open("/reviews")
            judge.page.locator("main .btn.main").first.click()
            judge.page.wait_for_url("**/reviews/*")
            judge.send("/answer", {"answer": "none"})
            mark_name = judge.page.locator("[name^=mark-]").first.get_attribute("name") or ""
            marks = {mark_name: str(mark - number), "recommended": "yes", "comment": SAID}
            judge.send("form#rubric", marks, button=("do", "send"))


def desk_chooses_and_gives_notice(story: Story) -> None:
    """Who does not meet the conditions cannot be chosen, whatever the marks."""
    story.clock(*NOTICE)
    desk = story.person("awards")
    desk.open(story.kept["unmet"])
    desk.send("/choose", {"reason": "很好。"}, status=422)
    desk.open(story.kept["nomination"])
    desk.send("/choose", {"reason": "入户探访坚持最久，时长与事迹都排在前面。"})
    desk.open(story.kept["cycle"])
    desk.send("/publish")
    visitor = story.person("")
    visitor.open("/notices")
    visitor.pick(story.said("2027年度评优", "Awards of 2027"))
    visitor.reads(GROUP)
    visitor.lacks(RIVALS)
    desk.open(story.kept["cycle"])
    desk.send("/award", status=422)


def winner_gets_a_certificate(story: Story) -> None:
    story.clock(*CEREMONY)
    desk, leader, visitor = story.person("awards"), story.person("leader"), story.person("")
    desk.open(story.kept["cycle"])
    desk.send("/award")
    story.house.jobs()
    leader.open(story.kept["nomination"])
    leader.page.locator('main a[href^="/honours/"]').click()
    leader.page.wait_for_url("**/honours/*")
    story.kept["certificate"] = leader.path
    story.shot("certificate", leader)
    paper = leader.page.locator('main a[href^="/files/"]').get_attribute("href")
    number, code = printed_on(leader.context.request.get(f"{leader.base}{paper}").body())
    visitor.open("/honours")
    visitor.reads(GROUP, number)
    story.shot("honours", visitor)
    visitor.open("/check")
    visitor.send("/check", {"number": number, "code": "AAAA BBBB CCCC DDDD"}, status=404)
    visitor.send("/check", {"code": code})
    visitor.reads(number, GROUP)


def printed_on(paper: bytes) -> tuple[str, str]:
    """The number of a certificate and the code one checks it by, read from the paper itself."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    number = re.search(r"ZS[0-9]{4}-[0-9]{4}", text)
    code = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", text)
    assert number is not None, text
    assert code is not None, text
    return number[0], code[0]

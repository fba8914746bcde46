"""j: the final report, the account with its rest returned, the grade, and an archive whose index one can read."""

from __future__ import annotations

import csv
import io
import zipfile

from tests.journeys.steps_money import tranche_of
from tests.journeys.steps_project import Given
from tests.journeys.story import Story

DONE = ("2027-10-08", "09:00")
LEFT = "400.00"
RESULT: dict[str, Given] = {
    "results": {
        "answers.done": "敲门二十四次，装好扶手八十户。",
        "answers.people": "120",
        "answers.person_times": "720",
        "answers.effect": "三位老人摔倒后两小时内有人上门。",
    },
    "account": {"answers.spent": "19600", "answers.left": "400"},
    "after": {"answers.after": "街道把探访编入网格员的工作表。", "answers.truthful": True},
}
SPENT = {"spent_insurance": "1800", "spent_meals": "10800", "spent_materials": "7000"}
EVALUATED = {"completion": "92", "effect": "90", "finance": "88", "archive": "90"}


def last_milestone_is_reached(story: Story) -> None:
    story.clock(*DONE)
    leader, officer = story.person("leader"), story.person("officer")
    leader.open(story.kept["project"])
    leader.page.locator("main .btn.main").first.click()
    leader.page.wait_for_url("**/milestones/*")
    leader.send(leader.path, {"words": "八十户装好扶手，二十四次敲门。"})
    officer.open(leader.path)
    officer.send("/accept")


def final_report_opens_the_close_out(story: Story) -> None:
    """The work is not ended before the final report is in."""
    officer, leader = story.person("officer"), story.person("leader")
    officer.open(story.kept["project"])
    assert not officer.page.locator('form[action$="/finish"]').count()
    leader.open(story.kept["project"])
    leader.page.locator('main a[href*="/reports/"]').last.click()
    leader.page.wait_for_url("**/reports/*")
    final = leader.path
    for section, given in RESULT.items():
        leader.send(f"/sections/{section}", given)
    leader.send("/submit")
    officer.open(final)
    officer.send("/accept", {"result": "pass", "score": "91"})
    officer.open(story.kept["project"])
    story.kept["third"] = tranche_of(officer, 3)
    officer.send("/finish")
    officer.page.locator('main a[href^="/closeouts/"]').first.click()
    officer.page.wait_for_url("**/closeouts/*")
    story.kept["closeout"] = officer.path


def leader_accounts(story: Story) -> None:
    """More than the budget has is refused; what was not spent has to come back."""
    leader = story.person("leader")
    leader.open("/home")
    leader.follow(story.kept["closeout"])
    leader.send("/account", {**SPENT, "spent_materials": "70000"}, status=422)
    leader.send("/account", SPENT)
    leader.reads("¥400.00")


def officer_grades(story: Story) -> None:
    officer = story.person("officer")
    officer.open(story.kept["closeout"])
    officer.send("/evaluation", {"completion": "101"}, status=422)
    officer.send("/evaluation", {**EVALUATED, "words": "做得扎实，账目清楚。"})
    officer.reads("90.4", story.said("优秀", "Excellent"))


def the_rest_comes_back(story: Story) -> None:
    """Nothing is closed before: not without the last payment, not with money outside."""
    officer, finance = story.person("officer"), story.person("finance")
    assert not officer.page.locator('form[action$="/close"]').count()
    finance.open(story.kept["closeout"])
    finance.send("/returns", {"amount": LEFT, "reference": "回单 0912"})


def officer_closes_and_archives(story: Story) -> None:
    officer = story.person("officer")
    officer.open(story.kept["closeout"])
    officer.send("/close")
    story.house.jobs()
    officer.open(story.kept["closeout"])
    link = officer.page.locator('main a[href*="/files/"][href*="download"]').get_attribute("href")
    answer = officer.context.request.get(f"{officer.base}{link}")
    with zipfile.ZipFile(io.BytesIO(answer.body())) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
        assert set(archive.namelist()) == {row[0] for row in rows[1:]} | {"index.csv", "index.html"}
        assert {len(row[3]) for row in rows[1:]} == {64}, "every piece with its hash"
    officer.open(story.kept["proposal"].replace("/proposals/", "/cases/"))
    story.shot("case", officer)
    leader = story.person("leader")
    leader.open(story.kept["project"])
    assert not leader.page.locator("main .btn.main").count(), "nothing is left to do"
    leader.open(story.kept["closeout"])
    assert not leader.page.locator('main a[href*="/files/"]').count(), "the archive is the foundation's"

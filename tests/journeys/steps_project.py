"""h: milestones with evidence, an activity whose hours a second person verifies, a report, a finding that freezes money."""

from __future__ import annotations

from pathlib import Path

from tests.documents import samples
from tests.journeys.steps_proposals import TITLE
from tests.journeys.story import Story

STARTED, SERVED, HALFWAY = ("2027-04-12", "09:00"), ("2027-04-24", "18:00"), ("2027-07-01", "09:00")
MISSING = "合影里没有签到表"
Given = dict[str, str | bool | Path]
PROGRESS: dict[str, Given] = {
    "progress": {
        "answers.done": "敲门十一次，装好扶手四十户。",
        "answers.people": "120",
        "answers.person_times": "330",
    },
    "money": {"answers.spent": "9800"},
    "ahead": {"answers.next": "下半年接着走，补装八户。", "answers.truthful": True},
}


def leader_records_an_activity(story: Story) -> None:
    """With the sheet of who came; the hours do not count by the group's own word."""
    story.clock(*STARTED)
    leader = story.person("leader")
    leader.open(f"{story.kept['group']}/volunteers")
    leader.follow("/volunteers/add")
    leader.send("/volunteers/add", {"name": "何小川"})
    story.clock(*SERVED)
    leader.open("/home")
    leader.reads(story.said("启动与培训", "Start and training"))
    story.shot("home", leader)
    leader.open(story.kept["project"])
    story.shot("project", leader)
    leader.follow("/activities/new")
    leader.send("/activities", {"title": "第一次敲门", "on": "2027-04-24"}, status=422)
    sheet = Path(story.house.folder.parent, "签到表.jpg")
    sheet.write_bytes(samples.picture())
    leader.page.locator("[name=who]").first.check()
    given = {"hours_each": "2", "content": "走了三十户，记下要装扶手的九户。", "volunteers_counted": "18"}
    leader.send("/activities", {**given, "beneficiaries": "30", "files": sheet})
    story.kept["activity"] = leader.path
    assert not leader.page.locator('form[action$="/verify"]').count()


def officer_verifies_the_hours(story: Story) -> None:
    officer = story.person("officer")
    officer.open("/home")
    story.shot("board", officer)
    officer.open(story.kept["activity"])
    officer.send("/verify")
    officer.open(story.kept["project"])
    officer.reads("36")


def leader_and_officer_talk(story: Story) -> None:
    """A question on the project's page, answered where the news of it leads; no other group reads it."""
    leader, officer = story.person("leader"), story.person("officer")
    leader.open(story.kept["project"])
    leader.page.locator("main a[href*='/threads/about/']").first.click()
    leader.page.wait_for_url("**/threads/about/**")
    about = "form:has([name=title])"
    leader.send(about, {"title": "扶手的发票"}, status=422)
    leader.send(about, {"body": "两家店合开一张，可以吗？"})
    assert leader.path == story.kept["project"]
    leader.page.locator("main a", has_text="扶手的发票").first.click()
    leader.page.wait_for_url("**/threads/*")
    talk = leader.path
    officer.open(talk)
    officer.send("form:has([name=body])", {"body": "可以，请注明各自的金额。"})
    leader.open(talk)
    leader.reads("可以，请注明各自的金额。")
    story.person("group12").open(talk, status=404)


def leader_shows_a_milestone(story: Story) -> None:
    """The next thing to do stands on top, with one button; it goes back once, then it is reached."""
    leader, officer = story.person("leader"), story.person("officer")
    leader.open(story.kept["project"])
    leader.page.locator("main .btn.main").first.click()
    leader.page.wait_for_url("**/milestones/*")
    milestone = leader.path
    leader.send(milestone, status=422)
    leader.send(milestone, {"words": "十八名探访员培训完毕。"})
    officer.open(milestone)
    officer.send("/return", {"reason": "请补一张培训的照片。"})
    leader.open(milestone)
    leader.reads("请补一张培训的照片。")
    photo = Path(story.house.folder.parent, "培训.jpg")
    photo.write_bytes(samples.picture())
    leader.send(milestone, {"files": photo})
    officer.open(milestone)
    officer.send("/accept")


def officer_opens_a_finding(story: Story) -> None:
    story.clock(*HALFWAY)
    officer = story.person("officer")
    officer.open(story.kept["project"])
    officer.follow("/findings/new")
    given = {"severity": "major", "title": MISSING, "action": "补上签到表。", "owner_name": "林晓榕"}
    officer.send("form:has([name=severity])", given, status=422)
    officer.send("form:has([name=severity])", {"due_on": "2027-07-15", "holds_payment": True})
    story.kept["finding"] = officer.path
    assert not officer.page.locator('form[action$="/close"]').count(), "somebody else closes it"


def leader_reports(story: Story) -> None:
    leader = story.person("leader")
    leader.open(story.kept["project"])
    leader.page.locator('main a[href*="/reports/"]').first.click()
    leader.page.wait_for_url("**/reports/*")
    story.kept["midterm"] = leader.path
    leader.send("/submit", status=422)
    for section, given in PROGRESS.items():
        leader.send(f"/sections/{section}", given)
    leader.send("/submit")
    officer = story.person("officer")
    officer.open(story.kept["midterm"])
    officer.send("/accept", {"result": "pass", "score": "88", "answer": "做得扎实。"})


def second_person_closes_the_finding(story: Story) -> None:
    leader, director = story.person("leader"), story.person("director")
    leader.open("/home")
    leader.follow(story.kept["finding"])
    leader.send("/answer", {"answer": "签到表已补上。"})
    director.open(story.kept["finding"])
    director.send("/close")
    leader.open(story.kept["project"])
    leader.reads(TITLE)

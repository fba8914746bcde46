"""e: reviewers chosen by hand, the wall for whoever has a tie, marks by keys and by form, a ranking with a tie."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.journeys.person import Person
from tests.journeys.steps_proposals import RIVAL, TITLE
from tests.journeys.story import Story

REVIEWING = ("2027-02-08", "09:00")
OVER = ("2027-03-01", "09:00")
# Tied to the host since the books of the demo; ties himself; judges by keys; judges by form.
TIED, LEAVES, BY_KEYS, BY_FORM = "严若谷", "沈度", "金算", "邝项楠"
MARKS = {
    "need": "4",
    "design": "4",
    "innovation": "3",
    "impact": "5",
    "sustain": "4",
    "budget": "4",
    "team": "4",
}
SAID = "走访扎实，预算清楚；安全预案还要再细一点。"


def officer_chooses(story: Story) -> None:
    """By hand, entry by entry; who is tied to the people behind it cannot be chosen."""
    officer = story.person("officer")
    officer.open(story.kept["call"])
    story.kept["stage"] = (
        officer.page.locator('main a[href^="/reviews/stages/"]').first.get_attribute("href") or ""
    )
    officer.follow(story.kept["stage"])
    officer.pick(TITLE)
    story.kept["entry"] = officer.path
    assert reviewer(officer, TIED).is_disabled(), "a tie to the host"
    choose(officer, LEAVES, BY_KEYS)
    officer.open(story.kept["stage"])
    officer.pick(RIVAL)
    choose(officer, BY_KEYS, BY_FORM)
    officer.open(story.kept["stage"])
    officer.send("/invite")


def choose(officer: Person, *names: str) -> None:
    for name in names:
        reviewer(officer, name).check()
    officer.send(officer.path)


def reviewer(officer: Person, name: str) -> Locator:
    return officer.page.locator("label", has_text=name).locator("[name=reviewers]")


def reviewer_meets_the_wall(story: Story) -> None:
    """Nothing is shown before the question is answered, and nothing at all after a tie is declared."""
    story.clock(*REVIEWING)
    leaves = story.person("reviewer1")
    leaves.open("/reviews")
    leaves.pick(TITLE)
    assigned = leaves.path
    leaves.lacks("走访名册")
    leaves.send("/answer", status=422)
    leaves.send("/answer", {"answer": "tie", "kind": "adviser", "evidence": "去年给他们讲过课。"})
    leaves.lacks(TITLE)
    leaves.open(assigned, status=404)


def officer_asks_another(story: Story) -> None:
    officer = story.person("officer")
    officer.open(story.kept["entry"])
    assert reviewer(officer, LEAVES).is_disabled()
    choose(officer, BY_FORM)
    officer.open(story.kept["stage"])
    officer.send("/invite")


def judged_by_keys(story: Story) -> None:
    """One digit a criterion; what is not marked is not sent in."""
    judge = story.person("reviewer6")
    for title in (TITLE, RIVAL):
        judge.open("/reviews")
        judge.pick(title)
        judge.send("/answer", {"answer": "none"})
        judge.page.locator(".crit.now").first.wait_for()
        for mark in list(MARKS.values())[:-1]:
            judge.page.keyboard.press(mark)
        if title == TITLE:
            judge.send("form#rubric", button=("do", "send"), status=422)
            judge.page.locator(".crit").last.locator("input").first.focus()
        judge.page.keyboard.press(MARKS["team"])
        story.shot("bench", judge)
        judge.send("form#rubric", {"recommended": "yes", "comment": SAID}, button=("do", "send"))


def judged_by_form(story: Story) -> None:
    judge = story.person("reviewer8")
    for title in (TITLE, RIVAL):
        judge.open("/reviews")
        judge.pick(title)
        judge.send("/answer", {"answer": "none"})
        bench = judge.path
        judge.follow("/tie")  # whoever remembers one later can still say so
        judge.open(bench)
        marks = {f"mark-{key}": mark for key, mark in MARKS.items()}
        given = {**marks, "recommended": "yes", "comment": SAID}
        judge.send("form#rubric", given, button=("do", "send"))
    judge.open("/reviews")
    judge.pick(TITLE)
    assert not judge.page.locator("[name=do]").count(), "what is sent in is not changed"


def equal_scores_share_a_rank(story: Story) -> None:
    officer = story.person("officer")
    officer.open(story.kept["stage"])
    officer.follow("/ranking")
    ranks = officer.page.locator("main tbody tr td:first-child").all_inner_texts()
    assert [rank.strip() for rank in ranks] == ["1", "1"]
    story.person("leader").open(f"{story.kept['stage']}/ranking", status=404)

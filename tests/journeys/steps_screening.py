"""d: the check of the conditions, the word of the district, and the way to the reviewers."""

from __future__ import annotations

from tests.journeys.story import Story

CLOSED = ("2027-01-15", "18:01")
CONDITIONS = ("legal", "age6m", "area", "noblack", "report", "nodouble")
OPINION = "街道核实：名册与走访一致，探访队每周都来。"
GAP = "请补写负责人的经验。"
ON_PAPER = "区里来函：同意推荐。"


def nobody_comes_after_closing(story: Story) -> None:
    late = story.person("group16")
    late.open(f"{story.kept['public']}/start")
    late.page.locator("main input[type=radio][value=yes]").first.check()
    story.clock(*CLOSED)
    late.send("/start", status=422)


def officer_returns_what_has_gaps(story: Story) -> None:
    """Only the section that was named opens again; what changed is shown in words."""
    officer, leader = story.person("officer"), story.person("leader")
    officer.open(f"{story.kept['proposal']}/screening")
    officer.send("/return", {"sections": ["team"]}, status=422)
    officer.send("/return", {"reason": GAP})
    leader.open(story.kept["proposal"])
    leader.reads(GAP)
    leader.follow("/sections/team")
    leader.send("/sections/team", {"answers.team.0.experience": "探访三年"}, button=("go", "budget"))
    leader.open(f"{story.kept['proposal']}/submit")
    leader.send("/submit", {"signed": True})
    officer.open(story.kept["proposal"])
    officer.follow("/versions")
    officer.reads("探访三年")


def officer_screens(story: Story) -> None:
    """A group does not screen itself; a condition nobody looked at stops it; then every one passes."""
    story.person("leader").open(f"{story.kept['proposal']}/screening", status=404)
    officer = story.person("officer")
    passed = {f"result-{key}": "pass" for key in CONDITIONS}
    for kept in ("rival", "proposal"):
        officer.open(story.kept[kept])
        officer.follow("/screening")
        officer.send("/screening", button=("go", "pass"), status=422)
        officer.send("/screening", passed, button=("go", "pass"))
        assert not officer.page.locator("button[value=pass]").count(), "it is passed once"


def nothing_goes_on_without_the_district(story: Story) -> None:
    officer = story.person("officer")
    officer.open(story.kept["call"])
    officer.follow("/to-review")
    assert not officer.page.locator('form[action$="/to-review"]').count(), "no district has spoken"


def district_recommends(story: Story) -> None:
    """Each district speaks for its own groups, once, and says why."""
    district = story.person("district")
    district.open(story.kept["rival"], status=404)
    district.open("/home")
    district.follow(f"{story.kept['proposal']}/recommendation")
    district.send("/recommendation", {"opinion": "recommend"}, status=422)
    district.send("/recommendation", {"opinion": "recommend", "text": OPINION})
    district.reads(OPINION)
    assert not district.page.locator("[name=opinion]").count(), "it speaks once"


def officer_enters_what_came_on_paper(story: Story) -> None:
    officer = story.person("officer")
    officer.open(story.kept["rival"])
    officer.follow("/recommendation")
    officer.send("/recommendation", {"opinion": "recommend", "text": ON_PAPER})


def both_go_to_the_reviewers(story: Story) -> None:
    officer = story.person("officer")
    officer.open(f"{story.kept['call']}/to-review")
    officer.send("/to-review")
    leader = story.person("leader")
    leader.open(story.kept["proposal"])
    leader.reads(OPINION)

"""c: may we apply, the proposal by sections with budget and files, handed in once, and its receipt."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from tests.journeys.person import Answer, Person
from tests.journeys.story import Story

TITLE = "榕荫敲门：独居长者每周探访"
RIVAL = "文明牵绳：小区犬只规范引导"
# Each in its own district.
HERE, ELSEWHERE = "440103006", "440113012"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n"
NEED = "社区里四成独居长者一周没有与人说过话；走访名册一百二十户，其中十九户没有装扶手。"
Given = Mapping[str, Answer]
Line = tuple[str, str, str, str, str]
BUDGET: list[Line] = [
    ("insurance", "志愿者意外险", "30.00", "60", "foundation"),
    ("meals", "误餐补贴", "15.00", "720", "foundation"),
    ("materials", "扶手与夜灯", "7400.00", "1", "foundation"),
    ("venue", "活动室", "6000.00", "1", "partner"),
]


def may_we_apply(story: Story) -> None:
    """Without signing in: a no with its reason, then a yes."""
    visitor = story.person("")
    visitor.open(story.kept["public"])
    visitor.follow("/eligibility")
    asks = "form:has([name=status])"
    visitor.send(asks, {"status": "unregistered", "host": "no", "founded": "2026-11-01"})
    visitor.reads(story.said("成立满六个月", "At least six months old"))
    assert visitor.page.locator("main .tag.stop").count() == 2, "two reasons speak against it"
    visitor.send(asks, {"status": "unregistered", "host": "yes", "founded": "2025-05-01"})
    assert visitor.page.locator("main .tag.stop").count() == 0


def begin(person: Person, call: str) -> str:
    """A draft for the group of this person; what the system cannot look up is declared."""
    person.open(f"{call}/start")
    for box in person.page.locator("main input[type=radio][value=yes]").all():
        box.check()
    person.send("/start")
    return person.path


def basics(title: str, place: str) -> Given:
    return {
        "answers.title": title,
        "answers.summary": "十八名志愿者每周敲一次门，看一看，聊一聊，装好扶手与夜灯。",
        "answers.fields": ["elderly"],
        "answers.kind": "traditional",
        "answers.origin": "residents",
        "answers.place": place,
        "answers.starts_on": "2027-04-12",
        "answers.ends_on": "2027-09-30",
    }


def sections(title: str, place: str) -> dict[str, Given]:
    """The answers of the short sections."""
    return {
        "basics": basics(title, place),
        "need": {
            "answers.need": NEED,
            "answers.need_evidence": ["visits", "records"],
            "answers.goals": "一百二十户每周有人敲门；七成住户装上扶手。",
            "answers.sustainability": "街道把探访编入网格员的工作表。",
        },
        "activities": {
            "answers.activities": "每周六上午分六组入户，每组三人。",
            "answers.volunteers": "18",
            "answers.person_times": "720",
            "answers.hours": "1440",
        },
        "beneficiaries": {
            "answers.reached.0.type": "elderly_alone",
            "answers.reached.0.people": "120",
            "answers.participants": ["residents"],
        },
        "team": {"answers.team.0.name": "林晓榕", "answers.team.0.role": "负责人"},
    }


def fill_sections(person: Person, title: str, place: str) -> None:
    """One section after the other, each by its own button."""
    given = sections(title, place)
    for key, following in pairwise([*given, "budget"]):
        person.send(f"/sections/{key}", given[key], button=("go", following))


def fill_budget(person: Person, lines: list[Line]) -> None:
    for place, line in enumerate(lines):
        if place:
            person.send("/sections/budget", button=("go", "add:budget"))
        names = ("category", "item", "unit_price", "quantity", "source")
        box = person.page.locator("form#section-form")
        for name, value in zip(names, line, strict=True):
            person.give(box, f"answers.budget.{place}.{name}", value)


def promise(person: Person) -> None:
    promised = ("no_profit", "no_forced_service", "no_double_funding", "truthful")
    given: dict[str, Answer] = {f"answers.{name}": True for name in promised}
    person.send("/sections/risk", {"answers.forbidden_tasks": ["none"], **given}, button=("go", "files"))


def leader_writes(story: Story) -> None:
    leader = story.person("leader")
    story.kept["proposal"] = begin(leader, story.kept["public"])
    leader.follow("/sections/basics")
    fill_sections(leader, TITLE, HERE)
    fill_budget(leader, BUDGET)
    leader.page.locator('[data-sum="all"]', has_text="26,000").wait_for()
    story.shot("workspace", leader)
    leader.send("/sections/budget", button=("go", "risk"))
    promise(leader)
    letter = Path(story.house.folder.parent, "社区来信.pdf")
    letter.write_bytes(PDF)
    leader.send("/letters", {"file-letters": letter})
    leader.reads("社区来信.pdf")


def words_are_saved_as_they_are_written(story: Story) -> None:
    """Nobody presses a button; the other member reads the words, and may not hand in."""
    leader, member = story.person("leader"), story.person("member")
    leader.open(f"{story.kept['proposal']}/sections/need")
    leader.page.locator("[name='answers.need']").fill(NEED + "他们最盼的是有人说话。")
    with leader.page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        leader.page.locator("[name='answers.goals']").focus()
    assert saved.value.status == 200
    member.open(f"{story.kept['proposal']}/sections/need")
    assert member.page.locator("[name='answers.need']").input_value().endswith("他们最盼的是有人说话。")
    member.open(f"{story.kept['proposal']}/submit")
    assert not member.page.locator("[name=signed]").count(), "only the leader signs"


def leader_hands_in(story: Story) -> None:
    leader = story.person("leader")
    leader.open(story.kept["proposal"])
    leader.follow("/submit")
    leader.reads("¥20,000", "¥26,000")
    leader.send("/submit", status=422)
    leader.send("/submit", {"signed": True})
    assert leader.path.endswith("/receipt")
    story.kept["number"] = leader.page.locator(".receipt b, .receipt strong, .receipt h2").first.inner_text()
    leader.open(f"{story.kept['proposal']}/sections/basics")
    assert leader.path == story.kept["proposal"], "what is handed in is no longer written"


def rival_hands_in(story: Story) -> None:
    """Another group, known for years, writes in the same call; nobody reads the other's proposal."""
    rival = story.person("group12")
    story.kept["rival"] = begin(rival, story.kept["public"])
    rival.open(f"{story.kept['rival']}/sections/basics")
    fill_sections(rival, RIVAL, ELSEWHERE)
    fill_budget(rival, BUDGET)
    rival.send("/sections/budget", button=("go", "risk"))
    promise(rival)
    rival.open(f"{story.kept['rival']}/submit")
    rival.send("/submit", {"signed": True})
    rival.open(story.kept["proposal"], status=404)
    story.person("leader").open(story.kept["rival"], status=404)

"""l: what everybody sees at the end of the year, as pages and as data."""

from __future__ import annotations

from typing import Any

from tests.journeys.person import Person
from tests.journeys.steps_groups import GROUP
from tests.journeys.steps_proposals import TITLE
from tests.journeys.story import Story

CALL = ("2027年春风计划志愿服务资助", "Spring Wind 2027: grants for volunteers")


def everybody_sees_the_project(story: Story) -> None:
    """Who got how much, how far it came, what was paid; nothing about accounts or people."""
    visitor = story.person("")
    visitor.open("/")
    visitor.open("/funded?q=榕荫敲门")
    visitor.pick(TITLE)
    story.kept["funded"] = visitor.path
    visitor.reads("¥20,000.00", "¥10,000.00", "¥8,000.00", "¥2,000.00", GROUP, story.said(*CALL), "36")
    story.shot("funded", visitor)
    visitor.lacks("13800138000", "2716", "林晓榕")
    visitor.open("/funded/0000000000000000", status=404)


def everybody_sees_the_call_and_its_notice(story: Story) -> None:
    visitor = story.person("")
    visitor.open("/open-calls")
    visitor.follow(story.kept["public"])
    assert not visitor.page.locator('main a[href$="/start"]').count(), "it closed long ago"
    visitor.open("/notices")
    visitor.follow(story.kept["notice"])
    visitor.reads(TITLE, "YY2027-001")


def programs_read_the_same(story: Story) -> None:
    visitor = story.person("")
    call = story.kept["public"].rpartition("/")[2]
    shown = data(visitor, f"/api/v1/calls/{call}")
    assert (shown["id"], shown["title"]["zh-Hans"]) == (call, CALL[0])
    assert call in {row["id"] for row in data(visitor, "/api/v1/calls")["items"]}
    projects = data(visitor, "/api/v1/projects?size=100")["items"]
    ours = next(row for row in projects if row["title"] == TITLE)
    assert ours["id"] == story.kept["funded"].rpartition("/")[2]
    missing = visitor.context.request.get(f"{visitor.base}/api/v1/calls/0000000000000000")
    assert (missing.status, missing.headers["content-type"]) == (404, "application/problem+json")


def data(person: Person, path: str) -> dict[str, Any]:
    answer = person.context.request.get(f"{person.base}{path}")
    assert answer.status == 200, f"{path} answered {answer.status}"
    found: dict[str, Any] = answer.json()
    return found

"""a: a call is made from a template, previewed, published, and the public page shows exactly its standard."""

from __future__ import annotations

from tests.journeys.person import Person
from tests.journeys.story import Story

FUND = ("综合资助资金", "General grant fund")


def finance_sets_next_years_budget(story: Story) -> None:
    finance = story.person("finance")
    finance.open("/funds")
    finance.pick(story.said(*FUND))
    finance.send("/budgets", {"budget-year": "2027", "budget-line": "grants", "budget-amount": "300000.00"})
    finance.reads("2027", "300,000.00")


def officer_makes_a_call(story: Story) -> None:
    officer = story.person("officer")
    officer.open("/calls")
    officer.follow("/calls/new")
    officer.send("form:has([value=annual])")
    story.kept["call"] = officer.path
    officer.follow("/edit/basics")
    officer.send(
        "/edit/basics",
        {"title_zh": "2027年春风计划志愿服务资助", "title_en": "Spring Wind 2027: grants for volunteers"},
    )
    officer.send(
        "/edit/money",
        {"fund_id": story.said(*FUND), "year": "2027", "envelope": "60000"},
    )
    officer.open(f"{story.kept['call']}/edit/standard")
    officer.send("/edit/standard", {"reviews_per_entry": "2", "external_minimum": "1"})


def weights_must_sum_to_a_hundred(story: Story) -> None:
    officer = story.person("officer")
    officer.open(f"{story.kept['call']}/edit/standard")
    officer.send("/edit/standard", {"items-0-weight": "16"}, status=422)
    officer.send("/edit/standard", {"items-0-weight": "15"})


def officer_previews_and_publishes(story: Story) -> None:
    officer = story.person("officer")
    officer.open(story.kept["call"])
    officer.follow("/preview")
    story.kept["preview"] = standards_on(officer)
    story.kept["public"] = f"/open-calls/{story.kept['call'].rpartition('/')[2]}"
    story.person("").open(story.kept["public"], status=404)
    officer.open(story.kept["call"])
    officer.send("/publish")


def everybody_reads_exactly_these_standards(story: Story) -> None:
    visitor = story.person("")
    visitor.open("/open-calls")
    visitor.follow(story.kept["public"])
    assert standards_on(visitor) == story.kept["preview"]
    visitor.reads(
        "¥60,000", story.said("2027年春风计划志愿服务资助", "Spring Wind 2027: grants for volunteers")
    )
    visitor.follow("/form")


def call_opens(story: Story) -> None:
    visitor = story.person("")
    assert not visitor.page.locator(f'a[href="{story.kept["public"]}/start"]').count()
    story.clock("2026-11-30", "09:01")
    visitor.open("/open-calls")
    visitor.follow(story.kept["public"])
    assert visitor.page.locator(f'a[href="{story.kept["public"]}/start"]').is_visible()
    story.shot("call", visitor)


def standards_on(person: Person) -> str:
    """Conditions, criteria with weights and anchors, shares, money: as the page says them."""
    return "\n".join(person.page.locator("main section.sec").all_inner_texts())

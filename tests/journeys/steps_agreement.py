"""g: the agreement is made, offered as a PDF, signed by both sides and the host, under one hash."""

from __future__ import annotations

from hashlib import sha256

from tests.journeys.person import Person
from tests.journeys.steps_proposals import TITLE
from tests.journeys.story import Story

# Under which name each account signs; the foundation comes last.
GROUP, HOST, FOUNDATION = ("leader", "林晓榕"), ("group5", "黎清源"), ("director", "姚承愿")

ACCOUNT = {"account_end": "2716", "bank": "广州农商银行滨江支行", "signed_place": "广州"}


def officer_makes_the_agreement(story: Story) -> None:
    officer = story.person("officer")
    officer.open("/agreements")
    officer.send(f'form:has([name=proposal][value="{story.kept["proposal"].rpartition("/")[2]}"])')
    story.kept["agreement"] = officer.path
    officer.reads("20,000.00", "贰万元整", "榕荫敲门小队", "珠水清流环保队")
    story.person("leader").open(story.kept["agreement"], status=404)
    officer.follow("/edit")
    officer.send("/edit", {"account_end": "12"}, status=422)
    officer.send("/edit", {**ACCOUNT, "milestones-2-name": "", "milestones-3-name": ""})
    officer.lacks("下半程服务")


def officer_offers_it(story: Story) -> None:
    """What is offered is a file, and its hash stands on the page."""
    officer = story.person("officer")
    officer.send("/offer")
    paper = officer.page.locator('main a[href^="/files/"]').first.get_attribute("href") or ""
    offered = officer.context.request.get(f"{officer.base}{paper}").body()
    assert offered.startswith(b"%PDF-")
    story.kept["hash"] = sha256(offered).hexdigest()
    officer.reads(story.kept["hash"])


def foundation_signs_last(story: Story) -> None:
    director = story.person("director")
    director.open(f"{story.kept['agreement']}/sign")
    assert not director.page.locator("[name=typed_name]").count(), "the group and its host come first"


def all_sides_sign(story: Story) -> None:
    """Under the hash they were shown, by their own name."""
    for name, typed in (GROUP, HOST, FOUNDATION):
        person = story.person(name)
        person.open(story.kept["agreement"])
        person.follow("/sign")
        person.reads(story.kept["hash"])
        story.shot("signing", person)
        if name == "leader":
            person.send("/sign", {"read": True, "typed_name": "别人"}, status=422)
        person.send("/sign", {"read": True, "typed_name": typed})
        assert person.path == story.kept["agreement"]
    story.house.jobs()
    signed_by_everybody(story.person("leader"), story)


def signed_by_everybody(leader: Person, story: Story) -> None:
    leader.open(story.kept["agreement"])
    story.shot("agreement", leader)
    leader.reads(story.kept["hash"], *(typed for _name, typed in (GROUP, HOST, FOUNDATION)))
    assert leader.page.locator('main a[href^="/files/"]').count() == 2, "as offered, and as signed"
    officer = story.person("officer")
    officer.open(story.kept["agreement"])
    assert not officer.page.locator('form[action$="/recall"]').count(), "what is signed is not taken back"
    leader.open("/projects")
    leader.pick(TITLE)
    story.kept["project"] = leader.path

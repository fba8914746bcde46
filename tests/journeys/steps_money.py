"""i: the account confirmed by a second person, its waiting days, the gate, payment by two, the group's word."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.person import Person
from tests.journeys.steps_proposals import PDF, TITLE
from tests.journeys.story import Story

HOST = "珠水清流环保队"
NUMBER = "4403 9876 5432 2716"
WAITED = ("2027-03-19", "09:00")


def finance_names_a_new_account(story: Story) -> None:
    """In another name it is refused; and who named it does not confirm it."""
    finance = story.person("finance")
    finance.open("/payments")
    finance.pick(TITLE)
    story.kept["first"] = finance.path
    finance.follow("/account")
    story.kept["account"] = finance.path
    proof = Path(story.house.folder.parent, "开户许可证.pdf")
    proof.write_bytes(PDF)
    account = {"bank": "广州农商银行滨江支行", "number": NUMBER}
    finance.send("/account", {**account, "holder_name": "别家", "proof": proof}, status=422)
    finance.send("/account", {"holder_name": HOST, "proof": proof})
    finance.lacks(NUMBER, NUMBER.replace(" ", ""))
    assert not finance.page.locator('form[action$="/confirm"]').count(), "somebody else confirms it"


def second_person_confirms_it(story: Story) -> None:
    """From then on money waits some working days, and the page says why."""
    finance2 = story.person("finance2")
    finance2.open("/payments")
    finance2.follow(story.kept["account"])
    finance2.send("/confirm")
    officer = story.person("officer")
    officer.open(story.kept["first"])
    officer.reads(story.said("账户", "account"))
    assert not officer.page.locator('form[action$="/apply"]').count(), "the account is new"
    story.clock(*WAITED)


def paid_by_two(story: Story, tranche: str, receipt: str) -> None:
    """The officer applies, finance approves, another of finance pays; nobody does two of them in a row."""
    officer, finance, finance2 = (story.person(name) for name in ("officer", "finance", "finance2"))
    officer.open(story.kept[tranche])
    officer.send("/apply")
    assert not officer.page.locator('form[action$="/approve"]').count()
    finance.open("/payments")
    story.shot("payments", finance)
    finance.pick(TITLE)
    finance.send("/approve")
    assert not finance.page.locator('form[action$="/pay"]').count(), "the approver does not pay"
    finance2.open("/payments")
    finance2.pick(TITLE)
    if tranche == "first":
        finance2.send("/pay", {"receipt_number": ""}, status=422)
    finance2.send("/pay", {"receipt_number": receipt})


def first_tranche_is_paid(story: Story) -> None:
    paid_by_two(story, "first", "JZ20270001")
    leader, member = story.person("leader"), story.person("member")
    member.open(story.kept["first"])
    assert not member.page.locator('form[action$="/acknowledge"]').count(), "the leader says so"
    leader.open("/home")
    leader.follow(story.kept["first"])
    leader.send("/acknowledge")
    leader.open(story.kept["project"])
    leader.reads("¥10,000.00")


def finding_holds_the_second(story: Story) -> None:
    """The report was read, yet nothing moves while the finding is open."""
    officer = story.person("officer")
    officer.open(story.kept["project"])
    story.kept["second"] = tranche_of(officer, 2)
    officer.open(story.kept["second"])
    officer.reads("合影里没有签到表")
    assert not officer.page.locator('form[action$="/apply"]').count()


def tranche_of(person: Person, number: int) -> str:
    """The address of one part, on the page of its project."""
    return (
        person.page.locator('main ol.line a[href^="/payments/"]').nth(number - 1).get_attribute("href") or ""
    )


def second_tranche_is_paid(story: Story) -> None:
    paid_by_two(story, "second", "JZ20270002")
    leader = story.person("leader")
    leader.open(story.kept["second"])
    leader.send("/acknowledge")


def third_tranche_is_paid(story: Story) -> None:
    paid_by_two(story, "third", "JZ20270003")
    leader = story.person("leader")
    leader.open(story.kept["third"])
    leader.send("/acknowledge")

"""f: the table within the envelope, the board with quorum and minutes, the notice, an objection that blocks its own."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.person import Person
from tests.journeys.steps_proposals import PDF, RIVAL, TITLE
from tests.journeys.story import Story

BOARD_DAY, NOTICE_DAY = "2027-03-05", "2027-03-08"
DURING, AFTER = ("2027-03-09", "10:00"), ("2027-03-15", "09:00")
CHAIR = "卢广济"
MEMBERS = [f"board{number}" for number in range(2, 7)]
DOUBT = "这个项目和街道去年做过的一样。"
ANSWER = "查过：去年做的是宣传，今年是牵绳引导，内容不同。"


def officer_decides_within_the_envelope(story: Story) -> None:
    """More than was asked for is refused at the row; the totals move while one types."""
    officer = story.person("officer")
    officer.open(story.kept["call"])
    officer.follow("/decisions")
    first, second = (story.kept[kept].rpartition("/")[2] for kept in ("proposal", "rival"))
    too_much = {f"outcome-{first}": "fund", f"amount-{first}": "30000"}
    officer.send("form#decide", too_much, button=("do", "save"), status=422)
    with officer.page.expect_response(lambda answer: answer.url.endswith("/preview")):
        officer.page.locator(f"[name=outcome-{second}]").select_option("fund")
    given = {f"amount-{first}": "20000", f"amount-{second}": "18000"}
    officer.send("form#decide", given, button=("do", "save"))
    officer.reads("38,000")
    story.shot("table", officer)


def officer_puts_it_before_the_board(story: Story) -> None:
    officer = story.person("officer")
    officer.follow("/board")
    officer.send("/board", {"held_on": BOARD_DAY, "seats": "9", "quorum": "10"}, status=422)
    assert officer.page.locator("[name=chair] option:checked").inner_text() == CHAIR
    officer.send("/board", {"quorum": "6"})
    officer.send("/board/put")
    officer.open(f"{story.kept['call']}/decisions")
    assert not officer.page.locator("[name=do]").count(), "it lies before the board"


def board_votes_with_quorum(story: Story) -> None:
    """The chair alone is no quorum; and nothing is approved without minutes."""
    story.clock(BOARD_DAY)
    chair = story.person("board1")
    vote(story, chair)
    chair.send("/board/approve", status=422)
    for name in MEMBERS:
        vote(story, story.person(name))
    chair.open(f"{story.kept['call']}/board")
    chair.send("/board/approve", status=422)


def vote(story: Story, member: Person) -> None:
    member.open("/home")
    member.follow(f"{story.kept['call']}/board")
    member.send("/board/vote", {"vote": "for"})


def officer_files_the_minutes(story: Story) -> None:
    officer = story.person("officer")
    officer.open(f"{story.kept['call']}/board")
    assert not officer.page.locator('form[action$="/vote"], form[action$="/approve"]').count()
    paper = officer.context.request.get(f"{officer.base}{story.kept['call']}/board/minutes.pdf")
    assert paper.body().startswith(b"%PDF-")
    officer.send("/board/minutes", {"minutes_number": "理事会2027-02"}, status=422)
    signed = Path(story.house.folder.parent, "会议纪要.pdf")
    signed.write_bytes(PDF)
    officer.send("/board/minutes", {"minutes_number": "理事会2027-02", "file": signed})


def chair_approves(story: Story) -> None:
    chair = story.person("board1")
    chair.open(f"{story.kept['call']}/board")
    chair.send("/board/approve", {"notice_from": NOTICE_DAY})
    officer = story.person("officer")
    officer.open(f"{story.kept['call']}/decisions")
    officer.send("/decisions/release")
    leader = story.person("leader")
    leader.open(story.kept["proposal"])
    leader.reads("¥20,000.00", "走访扎实")


def visitor_objects(story: Story) -> None:
    """Anybody may, by name, while the notice runs; only the one item waits."""
    story.clock(*DURING)
    visitor = story.person("")
    visitor.open("/notices")
    visitor.pick(story.said("2027年春风计划", "Spring Wind 2027"))
    story.kept["notice"] = visitor.path
    visitor.reads(TITLE, RIVAL)
    visitor.send(visitor.path, {"content": DOUBT}, status=422)
    rival = story.kept["rival"].rpartition("/")[2]
    item = visitor.page.locator("[name=item_key] option", has_text=RIVAL).get_attribute("value") or rival
    visitor.send(visitor.path, {"item_key": item, "by_name": "陈先生", "contact": "13900139000"})
    visitor.reads("YY2027-001")
    visitor.lacks("陈先生", DOUBT)


def only_its_own_item_waits(story: Story) -> None:
    """The notice is over: the other goes on, nobody can object any more."""
    story.clock(*AFTER)
    visitor = story.person("")
    visitor.open(story.kept["notice"])
    assert not visitor.page.locator("[name=content]").count()
    officer = story.person("officer")
    officer.open("/agreements")
    assert can_be_made(officer) == [TITLE]


def can_be_made(officer: Person) -> list[str]:
    """The proposals whose agreement can be made now."""
    ready = officer.page.locator("main tr", has=officer.page.locator('form[action$="/agreements"]'))
    return [row.inner_text() for row in ready.locator("th").all()]


def director_dismisses_it(story: Story) -> None:
    story.person("officer").open(f"{story.kept['notice']}/objections")
    director = story.person("director")
    director.open(story.kept["notice"])
    director.follow("/objections")
    director.reads("陈先生", DOUBT)
    director.send("form[action*='/objections/']", {"decision": "dismiss"}, status=422)
    director.send("form[action*='/objections/']", {"decision": "dismiss", "reason": ANSWER})
    officer = story.person("officer")
    officer.open("/agreements")
    assert sorted(can_be_made(officer)) == sorted([TITLE, RIVAL])
    visitor = story.person("")
    visitor.open(story.kept["notice"])
    visitor.reads(ANSWER)

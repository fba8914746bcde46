from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from sqlalchemy import insert

from grants.core import audit, remembered
from grants.core.db import db
from grants.core.i18n import speaking, wording
from grants.core.jobs import Job
from grants.core.lists import Active, Page, page
from grants.core.policy import SYSTEM, VISITOR, Actor
from grants.core.search import put
from grants.core.unit_of_work import unit_of_work
from tests.core.stalls import STALLS, Market, Mood, Stall, market, seen

Watch = Callable[[], AbstractContextManager[list[str]]]
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stalls(app: Flask) -> Iterator[None]:
    remembered.forget()
    with app.app_context():
        Market.metadata.create_all(db.engine)
        with unit_of_work():
            db.session.add_all(market())
            put("stall", 1, title="茶 乌龙")
            put("stall", 6, title="暗 乌龙")
        yield
        db.session.remove()
        Market.metadata.drop_all(db.engine)


def shown(by: Actor = VISITOR, **args: str) -> Page:
    found = page(STALLS, args, by=by, path="/stalls")
    db.session.rollback()
    return found


def names(found: Page) -> list[str]:
    return [row.name for row in found.rows]


def test_the_reader_gets_what_they_may_see_in_the_default_order() -> None:
    found = shown()
    assert names(found) == ["花", "面", "茶", "书", "=cmd|x"]
    assert (found.first, found.last, found.total) == (1, 5, 5)
    assert names(shown(SYSTEM))[2] == "暗"


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("opened", ["书", "茶", "面", "花", "=cmd|x"]),
        ("-opened", ["花", "面", "茶", "书", "=cmd|x"]),
        ("rent", ["茶", "书", "面", "花", "=cmd|x"]),
        ("-rent", ["花", "面", "书", "茶", "=cmd|x"]),
        ("district", ["茶", "书", "面", "=cmd|x", "花"]),
        ("-district", ["=cmd|x", "面", "书", "茶", "花"]),
    ],
)
def test_what_is_missing_comes_last_either_way_and_ties_follow_the_id(sort: str, expected: list[str]) -> None:
    assert names(shown(sort=sort)) == expected


def test_filters_narrow_and_count_beside_each_other() -> None:
    found = shown(mood="busy")
    assert sorted(names(found)) == ["=cmd|x", "面"]
    by_name = {filter_.name: filter_ for filter_ in found.filters}
    assert by_name["mood"].value == "busy"
    assert by_name["mood"].options == [("calm", "安静", 2), ("busy", "忙碌", 2), ("shut", "关闭", 1)]
    assert by_name["district"].options == [("440106", "天河", 2), ("440105", "海珠", 0), ("-", "未定", 0)]
    assert by_name["dear"].options == [("1", "高租金", 1)]


def test_options_made_from_the_data_are_named_and_missing_has_a_name() -> None:
    district = shown().filters[1]
    assert district.options == [("440106", "天河", 2), ("440105", "海珠", 2), ("-", "未定", 1)]
    assert names(shown(district="-")) == ["花"]
    assert names(shown(district="440105")) == ["茶", "书"]


def test_a_value_that_nothing_has_finds_nothing() -> None:
    found = shown(district="0")
    assert (names(found), found.active[0].said) == ([], "0")


def test_a_flag_counts_and_narrows() -> None:
    assert shown().filters[2].options == [("1", "高租金", 2)]
    assert names(shown(dear="1")) == ["花", "面"]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ({"opened_from": "2026-01-05", "opened_to": "2026-03-01"}, ["花", "面", "茶"]),
        ({"opened_to": "2025-12-31"}, ["书"]),
        ({"seen_from": "2026-11-21"}, ["面", "=cmd|x"]),
        ({"seen_to": "2026-11-20", "sort": "seen"}, ["书", "花", "茶"]),
        ({"rent_from": "1,200", "rent_to": "1200.00"}, ["面"]),
        ({"rent_to": "800", "mood": "calm"}, ["茶", "书"]),
    ],
)
def test_ranges_include_both_ends_and_days_are_the_foundations(
    args: Mapping[str, str], expected: list[str]
) -> None:
    found = shown(**args)
    assert names(found) == expected
    assert found.total == len(expected)


def test_search_finds_only_what_the_reader_may_see() -> None:
    assert names(shown(q="乌龙")) == ["茶"]
    assert names(shown(SYSTEM, q="烏龍")) == ["暗", "茶"]
    assert shown(q="乌龙").filters[0].options[0] == ("calm", "安静", 1)


def test_every_filter_in_use_says_itself_and_how_to_leave_it() -> None:
    found = shown(mood="busy", opened_from="2026-01-01", rent_to="1500", sort="rent", page="1")
    with speaking("en"):
        again = page(
            STALLS, {"mood": "busy", "opened_from": "2026-01-01", "rent_to": "1500"}, by=VISITOR, path="/s"
        )
    assert found.active[0] == Active("状态", "忙碌", "/stalls?opened_from=2026-01-01&rent_to=1500&sort=rent")
    assert [active.said for active in again.active] == ["忙碌", "from 1 Jan 2026", "up to ¥1,500.00"]


def test_heads_turn_the_order_and_keep_the_filters() -> None:
    heads = {head.column.key: head for head in shown(mood="busy", sort="rent").heads}
    assert heads["rent"].direction == "ascending"
    assert heads["rent"].href == "/stalls?mood=busy&sort=-rent"
    assert heads["name"].href == "/stalls?mood=busy&sort=name"
    assert heads["rent"].css == "w4 num"
    assert set(heads) == {"name", "mood", "district", "rent", "opened"}


def test_a_reader_may_choose_columns_but_never_lose_the_leading_one() -> None:
    found = shown(columns="seen,nonsense,rent")
    assert [head.column.key for head in found.heads] == ["name", "rent", "seen"]
    assert found.heads[0].href == "/stalls?columns=name%2Crent%2Cseen&sort=name"
    assert found.kept == {"columns": "name,rent,seen"}


def test_cells_are_in_the_readers_language_and_the_leading_one_leads() -> None:
    found = shown(SYSTEM, mood="shut", columns="mood,rent,opened,seen")
    row, tag = Markup("%s %s|%s|%s|%s|%s"), Markup("<%s: %s>")
    assert (
        found.written(row, tag).split("\n")[0]
        == "/stalls/4 花|<off: 关闭>|¥1,200.50|2026年3月1日|2026年11月20日 18:00"
    )
    with speaking("en"):
        assert found.written(row, tag).split("|")[3] == "1 Mar 2026"
    with_gaps = shown(sort="rent").written(row, tag)
    assert with_gaps.split("\n")[-1].split("|")[-2:] == ["", ""]


NONSENSE = {
    "page": ["abc", "-1", "0", "9" * 30, "²", "", "1e9"],
    "size": ["7", "abc", "1000000"],
    "sort": ["evil", "-", "id", "name; DROP TABLE stall", "\0"],
    "mood": ["angry", "\0", "busy'"],
    "district": ["abc", "9" * 40, "-99999999999", "\ud800"],
    "dear": ["0", "yes"],
    "opened_from": ["yesterday", "0001-01-01", "9999-12-31", "2026-02-30"],
    "rent_to": ["cheap", "1e400", "9" * 50],
    "columns": [",,,", "evil", "x" * 100_000],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, vs in NONSENSE.items() for value in vs])
def test_nonsense_falls_back_to_the_defaults(name: str, value: str) -> None:
    found = shown(**{name: value})
    assert names(found) == names(shown())
    assert found.active == []
    assert found.heads[0].href == "/stalls?sort=name"


def test_a_search_for_nonsense_finds_nothing_and_never_fails() -> None:
    for q in ("\0", "乌" * 10_000_000, "'\"*()", "\ud800x"):
        assert names(shown(q=q)) in ([], names(shown()))


@given(st.dictionaries(st.sampled_from([*NONSENSE, "q", "seen_to"]), st.text(max_size=30), max_size=6))
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_arguments_can_break_a_list(args: dict[str, str]) -> None:
    found = shown(**args)
    assert found.total >= len(found.rows)


def many(count: int) -> None:
    rows = [
        {"id": n, "name": f"摊位 {n:05}", "mood": Mood.CALM, "seen_at": seen(n % 24), "hidden": False}
        for n in range(100, 100 + count)
    ]
    with unit_of_work():
        db.session.execute(insert(Stall), rows)


def test_the_pager_walks_through_all_and_stays_within_bounds() -> None:
    many(295)
    found = shown(page="5")
    assert (found.first, found.last, found.total) == (101, 125, 300)
    assert [(link.label, link.current) for link in found.pages] == [
        ("1", False), ("…", False), ("3", False), ("4", False), ("5", True), ("6", False), ("7", False),
        ("…", False), ("12", False),
    ]  # fmt: skip
    assert (found.previous, found.next) == ("/stalls?page=4", "/stalls?page=6")
    last = shown(page="99", size="100", sort="name")
    assert (last.first, last.last, last.next) == (201, 300, "")
    assert last.pages[0].href == "/stalls?sort=name&size=100&page=1"
    walked = [row.number for n in range(1, 13) for row in shown(page=str(n)).rows]
    assert sorted(walked) == [1, 2, 3, 4, 5, *range(100, 395)]


def test_an_empty_list_is_a_page_too() -> None:
    found = shown(mood="shut", district="440106")
    assert (names(found), found.first, found.last, found.total) == ([], 0, 0, 0)
    assert [link.label for link in found.pages] == ["1"]


def selects(statements: list[str]) -> int:
    return sum(statement.lstrip().upper().startswith("SELECT") for statement in statements)


def test_a_long_list_costs_as_many_queries_as_a_short_one(statements: Watch) -> None:
    wording()  # the foundation's own words are asked for once per page, whatever stands on it
    counts = []
    for extra in (0, 400):
        if extra:
            many(extra)
        remembered.forget()
        with statements() as said:
            shown(mood="calm")
        counts.append(selects(said))
    assert counts == [3, 3], "rows, counts, and the number of the newest audit entry"


def record_something() -> None:
    with unit_of_work():
        job = Job(kind="x", payload={}, run_at=NOON)
        db.session.add(job)
        audit.record("make", job, by=SYSTEM, at=NOON)


def test_counts_are_kept_until_something_is_done(statements: Watch) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        shown()
        with statements() as said:
            shown(sort="name")
        assert selects(said) == 2
        many(1)
        record_something()
        assert shown().total == 6
        many_ago = shown(SYSTEM).total
        assert many_ago == 7, "another reader is counted for apart"
        with unit_of_work():
            db.session.add(Stall(id=9, name="夜", mood=Mood.CALM, seen_at=seen(1)))
        assert shown().total == 6
        traveller.shift(timedelta(minutes=1))
        assert shown().total == 7

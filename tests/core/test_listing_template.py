from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string

from grants.core import remembered
from grants.core.db import db
from grants.core.lists import page
from grants.core.policy import VISITOR
from grants.core.unit_of_work import unit_of_work
from tests.core.stalls import STALLS, Market, market

PLAIN = '{% from "components/listing.html" import listing %}{{ listing(page) }}'
PICKED = (
    '{% from "components/listing.html" import listing %}'
    '{% call listing(page, picks="number") %}<button>Shut</button>{% endcall %}'
)


@pytest.fixture(autouse=True)
def stalls(app: Flask) -> Iterator[None]:
    remembered.forget()
    with app.test_request_context():
        Market.metadata.create_all(db.engine)
        with unit_of_work():
            db.session.add_all(market())
        yield
        db.session.remove()
        Market.metadata.drop_all(db.engine)


def drawn(template: str, **args: str) -> str:
    return render_template_string(template, page=page(STALLS, args, by=VISITOR, path="/stalls"))


def test_a_list_is_drawn_with_its_filters_heads_rows_and_pages() -> None:
    html = drawn(PLAIN, sort="rent")
    assert re.findall(r'<th scope="row" class="cut"><a href="(.*?)">(.*?)</a>', html) == [
        ("/stalls/1", "茶"),
        ("/stalls/5", "书"),
        ("/stalls/2", "面"),
        ("/stalls/4", "花"),
        ("/stalls/3", "=cmd|x"),
    ]
    assert '<option value="busy">忙碌 (2)</option>' in html
    assert (
        '<th scope="col" class="w4 num" aria-sort="ascending"><a href="/stalls?sort=-rent">租金</a></th>'
        in html
    )
    assert '<td data-l="租金" class="num">¥800</td>' in html
    assert '<span class="tag go plain">安静</span>' in html
    assert 'href="/stalls.xlsx?sort=rent"' in html
    assert 'name="opened_from" value="" aria-label="开张' in html


def test_filters_in_use_can_be_left_one_by_one() -> None:
    html = drawn(PLAIN, mood="busy", rent_to="1500")
    assert 'href="/stalls?rent_to=1500"' in html
    assert 'href="/stalls?mood=busy"' in html


def test_rows_can_be_picked_for_bulk_acts() -> None:
    html = drawn(PICKED, mood="busy")
    assert sorted(re.findall(r'name="pick" value="(\d+)"', html)) == ["2", "3"]
    assert "<button>Shut</button>" in html
    assert 'name="csrf_token"' in html


def test_an_empty_list_says_what_to_do_next() -> None:
    assert 'href="/stalls"' in drawn(PLAIN, mood="shut", district="440106")
    with unit_of_work():
        db.session.execute(Market.metadata.tables["stall"].delete())
    remembered.forget()
    assert "还没有摊位" in drawn(PLAIN)


def test_what_people_typed_is_only_text() -> None:
    with unit_of_work():
        stall = market()[0]
        stall.id, stall.name = 77, "<script>alert(1)</script>"
        db.session.add(stall)
    remembered.forget()
    html = drawn(PLAIN, q='"><script>', mood='"><script>')
    assert "<script" not in html
    assert "<script" not in drawn(PLAIN)

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from grants.core import search
from grants.core.db import db
from grants.core.search import SearchDocument, matching, put, remove
from grants.core.unit_of_work import unit_of_work

HANDS = "“听得见的手”医院手语陪诊服务"
CREEK = "“河涌医生”公众河涌水质监测"


@pytest.fixture(autouse=True)
def filed(app: Flask) -> Iterator[None]:
    with app.app_context():
        with unit_of_work():
            put("proposal", 1, title=HANDS, body="由手语桥志愿者协会在海珠区实施。编号 MM2026-003")
            put("proposal", 2, title=CREEK, body="Creek Doctors: citizens test the Water\n珠水清流环保队")
            put("proposal", 3, title="志愿者基金", body="café ＦＵＬＬ width")
            put("project", 1, title="志愿者")
        yield


def found(query: str, kind: str = "proposal") -> list[int]:
    ids = sorted(db.session.scalars(matching(kind, query)))
    db.session.rollback()
    return ids


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("手语", [1]),
        ("手", [1]),
        ("陪诊服务", [1]),
        ("手陪", []),
        ("河涌 环保", [2]),
        ("河涌 手语", []),
        ("志愿者", [1, 3]),
        ("志願者", [1, 3]),
        ("誌願", [1, 3]),
        ("water", [2]),
        ("wat", [2]),
        ("ater", []),
        ("test the", [2]),
        ("MM2026-003", [1]),
        ("mm2026", [1]),
        ("cafe full", [3]),
        ("CAFÉ", [3]),
        ("！？。", []),
        ("'\"; DROP TABLE x; --", []),
        ("NOT OR AND *", []),
        ("\0\ud800", []),
        ("手语" * 5000, []),
    ],
)
def test_queries_find_the_same_on_every_database(query: str, ids: list[int]) -> None:
    assert found(query) == ids


def test_kinds_are_kept_apart() -> None:
    assert found("志愿者", "project") == [1]
    assert found("志愿者", "visit") == []


def test_refiling_forgets_the_old_words() -> None:
    with unit_of_work():
        put("proposal", 1, title="新的名称")
    assert found("手语") == []
    assert found("名称") == [1]
    assert db.session.scalar(select(func.count()).select_from(SearchDocument)) == 4


def test_what_is_removed_is_not_found() -> None:
    first = select(SearchDocument.id).where(SearchDocument.subject_id == 1, SearchDocument.kind == "proposal")
    id_ = db.session.scalars(first).one()
    with unit_of_work():
        remove("proposal", 1)
        remove("proposal", 99)
    assert found("手语") == []
    left = text("SELECT count(*) FROM search_fts WHERE rowid / 64 = :id")
    assert db.session.execute(left, {"id": id_}).scalar_one() == 0


def test_filing_is_part_of_the_callers_transaction() -> None:
    with pytest.raises(ZeroDivisionError):
        _file_and_fail()
    assert found("绝无") == []


def _file_and_fail() -> None:
    with unit_of_work():
        put("proposal", 4, title="绝无此事")
        raise ZeroDivisionError


def test_ids_can_be_used_inside_a_select() -> None:
    titles = select(SearchDocument.title).where(
        SearchDocument.kind == "proposal", SearchDocument.subject_id.in_(matching("proposal", "河涌"))
    )
    assert db.session.scalars(titles).all() == [CREEK]


def test_very_long_texts_are_found_to_their_end() -> None:
    with unit_of_work():
        put("proposal", 5, title="长文", body="春江花月夜" * 12_000 + "落霞与孤鹜齐飞")
        wide = (chr(0x20000 + n % 40_000) * 2 for n in range(60_000))
        put("proposal", 6, title="wide", body="".join(wide) + " rare9")
        put("proposal", 7, title="repeats", body="青苗 " * 300_000)
    assert found("孤鹜齐飞") == [5]
    assert found("长文") == [5]
    assert found("rare9") == [6]
    assert found("青苗") == [7]


@pytest.mark.parametrize("boundary", [search.PIECE - 2, search.PIECE - 1, search.PIECE, search.PIECE + 1])
def test_no_phrase_is_cut_between_pieces(boundary: int) -> None:
    words = [f"w{n}" for n in range(boundary)]
    with unit_of_work():
        put("proposal", 8, title="", body=" ".join([*words, "golden", "field", "mouse"]))
    assert found("golden-field-mouse") == [8]


@given(st.text(max_size=60))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_and_no_query_breaks_it(words: str) -> None:
    with unit_of_work():
        put("proposal", 9, title=words, body=words)
    assert found(words) in ([], [9]) or 9 in found(words)

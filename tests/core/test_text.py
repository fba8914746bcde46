"""Text is stored clean, found in either script, counted as people count."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.text import (
    clean,
    clean_line,
    count_words,
    folded,
    fts5_query,
    search_phrases,
    search_tokens,
    simplified,
    tsquery,
    tsvector,
)

any_text = st.text(st.characters(exclude_categories=()))
han = st.text(st.sampled_from("志愿服务基金青苗会aB 1,。"), max_size=20)


def test_what_no_database_or_paper_can_hold_is_taken_out() -> None:
    assert clean("a\x00b\x07c\x9fd\ud800e\ufefff\uffffg\U0001ffffh") == "abcdefgh"
    assert clean("pdf\u202egnp.exe\u2069") == "pdfgnp.exe"
    assert clean("一\r\n二\r三\u2028四\t五") == "一\n二\n三\n四\t五"
    assert clean("👩‍🌾𬱖é") == "👩‍🌾𬱖é"
    assert clean_line("  青\u3000苗\n\n基金\x00会 ") == "青 苗 基金会"


@given(any_text)
def test_cleaning_once_is_enough_and_leaves_what_can_be_encoded(text: str) -> None:
    for wash in (clean, clean_line):
        once = wash(text)
        assert wash(once) == once
        assert "\x00" not in once
        assert json.loads(json.dumps(once).encode()) == once
        once.encode()


@given(st.text())
def test_folding_once_is_enough(text: str) -> None:
    once = folded(text)
    assert unicodedata.is_normalized("NFKC", once)
    assert folded(once) == once


def test_folding_forgets_case_and_width() -> None:
    assert folded("ＧＲＥＥＮ Straße ①") == "green strasse 1"


def test_tokens_are_bigrams_words_and_the_last_character() -> None:
    assert search_tokens("志愿服务2026,Green-Shoots 苗") == [
        "志愿",
        "愿服",
        "服务",
        "务",
        "2026",
        "green",
        "shoots",
        "苗",
    ]
    assert search_tokens("𬱖喆") == ["𬱖喆", "喆"]
    assert search_tokens(" ,。!_") == []
    assert search_tokens("x" * 500) == ["x" * 64]


def test_traditional_and_simplified_are_the_same_to_search() -> None:
    assert simplified("廣州志願服務發展基金會") == "广州志愿服务发展基金会"
    assert search_tokens("廣州志願") == search_tokens("广州志愿")
    assert search_tokens("Café ÉCOLE") == ["cafe", "ecole"]


def test_queries_are_phrases_and_end_open_where_a_word_may_go_on() -> None:
    assert search_phrases('基金會 "gree') == [["基金", "金会"], ["gree"]]
    assert fts5_query("基金会 gree") == '"基金 金会" AND "gree" *'
    assert fts5_query("苗") == '"苗" *'
    assert tsquery("基金会 a-b 苗") == "('基金' <-> '金会') & ('a' <-> 'b':*) & ('苗':*)"
    assert tsvector(["基金", "金会"]) == "'基金':1 '金会':2"
    for nothing in ("", " ", "* OR -", "'\"):*&|!"):
        expected = None if nothing != "* OR -" else '"or" *'
        assert fts5_query(nothing) == expected


def found(document: str, query: str) -> bool:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE doc USING fts5(body, tokenize='unicode61')")
        connection.execute("INSERT INTO doc VALUES (?)", [" ".join(search_tokens(document))])
        match = fts5_query(query)
        return (
            match is not None
            and connection.execute("SELECT 1 FROM doc WHERE doc MATCH ?", [match]).fetchone() is not None
        )


@pytest.mark.parametrize(
    "query", ["基金", "基金会", "會", "青", "志愿 基金", "shoots", "gr", "𬱖", "chen", "喆𬱖", "2026-0001"]
)
def test_the_real_index_finds_it(query: str) -> None:
    assert found("广州青苗志愿服务基金会 Green Shoots 陈喆𬱖 Chén 穗志资-2026-0001", query)


@pytest.mark.parametrize("query", ["金基", "愿务", "hoots", "基金 无", "00011"])
def test_the_real_index_does_not_find_what_is_not_there(query: str) -> None:
    assert not found("广州青苗志愿服务基金会 Green Shoots 穗志资-2026-0001", query)


@given(han, st.data())
def test_every_piece_of_a_text_finds_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, len(text)))
    piece = text[start:stop]
    # A word cut at its front is not found: words match from their beginning.
    if (
        start
        and text[start - 1].isascii()
        and text[start - 1].isalnum()
        and piece[:1].isascii()
        and piece[:1].isalnum()
    ):
        return
    if search_phrases(piece):
        assert found(text, piece)


@given(st.text())
def test_no_query_is_an_error_to_the_index(query: str) -> None:
    found("青苗", query)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("广州青苗。", 4),
        ("我们有 3 个 team,共 1,200 人", 9),
        ("don't stop-gap 3.5", 3),
        ("𬱖〇", 2),
        ("A组B组", 4),
    ],
)
def test_counts_as_people_count(text: str, count: int) -> None:
    assert count_words(text) == count

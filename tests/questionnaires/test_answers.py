"""What people type is read kindly, and what cannot be read is kept as typed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grants.core.checkcodes import canonical_json
from grants.questionnaires import answers
from grants.questionnaires.answers import excesses, read_answer, typed
from grants.questionnaires.definition import Kind, Section


def read(section: Section, key: str, raw: Any) -> Any:
    question = section.question(key)
    assert question is not None
    return read_answer(question, raw)


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("name", "  青苗\x00 计划 ", "青苗 计划"),
        ("name", "", None),
        ("name", "𠮷野家", "𠮷野家"),
        ("story", "一\r\n二", "一\n二"),
        ("people", "１２０", 120),
        ("people", "1,200", 1200),
        ("people", "12.0", 12),
        ("people", "12.5", {"unread": "12.5"}),
        ("people", "一百", {"unread": "一百"}),
        ("people", 7, 7),
        ("people", True, {"unread": "True"}),
        ("share", "1.50", "1.5"),
        ("share", "1.005", {"unread": "1.005"}),
        ("share", "100", "100"),
        ("price", "¥１,８００．５０", "1800.50"),
        ("price", "30元", "30.00"),
        ("price", "30.001", {"unread": "30.001"}),
        ("price", "NaN", {"unread": "NaN"}),
        ("price", "1e5", {"unread": "1e5"}),
        ("day", "2026年5月1日", "2026-05-01"),
        ("day", "2026/5/1", "2026-05-01"),
        ("day", "２０２６－０５－０１", "2026-05-01"),
        ("day", "2026-02-30", {"unread": "2026-02-30"}),
        ("day", "明天", {"unread": "明天"}),
        ("day", "9999-12-31", {"unread": "9999-12-31"}),
        ("insured", "yes", "yes"),
        ("insured", "perhaps", {"unread": "perhaps"}),
        ("kinds", ["", "no", "yes", "no"], ["yes", "no"]),
        ("kinds", [""], []),
        ("kinds", ["yes", "evil"], {"unread": "evil、yes"}),
        ("true", "yes", True),
        ("true", ["", "yes"], None),
        ("true", "no", None),
        ("files", "x", None),
    ],
)
def test_reading(section: Section, key: str, raw: Any, value: Any) -> None:
    assert read(section, key, raw) == value


def test_rows_keep_their_places_and_empty_ones_at_the_end_are_dropped(section: Section) -> None:
    rows = [
        {"what": "", "many": ""},
        {"what": "茶会", "many": "3"},
        {"what": "走访"},
        {"what": " "},
        "nonsense",
    ]
    assert read(section, "rows", rows) == [{}, {"what": "茶会", "many": 3}, {"what": "走访"}]
    assert read(section, "rows", [{"what": ""}, {}]) == []
    assert read(section, "rows", "nonsense") == []
    assert read(section, "rows", None) == []


def test_what_was_read_reads_again_as_itself(section: Section) -> None:
    for key, raw in [("people", "１２０"), ("price", "30元"), ("day", "2026/5/1"), ("people", "一百")]:
        once = read(section, key, raw)
        assert read(section, key, typed(once)) == once
        assert read(section, key, once) == once


def test_only_what_is_far_too_much_is_refused(section: Section) -> None:
    raw = {
        "name": "长" * 20_000,
        "story": "长" * 20_001,
        "rows": [{"what": "长" * 2_001}, {}, {}, {}],
    }
    found = [(violation.code, violation.field) for violation in excesses(section, raw)]
    assert found == [
        ("too_much", "answers.story"),
        ("too_many_rows", "answers.rows"),
        ("too_much", "answers.rows.0.what"),
    ]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(raw=ANYTHING)
def test_whatever_is_sent_can_be_kept_as_json(section: Section, raw: Any) -> None:
    for question in section.questions:
        value = read_answer(question, raw)
        canonical_json(value)
        list(excesses(section, {question.key: raw}))
        if question.kind not in answers.WITH_ROWS and question.kind is not Kind.CHOICES:
            assert read_answer(question, typed(value)) == value

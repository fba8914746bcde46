"""Names are found where they sound."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grants.core.pinyin import person_sort_key, sort_key


def test_names_sort_by_sound_and_surnames_as_surnames() -> None:
    people = ["周洁", "曾国华", "单田芳", "Ada Wong", "阿明", "尉迟恭", "陈曦", "單雄信", "程橙"]
    assert sorted(people, key=person_sort_key) == [
        "阿明",
        "Ada Wong",
        "陈曦",
        "程橙",
        "单田芳",
        "單雄信",
        "尉迟恭",
        "曾国华",
        "周洁",
    ]
    assert person_sort_key("单") == sort_key("单")
    assert sort_key("重庆") == "chong2 qing4"
    assert sorted(["2026 春", "青苗", "Apple"], key=sort_key) == ["2026 春", "Apple", "青苗"]


@given(st.text())
def test_every_text_has_a_key(text: str) -> None:
    for key in (sort_key(text), person_sort_key(text)):
        assert key == key.strip()

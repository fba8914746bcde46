from __future__ import annotations

import pytest

from grants.core.pagination import PageLink, Window, links, window


@pytest.mark.parametrize(
    ("number", "size", "expected"),
    [
        ("1", "25", Window(1, 25, 60)),
        ("3", "25", Window(3, 25, 60)),
        ("4", "25", Window(3, 25, 60)),
        ("0", "50", Window(1, 50, 60)),
        ("-2", "100", Window(1, 100, 60)),
        ("x", "26", Window(1, 25, 60)),
        ("99999999999999999999", "", Window(1, 25, 60)),
    ],
)
def test_the_nearest_page_there_is(number: str, size: str, expected: Window) -> None:
    assert window(60, number=number, size=size) == expected


def test_an_empty_list_has_one_empty_page() -> None:
    shown = window(0, number="7", size="25")
    assert (shown.number, shown.pages, shown.first, shown.last, shown.offset) == (1, 1, 0, 0, 0)


def test_gaps_stand_only_where_pages_are_left_out() -> None:
    offered = links(Window(4, 25, 250), lambda number: f"?page={number}")
    assert [link.label for link in offered] == ["1", "2", "3", "4", "5", "6", "…", "10"]
    assert offered[3] == PageLink("4", "?page=4", current=True)
    assert offered[6] == PageLink("…")

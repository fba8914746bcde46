"""Homes, the desk and case pages open for those who work there, and look absent to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SignIn = Callable[[str], Any]


@pytest.mark.parametrize("name", ["ada", "dee", "eve", "fay", "olu", "di", "bea", "gus", "max", "aud"])
def test_everybody_has_a_home_with_the_four_blocks(sign_in: SignIn, name: str) -> None:
    page = sign_in(name).get("/home")
    assert page.status_code == 200
    for block in ("tasks", "procedure", "figures", "standards"):
        assert f'<h2 id="{block}">' in page.text, block


@pytest.mark.parametrize(
    ("name", "status"), [("olu", 200), ("aud", 200), ("fay", 200), ("ada", 404), ("dee", 404)]
)
def test_the_desk_is_absent_for_those_who_do_not_work_there(sign_in: SignIn, name: str, status: int) -> None:
    assert sign_in(name).get("/desk/proposals").status_code == status


@pytest.mark.parametrize(
    "arguments", ["?page=-1", "?sort=evil", "?state=nonsense", "?q=%0A%0B", "?requested_from=abc", "?call=x"]
)
def test_arguments_that_make_no_sense_fall_back(sign_in: SignIn, arguments: str) -> None:
    assert sign_in("olu").get(f"/desk/proposals{arguments}").status_code == 200

"""What everybody may read is there without signing in, empty as it may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Browser = Callable[[], Any]


@pytest.mark.parametrize("path", ["/", "/funded", "/funded?sort=evil&page=9"])
def test_public_pages_open_to_visitors(visitor: Browser, path: str) -> None:
    assert visitor().get(path).status_code == 200


def test_what_is_shown_can_be_exported(visitor: Browser) -> None:
    with visitor().get("/funded.csv") as answer:
        assert answer.status_code == 200
        assert answer.get_data().startswith(b"\xef\xbb\xbf")


def test_an_unknown_project_is_absent(visitor: Browser) -> None:
    assert visitor().get("/funded/0000000000000000").status_code == 404


def test_the_front_page_sends_people_home_who_have_signed_in(sign_in: Callable[[str], Any]) -> None:
    answer = sign_in("ada").get("/")
    assert (answer.status_code, answer.location) == (302, "/home")


def test_the_api_describes_itself(visitor: Browser) -> None:
    described = visitor().get("/api/v1/openapi.json").get_json()
    assert described["openapi"] == "3.1.0"
    assert sorted(described["paths"]) == ["/api/v1/calls", "/api/v1/calls/{public_id}", "/api/v1/projects"]


def test_lists_come_in_parts(visitor: Browser) -> None:
    assert visitor().get("/api/v1/calls").get_json() == {"items": [], "page": 1, "size": 25, "total": 0}


@pytest.mark.parametrize("arguments", ["page=0", "size=1000", "page=x"])
def test_wrong_arguments_are_named_in_a_problem_document(visitor: Browser, arguments: str) -> None:
    answer = visitor().get(f"/api/v1/projects?{arguments}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert list(answer.get_json()["errors"]["query"]) == [arguments.partition("=")[0]]


def test_writing_is_not_offered(visitor: Browser) -> None:
    answer = visitor().post("/api/v1/calls")
    assert answer.status_code in {400, 405}
    assert visitor().delete("/api/v1/calls/x").headers.get("Allow") or answer.status_code == 400

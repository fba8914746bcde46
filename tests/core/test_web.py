"""The web boundary, tried on the whole house: declared access, strict headers, one answer for what is not there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from grants.core.web import UndeclaredAccess, seal
from tests.cast import Browser


@pytest.mark.parametrize("path", ["/open-calls/%00", "/notices/a%00b", "/open-calls?q=%00", "/files/%00"])
def test_an_address_with_nul_is_not_there(app: object, visitor: Callable[[], Browser], path: str) -> None:
    assert visitor().get(path).status_code == 404


def test_an_undeclared_view_stops_the_app() -> None:
    app = Flask("leaky")
    app.add_url_rule("/leak", "leak", lambda: "oops")
    with pytest.raises(UndeclaredAccess, match="leak"):
        seal(app)


def test_every_view_of_the_real_app_has_declared_its_access(app: Flask) -> None:
    silent = [
        name
        for name, view in app.view_functions.items()
        if name != "static" and not hasattr(view, "__access__")
    ]
    assert silent == []


def test_an_address_that_does_not_exist_answers_in_the_readers_language(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("language", "zh-Hans")
    answer = client.get("/nothing/here")
    assert answer.status_code == 404
    assert 'lang="zh-Hans"' in answer.text


def test_pages_carry_a_strict_policy_and_are_not_stored(app: Flask) -> None:
    headers = app.test_client().get("/nothing/here").headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")

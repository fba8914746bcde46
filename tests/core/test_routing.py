"""Addresses that are compiled late are written like those of the library."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, MapAdapter, Rule

from grants.core.routing import Addresses, Route

RULES = [
    ("/", "home", {}),
    ("/calls/<public_id>", "call", {}),
    ("/calls/<public_id>/files/<int:number>", "file", {}),
    ("/years/<int:year>", "year", {}),
    ("/honours", "honours", {"defaults": {"year": 2026}}),
]
ASKED = [
    ("home", {}),
    ("home", {"q": "江南 老人"}),
    ("call", {"public_id": "a/b 青"}),
    ("file", {"public_id": "x1", "number": 3, "as": "pdf"}),
    ("year", {"year": "no year"}),
    ("honours", {"year": 2026}),
    ("honours", {"year": 2025}),
]


def _written(adapter: MapAdapter, *asked: object, append_unknown: bool) -> str:
    try:
        return adapter.build(*asked, append_unknown=append_unknown)  # type: ignore[arg-type]
    except Exception as refused:  # noqa: BLE001 - which of the library's errors it is belongs to the answer
        return type(refused).__name__


def test_addresses_are_written_like_those_of_the_library_again_and_again() -> None:
    ours, theirs = (
        Map([made(rule, endpoint=endpoint, **options) for rule, endpoint, options in RULES]).bind(
            "example.org"
        )
        for made in (Route, Rule)
    )
    for append_unknown in (True, False, True):
        for asked in ASKED:
            expected = _written(theirs, *asked, append_unknown=append_unknown)
            assert _written(ours, *asked, append_unknown=append_unknown) == expected


def test_every_page_has_such_an_address(app: Flask) -> None:
    assert {type(rule) for rule in app.url_map.iter_rules()} == {Route}


def test_a_number_no_column_can_hold_leads_nowhere() -> None:
    adapter = Addresses([Route("/versions/<int:number>.json", endpoint="version")]).bind("example.org")
    assert adapter.match("/versions/2147483647.json") == ("version", {"number": 2147483647})
    for number in ("2147483648", "1" + 30 * "0", "1" + 5000 * "0"):
        with pytest.raises(NotFound):
            adapter.match(f"/versions/{number}.json")

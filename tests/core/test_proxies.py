"""Who may say for whom they ask: the proxies that are named."""

from __future__ import annotations

from typing import Any

import pytest

from grants.core.proxies import NamedProxies

FORWARDED = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "grants.example.org",
}


def seen(remote: str, *, trusted: frozenset[str]) -> tuple[str, str, str]:
    """Address, scheme and host that reach the app."""
    found: dict[str, Any] = {}

    def inner(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        found.update(environ)
        return []

    said = {"REMOTE_ADDR": remote, "wsgi.url_scheme": "http", "HTTP_HOST": "10.0.0.1", **FORWARDED}
    NamedProxies(inner, trusted=trusted)(said, None)
    return found["REMOTE_ADDR"], found["wsgi.url_scheme"], found["HTTP_HOST"]


def test_a_named_proxy_is_believed() -> None:
    assert seen("10.0.0.9", trusted=frozenset({"10.0.0.9"})) == ("203.0.113.7", "https", "grants.example.org")


@pytest.mark.parametrize("trusted", [frozenset(), frozenset({"10.0.0.9"})])
def test_whoever_else_sends_such_headers_is_not(trusted: frozenset[str]) -> None:
    assert seen("10.0.0.8", trusted=trusted) == ("10.0.0.8", "http", "10.0.0.1")

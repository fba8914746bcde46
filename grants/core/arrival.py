"""Stamps each request once, at the first of our own programs that sees it (product.md §4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from grants.core import clock

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


class ArrivalStamp:
    """WSGI middleware around everything: no lock or queue of ours comes before it.

    A configured trusted proxy's `X-Request-Start` (`t=` seconds, milliseconds or microseconds
    since 1970) counts instead when `trusted` proxies stand in front and it lies in the past.
    """

    def __init__(self, app: WsgiApp, *, trusted: frozenset[str]) -> None:
        self._app = app
        self._trusted = trusted

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        entered = clock.real_now()
        stamp = None
        if environ.get("REMOTE_ADDR") in self._trusted:
            stamp = _proxy_stamp(environ.get("HTTP_X_REQUEST_START", ""))
        environ["grants.arrived_at"] = stamp if stamp and stamp <= entered else entered
        return self._app(environ, start_response)


def _proxy_stamp(header: str) -> datetime | None:
    digits = header.strip().removeprefix("t=")
    try:
        number = float(digits)
    except ValueError:
        return None
    for divisor in (1, 1_000, 1_000_000):
        seconds = number / divisor
        if 1e9 < seconds < 1e10:  # noqa: PLR2004 - the years 2001 to 2286 in seconds
            return datetime.fromtimestamp(seconds, UTC)
    return None

"""Headers that say whom a proxy speaks for are believed from the proxies that are named, and from nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from grants.core.arrival import WsgiApp


class NamedProxies:
    """WSGI middleware: `X-Forwarded-For`, `-Proto` and `-Host` of one proxy, by the address it calls from."""

    def __init__(self, app: WsgiApp, *, trusted: frozenset[str]) -> None:
        self._app = app
        self._behind = ProxyFix(app, x_for=1, x_proto=1, x_host=1)
        self._trusted = trusted

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        named = environ.get("REMOTE_ADDR") in self._trusted
        return (self._behind if named else self._app)(environ, start_response)

"""Receives what people send before anybody is bothered with it: a slow line must not hold a seat.

A seat is the right to work: to use the processor, a connection, the database's lock. There are few,
so that the house stays quick. A body comes in piece by piece, however slowly, into a spool of its own
while its sender waits in the lobby (a thread of the server); only then it is handed to the app, whole.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable
from http import HTTPStatus
from typing import IO, Any

from grants.core.arrival import WsgiApp

SEATS = 4
IN_MEMORY = 512 * 1024
PIECE = 64 * 1024
PATIENCE = 60.0


class Reception:
    """WSGI middleware just inside the arrival stamp. Bodies beyond `largest` bytes are not taken in."""

    def __init__(self, app: WsgiApp, *, largest: int, seats: int = SEATS) -> None:
        self._app = app
        self._largest = largest
        self._seats = threading.BoundedSemaphore(seats)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not self._is_to_be_received(environ):
            return self._served(environ, start_response)
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as spool:
            try:
                _receive(environ, spool, self._largest)
            except TimeoutError:
                return _gave_up(start_response)
            return self._served(environ, start_response)

    def _served(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The answer is written while the seat is held; it travels to its reader without one."""
        with self._seats:
            return self._app(environ, start_response)

    def _is_to_be_received(self, environ: dict[str, Any]) -> bool:
        """What is announced as too large is refused by the app from its head alone."""
        announced = environ.get("CONTENT_LENGTH") or ""
        if announced.isdigit():
            return 0 < int(announced) <= self._largest
        return "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "")


def _receive(environ: dict[str, Any], spool: IO[bytes], largest: int) -> None:
    """Fill the spool and put it in the place of the line. Raises TimeoutError when nothing comes any more.

    A body without an announced length gets one; if it turns out too large, one that says so. One cut
    short by its sender keeps the length it announced, by which the app knows.
    """
    source, line = environ["wsgi.input"], environ.get("gunicorn.socket")
    left = int(environ.get("CONTENT_LENGTH") or largest + 1)
    if line is not None:
        line.settimeout(PATIENCE)
    try:
        while left > 0 and (piece := source.read(min(left, PIECE))):
            spool.write(piece)
            left -= len(piece)
    finally:
        if line is not None:
            line.settimeout(None)
    if not environ.get("CONTENT_LENGTH"):
        environ["CONTENT_LENGTH"] = str(spool.tell())
        environ.pop("HTTP_TRANSFER_ENCODING", None)
    spool.seek(0)
    environ["wsgi.input"] = spool


def _gave_up(start_response: Any) -> Iterable[bytes]:
    """Nobody reads a page at the other end any more: the status says it all, and the line is closed."""
    status = HTTPStatus.REQUEST_TIMEOUT
    start_response(f"{status.value} {status.phrase}", [("Content-Length", "0"), ("Connection", "close")])
    return []

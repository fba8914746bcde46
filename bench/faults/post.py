"""A real mail server that misbehaves on request, and remembers every Message-ID it took."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller

from bench.servers import free_port

ACCEPTS, REFUSES, HANGS_UP = "accepts", "refuses", "hangs up"


class PostOffice:
    """`mood` is what it does with the next mail. Hanging up comes after the mail was taken: nobody is told."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mood = ACCEPTS
        self.taken: Counter[str] = Counter()
        self.refused = 0
        self.hung_up = 0
        self._lock = threading.Lock()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=none"

    @property
    def met(self) -> int:
        """How many mails did not go the usual way."""
        return self.refused + self.hung_up

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        if self.mood == REFUSES:
            self.refused += 1
            return "451 come back later"
        with self._lock:
            self.taken[str(message_from_bytes(envelope.content)["Message-ID"]).strip()] += 1
        if self.mood == HANGS_UP:
            self.hung_up += 1
            server.transport.close()
        return "250 OK"

    def open(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True)
        self._controller.start()

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


@contextmanager
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    office.open()
    try:
        yield office
    finally:
        office.close()

"""A real mail server of the tests' own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from grants.core import mail


class Letterbox:
    """Keeps what was handed over; may refuse for now or for good."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        if self.answer.startswith("250"):
            message = message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
            self.mails.append(message)  # type: ignore[arg-type]
        return self.answer

    def text(self, place: int = -1) -> str:
        body = self.mails[place].get_body(("plain",))
        assert body
        return str(body.get_content())


@pytest.fixture
def letterbox(app: Flask) -> Iterator[Letterbox]:
    """The app's mails go over SMTP into this box."""
    box = Letterbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    server.start()
    before = app.extensions["grants.mail"]
    app.extensions["grants.mail"] = mail.transport_for(
        f"smtp://127.0.0.1:{port}?tls=none", domain="grants.example"
    )
    yield box
    app.extensions["grants.mail"] = before
    server.stop()

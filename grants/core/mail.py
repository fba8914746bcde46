"""Hands a finished mail to a mail server, or to a folder; decides nothing about who is told what.

A mail may be sent twice when a worker is killed at the wrong moment: it then carries the same
Message-ID, by which mail programs know it for one.
"""

from __future__ import annotations

import hashlib
import os
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from flask import Flask, current_app
from msgspec import Struct

from grants.core.text import clean, clean_line

TIMEOUT = 30.0
SUBMISSION_OVER_TLS = 465
SUBMISSION = 587
PERMANENT = 500


class Undeliverable(RuntimeError):
    """The server refused this mail for good; trying again would not help."""


class Mail(Struct, frozen=True):
    """One mail to one person. `message_id` is fixed when the mail is decided, see `message_id`."""

    to: str
    subject: str
    text: str
    message_id: str
    html: str = ""
    language: str = "zh-Hans"
    to_name: str = ""
    sender: str = ""
    sender_name: str = ""


class Transport(Protocol):
    def deliver(self, mail: Mail) -> None:
        """Raises Undeliverable when the mail is refused for good, OSError when trying later may help."""


class SmtpTransport(Struct, frozen=True):
    """A real mail server. `security` is tls (from the first byte), starttls, or none."""

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: str

    def deliver(self, mail: Mail) -> None:
        message = message_of(mail, sender=self.sender)
        try:
            with self._connected() as server:
                server.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
            if _for_good(error):
                raise Undeliverable(str(error)) from error
            raise

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            tls = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=tls)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def _for_good(error: smtplib.SMTPException) -> bool:
    """5xx answers about this mail; a refused sign-in is our fault and may be mended."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _words in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return error.smtp_code >= PERMANENT
    return False


class FolderTransport(Struct, frozen=True):
    """One file per mail, whole or not at all; the same Message-ID is the same file."""

    folder: Path
    sender: str

    def deliver(self, mail: Mail) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(mail.message_id.encode()).hexdigest()[:24]
        spool = self.folder / f".{name}.{os.getpid()}"
        with spool.open("wb") as file:
            file.write(message_of(mail, sender=self.sender).as_bytes())
            file.flush()
            os.fsync(file.fileno())
        spool.replace(self.folder / f"{name}.eml")


def transport_for(url: str, *, domain: str) -> Transport:
    """`smtp://user:password@host:port?tls=starttls|tls|none&from=address`, or `file:DIR`.

    Without `tls`, port 465 speaks TLS from the first byte and all others must offer STARTTLS.
    """
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    sender = options.get("from", f"no-reply@{domain}")
    if parts.scheme == "file":
        return FolderTransport(Path(unquote(parts.path)), sender)
    return SmtpTransport(
        host=parts.hostname or "localhost",
        port=parts.port or SUBMISSION,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        security=options.get("tls", _usual_security(parts)),
        sender=sender,
    )


def _usual_security(parts: SplitResult) -> str:
    return "tls" if parts.port == SUBMISSION_OVER_TLS else "starttls"


def install(app: Flask, *, url: str, base_url: str) -> None:
    domain = urlsplit(base_url).hostname or "localhost"
    app.extensions["grants.mail"] = transport_for(url, domain=domain)
    app.extensions["grants.mail.domain"] = domain


def send(mail: Mail) -> None:
    """Slow: never inside a unit of work. Raises as `Transport.deliver`."""
    cast("Transport", current_app.extensions["grants.mail"]).deliver(mail)


def message_id(key: str) -> str:
    """The fixed id of the mail that `key` (of a message or job) stands for."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"<{digest}@{current_app.extensions['grants.mail.domain']}>"


def message_of(mail: Mail, *, sender: str) -> EmailMessage:
    """The mail as servers read it: text first, then HTML; line breaks cannot enter a header."""
    ascii_only = (mail.to + (mail.sender or sender)).isascii()
    message = EmailMessage(policy=SMTP if ascii_only else SMTPUTF8)
    message["Message-ID"] = mail.message_id
    message["From"] = _address(mail.sender_name, mail.sender or sender)
    message["To"] = _address(mail.to_name, mail.to)
    message["Subject"] = clean_line(mail.subject)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(clean(mail.text), cte="base64")
    if mail.html:
        message.add_alternative(clean(mail.html), subtype="html", cte="base64")
    message["Content-Language"] = mail.language  # last: add_alternative moves it into the first part
    return message


def _address(name: str, address: str) -> Address:
    person, _, place = clean_line(address).rpartition("@")
    return Address(clean_line(name), username=person, domain=place)

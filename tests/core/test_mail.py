from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from grants.core import mail
from grants.core.mail import Mail, Undeliverable, message_of, transport_for

LETTER = Mail(
    to="lin@example.org",
    to_name="林 Ada",
    subject="您的项目书已收到 📮",
    text="您好：\n编号 穗志资-2026-0001。\n",
    html="<p>您好：</p>",
    message_id="<abc@grants.example>",
)


class Postman:
    """Keeps what a real server was handed; refuses the addresses it is told to."""

    def __init__(self, refuses: str = "") -> None:
        self.refuses = refuses
        self.got: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.got.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 kept"


@contextmanager
def post_office(postman: Postman, **options: Any) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(postman, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def parts_of(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content().replace("\r\n", "\n"), html.get_content().strip()


def test_a_real_server_gets_the_letter_as_written() -> None:
    postman = Postman()
    with post_office(postman) as port:
        transport_for(f"smtp://127.0.0.1:{port}?tls=none", domain="grants.example").deliver(LETTER)
    [message] = postman.got
    assert message["Subject"] == "您的项目书已收到 📮"
    assert message["To"] == "林 Ada <lin@example.org>"
    assert message["From"] == "no-reply@grants.example"
    assert message["Message-ID"] == "<abc@grants.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert parts_of(message) == ("您好：\n编号 穗志资-2026-0001。\n", "<p>您好：</p>")


def test_the_server_is_told_who_we_are() -> None:
    postman = Postman()
    seen: list[tuple[bytes, bytes]] = []

    def known(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss/word", handled=False)

    options = {"authenticator": known, "auth_require_tls": False}
    with post_office(postman, **options) as port:
        address = f"127.0.0.1:{port}?tls=none&from=grants@example.org"
        transport_for(f"smtp://gr%40nts:p%40ss%2Fword@{address}", domain="x").deliver(LETTER)
        with pytest.raises(OSError, match="535"):
            transport_for(f"smtp://gr%40nts:wrong@{address}", domain="x").deliver(LETTER)
    assert set(seen) == {(b"gr@nts", b"p@ss/word"), (b"gr@nts", b"wrong")}
    assert [message["From"] for message in postman.got] == ["grants@example.org"]


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody trusts until told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "cert.pem", folder / "key.pem"


def test_an_encrypted_line_is_used_and_its_certificate_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, key = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    postman = Postman()
    with post_office(postman, tls_context=context, require_starttls=True) as port:
        transport = transport_for(f"smtp://127.0.0.1:{port}", domain="x")
        with pytest.raises(ssl.SSLCertVerificationError):
            transport.deliver(LETTER)
        assert postman.got == []
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        transport.deliver(LETTER)
    assert len(postman.got) == 1


def test_a_server_without_encryption_is_not_trusted_unless_told() -> None:
    postman = Postman()
    with post_office(postman) as port, pytest.raises(OSError, match="STARTTLS"):
        transport_for(f"smtp://127.0.0.1:{port}", domain="x").deliver(LETTER)
    assert postman.got == []


@pytest.mark.parametrize(
    ("answer", "expected"), [("550 no such person", Undeliverable), ("450 mailbox busy", OSError)]
)
def test_a_refusal_for_good_is_told_from_one_for_now(answer: str, expected: type[Exception]) -> None:
    with post_office(Postman(refuses=answer)) as port, pytest.raises(expected):
        transport_for(f"smtp://127.0.0.1:{port}?tls=none", domain="x").deliver(LETTER)


def test_a_server_that_is_away_may_be_tried_later() -> None:
    with post_office(Postman()) as port:
        pass
    with pytest.raises(OSError, match="refused"):
        transport_for(f"smtp://127.0.0.1:{port}?tls=none", domain="x").deliver(LETTER)


def test_ports_tell_how_the_line_is_encrypted() -> None:
    security = {
        address: getattr(transport_for(address, domain="x"), "security", None)
        for address in ("smtp://h", "smtp://h:465", "smtp://h:25", "smtp://h:25?tls=none")
    }
    assert list(security.values()) == ["starttls", "tls", "starttls", "none"]


def test_a_folder_keeps_one_file_per_message_id(tmp_path: Path) -> None:
    transport = transport_for(f"file:{tmp_path / '信 件'}", domain="grants.example")
    transport.deliver(LETTER)
    transport.deliver(LETTER)
    [file] = (tmp_path / "信 件").iterdir()
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert message["Subject"] == LETTER.subject
    assert file.suffix == ".eml"


def test_line_breaks_cannot_smuggle_in_a_header() -> None:
    message = message_of(
        Mail(
            to="lin@example.org",
            to_name="Ada\r\nBcc: all@example.org",
            subject="Hello\r\nBcc: all@example.org\0",
            text="",
            message_id="<a@b>",
        ),
        sender="us@example.org",
    )
    assert message["Subject"] == "Hello Bcc: all@example.org"
    assert message["Bcc"] is None
    assert b"\nBcc:" not in message.as_bytes()


def test_an_address_in_chinese_is_written_in_utf8() -> None:
    message = message_of(
        Mail(to="用户@例子.公司", subject="s", text="t", message_id="<a@b>"), sender="us@example.org"
    )
    assert "用户@例子.公司".encode() in message.as_bytes()


def test_the_same_key_has_the_same_message_id(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("grants.mail", "grants.mail.domain"):  # the app is everybody's: its own come back afterwards
        monkeypatch.setitem(app.extensions, name, app.extensions[name])
    mail.install(app, url=f"file:{tmp_path}", base_url="https://grants.example/x")
    with app.app_context():
        assert mail.message_id("delivery 1") == mail.message_id("delivery 1")
        assert mail.message_id("delivery 1") != mail.message_id("delivery 2")
        assert mail.message_id("delivery 1").endswith("@grants.example>")
        mail.send(LETTER)
    assert len(list(tmp_path.glob("*.eml"))) == 1

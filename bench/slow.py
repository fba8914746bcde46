"""Slow work of other people: uploads that trickle in, and people who sign in."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.pages import Seat, found_in, section_of
from bench.servers import Server

MEGABYTE = 1024 * 1024
PIECE = 64 * 1024
BOUNDARY = "----a-slow-upload"
FILES = ("promise", "files")
PASSWORD = "greenshoots-demo"  # noqa: S105 - printed for every visitor of the demonstration


@dataclass
class Seen:
    """Statuses of what was done meanwhile, and what went wrong."""

    statuses: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def a_pdf(size: int) -> bytes:
    """What passes for a whole PDF of so many bytes."""
    head, tail = b"%PDF-1.7\n", b"\nstartxref\n9\n%%EOF\n"
    return head + b"x" * (size - len(head) - len(tail)) + tail


def upload(server: Server, seat: Seat, draft: str, content: bytes, *, seconds: float) -> int:
    """Send a file piece by piece over so many seconds, on a connection of its own; answers with the status."""
    section, question = FILES
    parts = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{seat.token}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    body = parts.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    head = (
        f"POST {section_of(draft, section)}/files/{question} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: {seat.cookie}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
        line.sendall(head.encode())
        began = time.monotonic()
        for place in range(0, len(body), PIECE):
            line.sendall(body[place : place + PIECE])
            time.sleep(max(0.0, began + seconds * place / len(body) - time.monotonic()))
        answer = line.recv(PIECE)
    return int(answer.split(b" ", 2)[1])


def sign_in(server: Server, name: str) -> int:
    """As a browser does: the page, then the form; answers with the status."""
    connection = server.connection()
    try:
        connection.request("GET", "/sign-in")
        page = connection.getresponse()
        text = page.read().decode()
        kept = (page.headers["Set-Cookie"] or "").partition(";")[0]
        said = {
            "csrf_token": found_in(text, "csrf_token"),
            "email": f"{name}@demo.example",
            "password": PASSWORD,
        }
        headers = {"Cookie": kept, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/sign-in", body=urlencode(said), headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


@contextmanager
def meanwhile(*works: Callable[[], int]) -> Iterator[Seen]:
    """Run these side by side while the block runs; ends when all have ended."""
    seen = Seen()

    def run(work: Callable[[], int]) -> None:
        try:
            seen.statuses.append(work())
        except Exception as error:  # noqa: BLE001 - told by whoever looks at `seen`
            seen.faults.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        for thread in threads:
            thread.join()

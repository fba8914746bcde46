"""Asks a virus scanner (clamd) about a file, where the house has one."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import BinaryIO
from urllib.parse import urlsplit

from flask import Flask, current_app

CHUNK = 64 * 1024
TIMEOUT = 60.0
USUAL_PORT = 3310


class ScannerSilent(RuntimeError):
    """The scanner gave no verdict; an unchecked file is not taken."""


def install(app: Flask, *, url: str) -> None:
    """`clamd://host:port`, `clamd:/path/of/socket`, or empty for a house without a scanner."""
    app.extensions["grants.scanner"] = url


def verdict(source: BinaryIO) -> str | None:
    """The name of what was found in the file; None when it is clean or nobody scans."""
    url = current_app.extensions.get("grants.scanner", "")
    if not url:
        return None
    source.seek(0)
    try:
        answer = _asked(url, source)
    except OSError as error:
        raise ScannerSilent(str(error)) from error
    if answer.endswith("OK"):
        return None
    if answer.endswith("FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerSilent(answer)


def _asked(url: str, source: BinaryIO) -> str:
    """The INSTREAM dialogue: chunks with their length before them, an empty one at the end."""
    with closing(_connected(url)) as line:
        line.settimeout(TIMEOUT)
        line.sendall(b"zINSTREAM\0")
        while chunk := source.read(CHUNK):
            line.sendall(len(chunk).to_bytes(4, "big") + chunk)
        line.sendall(b"\0\0\0\0")
        answer = b""
        while piece := line.recv(1024):
            answer += piece
        return answer.rstrip(b"\0\n").decode(errors="replace")


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.hostname:
        return socket.create_connection((parts.hostname, parts.port or USUAL_PORT), TIMEOUT)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(TIMEOUT)
    line.connect(parts.path)
    return line

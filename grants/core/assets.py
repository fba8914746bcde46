"""Stylesheets, scripts and pictures of the house: addresses that change with the content, sent small.

Pages themselves are not compressed here: a compressed page that repeats what somebody typed beside a
secret can be made to tell the secret (BREACH). Assets hold neither.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

from flask import Flask, Response, current_app, request

from grants.core.web import public

TEXT = ("text/", "application/javascript", "image/svg+xml", "application/json", "application/manifest+json")
SMALL = 1024


def install(app: Flask) -> None:
    app.add_url_rule("/app.css", "stylesheet", public(stylesheet))
    app.after_request(_squeezed)


def finder(app: Flask) -> Callable[[str], str]:
    """`asset(path)`: the address of a file in static/, or of `app.css`, all stylesheets in order.

    Looked up once: a page has dozens of pictures, and a release does not change its files.
    """
    folder = app.static_folder or ""
    remembered = lru_cache(maxsize=512)(partial(_looked_up, folder))
    return lambda path: _looked_up(folder, path) if app.debug else remembered(path)


def _looked_up(folder: str, path: str) -> str:
    """As the files are now."""
    if path == "app.css":
        return f"/app.css?v={_bundle(*_stylesheets())[1]}"
    file = Path(folder) / path
    changed = file.stat().st_mtime_ns if current_app.debug else 0
    return f"/static/{path}?v={_digest(str(file), changed)}"


def stylesheet() -> Response:
    return Response(_bundle(*_stylesheets())[0], mimetype="text/css")


def _stylesheets() -> tuple[str, int]:
    """The folder, and when it last changed as far as we look: always while developing, else once."""
    folder = Path(current_app.static_folder or "") / "css"
    if not current_app.debug:
        return str(folder), 0
    return str(folder), max(file.stat().st_mtime_ns for file in folder.rglob("*"))


@lru_cache(maxsize=4)
def _bundle(folder: str, changed: int) -> tuple[str, str]:
    """All stylesheets in the order of css/ORDER, and the hash of the whole."""
    names = (Path(folder) / "ORDER").read_text().split()
    text = "\n".join((Path(folder) / name).read_text() for name in names)
    return text, hashlib.sha256(text.encode()).hexdigest()[:10]


@lru_cache(maxsize=512)
def _digest(path: str, changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def _squeezed(response: Response) -> Response:
    """Compress assets that carry their hash in the address; each is compressed once and remembered."""
    if not (request.path.startswith("/static/") or request.path == "/app.css"):
        return response
    response.vary.add("Accept-Encoding")
    version = request.args.get("v", "")
    fit = response.status_code == 200 and version and (response.mimetype or "").startswith(TEXT)  # noqa: PLR2004
    if not fit or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < SMALL:
        return response
    response.set_data(_gzipped(request.path, version, data))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("ETag", None)
    return response


@lru_cache(maxsize=256)
def _gzipped(path: str, version: str, data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)

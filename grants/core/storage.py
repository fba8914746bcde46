"""Where the bytes of files are kept: a folder, or an S3-compatible store, behind one small door.

Keys are random and written once: what is acknowledged is on disk, and nothing is ever overwritten.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app, g
from msgspec import Struct
from werkzeug.exceptions import HTTPException

from grants.core import clock
from grants.core.errors import DomainError

if TYPE_CHECKING:
    from obstore.store import LocalStore, S3Store

CHUNK = 256 * 1024
MEGABYTE = 1024 * 1024


class Storage(Struct, frozen=True):
    """A store and, for a folder, where it is."""

    store: LocalStore | S3Store
    folder: Path | None = None

    def put(self, key: str, source: BinaryIO) -> None:
        """Keep everything in `source` under a key that is not taken. Slow: never in a unit of work."""
        import obstore

        source.seek(0)
        obstore.put(self.store, key, source, mode="create")
        if self.folder is not None:
            _settle(self.folder / key, self.folder)

    def chunks(self, key: str) -> Iterator[bytes]:
        """The bytes, piece by piece. Raises FileNotFoundError at once when there are none."""
        import obstore

        found = obstore.get(self.store, key)
        return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK))

    def read(self, key: str) -> bytes:
        return b"".join(self.chunks(key))

    def delete(self, key: str) -> None:
        """Deleting what is not there is no error."""
        import obstore

        try:
            obstore.delete(self.store, key)
        except FileNotFoundError:
            return

    def listing(self) -> Iterator[list[tuple[str, datetime]]]:
        """Every key with the real time it was written, in batches."""
        import obstore

        for batch in obstore.list(self.store, chunk_size=500):
            yield [(found["path"], found["last_modified"]) for found in batch]


def _settle(path: Path, root: Path) -> None:
    """Have the file and the folders that name it survive a power cut."""
    for place in (path, *path.parents):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if place == root:
            return


def storage_for(url: str) -> Storage:
    """`file:DIR`, or `s3://bucket/prefix` with the usual AWS_* variables for keys, region and endpoint."""
    from obstore.store import LocalStore, S3Store

    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path)).absolute()
        return Storage(LocalStore(prefix=folder, mkdir=True), folder)
    return Storage(S3Store(parts.netloc, prefix=unquote(parts.path).strip("/") or None))


def install(app: Flask, *, url: str, largest: int) -> None:
    """The store is opened when first used: its library is slow to load. `largest` is in bytes."""
    app.extensions["grants.storage.url"] = url
    app.extensions["grants.storage.largest"] = largest


def largest() -> int:
    """How many bytes a file handed in may have."""
    return int(current_app.extensions["grants.storage.largest"])


def most_megabytes() -> int:
    """The same as pages say it."""
    return largest() // MEGABYTE


def storage() -> Storage:
    extensions = current_app.extensions
    if "grants.storage" not in extensions:
        extensions["grants.storage"] = storage_for(extensions["grants.storage.url"])
    return cast("Storage", extensions["grants.storage"])


@contextmanager
def unless_refused() -> Iterator[Callable[[], None]]:
    """What is stored inside goes again when the request is refused: by calling what this gives, or by an error of
    the person's. After a fault of ours nobody knows what was kept: the sweep looks for itself.
    """
    stored: list[str] = []
    g.stored, refused = stored, False

    def refuse() -> None:
        nonlocal refused
        refused = True

    try:
        yield refuse
    except (DomainError, HTTPException):
        refused = True
        raise
    finally:
        del g.stored
        for key in stored if refused else ():
            storage().delete(key)


def store(key: str, source: BinaryIO) -> None:
    """Keep a file for the running request, if that is not refused; elsewhere, for good."""
    storage().put(key, source)
    if "stored" in g:
        g.stored.append(key)


def new_key() -> str:
    """Says when, and nothing else: not whose, not what."""
    return f"{clock.real_now():%Y%m}/{secrets.token_hex(16)}"

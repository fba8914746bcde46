"""Taking files in. `receive` is slow and outside any transaction; `keep` belongs to the holder's own action."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime, timedelta
from typing import IO, Any, BinaryIO, Protocol, cast

from msgspec import Struct
from msgspec.structs import replace

from grants.core import audit, clock, scanning, storage
from grants.core.db import db
from grants.core.errors import RulesBroken, Violation
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor
from grants.documents.fields import PICTURES, Kind
from grants.documents.models import Document
from grants.documents.pictures import repainted
from grants.documents.queries import known_keys
from grants.documents.rules import Refused, differs, kind_of, shown_name

CHUNK = 1024 * 1024
UNCLAIMED_AFTER = timedelta(days=1)


class Upload(Protocol):
    """What a browser sent."""

    @property
    def filename(self) -> str | None: ...

    @property
    def stream(self) -> IO[bytes]: ...


class Spooled(Struct, frozen=True):
    """A file that was checked and stored, and waits to be kept by somebody's unit of work."""

    name: str
    content_type: str
    size: int
    sha256: str
    storage_key: str


def receive(upload: Upload, *, field: str | None = None) -> Spooled:
    """Check, clean and store a file. A prepare step: never call it inside a unit of work.

    Raises RulesBroken, naming `field`, when it is empty, too large, of a kind we do not take, not
    of the kind its name says, damaged, a trap, or infected.
    """
    name = shown_name(upload.filename or "")
    try:
        return _received(name, cast("BinaryIO", upload.stream))
    except Refused as refused:
        raise RulesBroken([replace(refused.violation, field=field)]) from None


def _received(name: str, stream: BinaryIO) -> Spooled:
    _weighed(stream)
    kind = _kind_by_name_and_content(name, stream)
    _scanned(name, stream)
    if kind not in PICTURES:
        return _stored(name, kind, stream)
    with repainted(stream, kind) as picture:
        return _stored(name, kind, picture)


def _weighed(stream: BinaryIO) -> None:
    size = stream.seek(0, os.SEEK_END)
    if size == 0:
        raise Refused(Violation("file_empty", _l("The file is empty.")))
    if size > storage.largest():
        limit = storage.most_megabytes()
        sentence = _l("The file is larger than %(limit)s MB. Send a smaller one.", limit=limit)
        raise Refused(Violation("file_too_large", sentence))


def _kind_by_name_and_content(name: str, stream: BinaryIO) -> Kind:
    kind = kind_of(stream)
    lie = differs(name, kind)
    if lie is not None:
        raise Refused(lie)
    return kind


def _scanned(name: str, stream: BinaryIO) -> None:
    found = scanning.verdict(stream)
    if found:
        sentence = _l("“%(name)s” was not taken: the scanner found %(found)s in it.", name=name, found=found)
        raise Refused(Violation("file_infected", sentence))


def store(name: str, kind: Kind, stream: BinaryIO) -> Spooled:
    """Store a file the house made itself, whatever its size and kind. As slow as `receive`, and as early."""
    return _stored(shown_name(name), kind, stream)


def _stored(name: str, kind: Kind, stream: BinaryIO) -> Spooled:
    digest, size = hashlib.sha256(), 0
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    key = storage.new_key()
    storage.store(key, stream)
    return Spooled(name, kind.content_type, size, digest.hexdigest(), key)


def keep(spooled: Spooled, *, holder: Any, purpose: str, by: Actor, at: datetime) -> Document:
    """File what was received with a row, in the unit of work of the action that has authorised it."""
    if holder.id is None:
        db.session.flush()
    document = Document(
        holder_kind=holder.__tablename__,
        holder_id=holder.id,
        purpose=purpose,
        name=spooled.name,
        content_type=spooled.content_type,
        size=spooled.size,
        sha256=spooled.sha256,
        storage_key=spooled.storage_key,
        uploaded_by_id=by.user_id,
        uploaded_at=at,
    )
    db.session.add(document)
    audit.record("attach", document, by=by, at=at)
    return document


def withdraw(document: Document, *, by: Actor, at: datetime) -> None:
    """Take a file back: nobody can open it any more. The caller has authorised it; twice is once."""
    if document.withdrawn_at is None:
        document.withdrawn_at = at
        audit.record("withdraw", document, by=by, at=at)


class Sweep:
    """The job that drops stored files nobody kept: the form was refused, or the worker killed."""

    def prepare(self, payload: dict[str, Any]) -> int:
        old = clock.real_now() - UNCLAIMED_AFTER
        dropped = 0
        for batch in storage.storage().listing():
            keys = [key for key, written_at in batch if written_at < old]
            unclaimed = set(keys) - known_keys(keys)
            db.session.rollback()
            for key in unclaimed:
                storage.storage().delete(key)
            dropped += len(unclaimed)
        return dropped

    def keep(self, payload: dict[str, Any], result: int) -> None:
        """Nothing is written: the store itself was changed."""


SWEEP = Sweep()

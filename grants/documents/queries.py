"""Finding the files of a holder, and one file by its address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from grants.core.db import db
from grants.documents.models import Document


def document_at(public_id: str) -> Document | None:
    """The file at this address; what was taken back is as if it had never been."""
    standing = select(Document).where(Document.public_id == public_id, Document.withdrawn_at.is_(None))
    return db.session.scalar(standing)


def documents_of(holder: Any, *, purpose: str | None = None) -> Sequence[Document]:
    """The files of one row that were not taken back, oldest first."""
    chosen = _of(holder.__tablename__, [holder.id])
    if purpose is not None:
        chosen = chosen.where(Document.purpose == purpose)
    return db.session.scalars(chosen).all()


def documents_by_holder(kind: str, ids: Iterable[int]) -> Mapping[int, Sequence[Document]]:
    """The files of many rows of one table in one query; a row without files has an empty list."""
    found: dict[int, list[Document]] = defaultdict(list)
    for document in db.session.scalars(_of(kind, list(ids))):
        found[document.holder_id].append(document)
    return found


def _of(kind: str, ids: Sequence[int]) -> Select[Document]:
    standing = Document.withdrawn_at.is_(None)
    return (
        select(Document)
        .where(Document.holder_kind == kind, Document.holder_id.in_(ids), standing)
        .order_by(Document.holder_id, Document.id)
    )


def known_keys(keys: Sequence[str]) -> set[str]:
    """Which of these storage keys belong to a file, taken back or not."""
    return set(db.session.scalars(select(Document.storage_key).where(Document.storage_key.in_(keys))))

"""Search documents: what can be found of each thing, in tokens that both databases find alike.

A document says nothing about who may see it. `matching` gives ids to be used inside a select that
is limited by the kind's own `visible_to`, so that search never finds what may not be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    ColumnElement,
    Select,
    String,
    Text,
    UniqueConstraint,
    cast,
    column,
    delete,
    event,
    false,
    insert,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from grants.core import text
from grants.core.db import Base, db, upsert

LONGEST_TITLE = 400
LONGEST_QUERY = 200
# A text is filed in pieces that PostgreSQL can hold, each beginning with the end of the last.
MOST_PIECES = 64
PIECE = 12_000
PIECE_BYTES = 700_000
OVERLAP = 50


class SearchDocument(Base):
    """The words of one thing. Its tokens are in `search_fts`, in rows `id * 64 + piece`."""

    __tablename__ = "search_document"
    __table_args__ = (UniqueConstraint("kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    case: Mapped[str | None] = mapped_column(String(40), index=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    body: Mapped[str] = mapped_column(Text)


# The words of the statements live here once; migrations execute the same lists.
CREATE_SQLITE = (
    "CREATE VIRTUAL TABLE search_fts USING fts5(tokens, tokenize = 'unicode61 remove_diacritics 0')",
)
CREATE_POSTGRESQL = (
    "CREATE TABLE search_fts (rowid bigint PRIMARY KEY, tokens tsvector NOT NULL)",
    "CREATE INDEX search_fts_tokens ON search_fts USING gin (tokens)",
)
DROP = ("DROP TABLE IF EXISTS search_fts",)

_FTS = table("search_fts", column("rowid", BigInteger), column("tokens"))

for _dialect, _statements in (("sqlite", CREATE_SQLITE), ("postgresql", CREATE_POSTGRESQL)):
    for _statement in _statements:
        event.listen(SearchDocument.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))
for _statement in DROP:
    event.listen(SearchDocument.__table__, "after_drop", DDL(_statement))


def put(kind: str, subject_id: int, *, title: str, body: str = "", case: str | None = None) -> None:
    """File or refile the words of a thing, in the caller's transaction."""
    values = {"title": text.clean_line(title)[:LONGEST_TITLE], "body": text.clean(body), "case": case}
    filed = (
        upsert(SearchDocument)
        .values(kind=kind, subject_id=subject_id, **values)
        .on_conflict_do_update(index_elements=["kind", "subject_id"], set_=values)
        .returning(SearchDocument.id)
    )
    id_ = db.session.execute(filed).scalar_one()
    db.session.execute(_without_pieces(id_))
    tokens = text.search_tokens(f"{title}\n{body}")
    for number, piece in enumerate(_pieces(tokens)):
        db.session.execute(_filed(id_ * MOST_PIECES + number, piece))


def remove(kind: str, subject_id: int) -> None:
    """Forget the words of a thing."""
    gone = delete(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.subject_id == subject_id)
    for id_ in db.session.scalars(gone.returning(SearchDocument.id)):
        db.session.execute(_without_pieces(id_))


def matching(kind: str, query: str) -> Select[int]:
    """The ids of the things of this kind in which every piece of the query occurs, to be used with `in_`.

    A query of signs only finds nothing.
    """
    found = select(SearchDocument.subject_id).where(SearchDocument.kind == kind)
    condition = _matches(query[:LONGEST_QUERY])
    if condition is None:
        return found.where(false())
    rows = select(_FTS.c.rowid // MOST_PIECES).where(condition)
    return found.where(SearchDocument.id.in_(rows))


def _dialect_name() -> str:
    return db.session.get_bind().dialect.name


def _matches(query: str) -> ColumnElement[bool] | None:
    if _dialect_name() == "sqlite":
        words = text.fts5_query(query)
        return None if words is None else literal_column("search_fts").op("MATCH", is_comparison=True)(words)
    words = text.tsquery(query)
    return None if words is None else _FTS.c.tokens.op("@@", is_comparison=True)(cast(words, TSQUERY))


def _filed(rowid: int, tokens: Sequence[str]) -> Any:
    if _dialect_name() == "sqlite":
        return insert(_FTS).values(rowid=rowid, tokens=" ".join(tokens))
    return insert(_FTS).values(rowid=rowid, tokens=cast(text.tsvector(tokens), TSVECTOR))


def _without_pieces(id_: int) -> Any:
    first = id_ * MOST_PIECES
    return delete(_FTS).where(_FTS.c.rowid >= first, _FTS.c.rowid < first + MOST_PIECES)


def _pieces(tokens: Sequence[str]) -> Iterator[Sequence[str]]:
    """At most 64; what is beyond them is not found."""
    start = 0
    for _ in range(MOST_PIECES):
        end = _end_of_piece(tokens, start)
        yield tokens[start:end]
        if end >= len(tokens):
            return
        start = max(start + 1, end - OVERLAP)


def _end_of_piece(tokens: Sequence[str], start: int) -> int:
    size = 0
    for place in range(start, min(start + PIECE, len(tokens))):
        size += len(tokens[place].encode()) + 9
        if size > PIECE_BYTES:
            return max(place, start + 1)
    return min(start + PIECE, len(tokens))

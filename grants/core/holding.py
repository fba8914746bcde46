"""Rows kept from everybody else while something is decided by them, in one order, so that no two wait in a circle.

On SQLite a unit of work that writes is alone anyway; on PostgreSQL others write at the same moment, and
whatever was read before the row was held may be older than what they did (ADR 19).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, TypeVar

from flask import current_app, has_request_context
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ExecutableOption

from grants.core.db import db
from grants.core.errors import existing
from grants.core.registries import registry

Row = TypeVar("Row", bound=Any)

log = logging.getLogger(__name__)
_HELD = "held"


class OutOfOrder(RuntimeError):
    """Rows are held in another order than wiring.HOLDING: two people could wait for each other. A bug."""


def hold(kind: Any, ids: Iterable[int]) -> bool:
    """Whoever comes next for one of these rows waits until the running unit of work ends.

    What is read after this is how it stands now; what was loaded before has to be read anew, see
    `for_change`. Answers whether any was not held yet. Rows that only point at a held one may still be written.
    """
    session = db.session()
    held: set[tuple[int, int]] = session.info.setdefault(_HELD, set())
    place = registry("holding").index(kind.__tablename__)
    wanted = sorted({(place, number) for number in ids} - held)
    if not wanted:
        return False
    if held and wanted[0] < max(held):
        _complain(session, kind)
    rows = select(kind.id).where(kind.id.in_([number for _place, number in wanted])).order_by(kind.id)
    session.execute(rows.with_for_update(key_share=True)).all()
    held.update(wanted)
    return True


def _complain(session: Session, kind: Any) -> None:
    """Tests do several things in one unit of work; a request does one, and its order is that of all others."""
    if not has_request_context():
        return
    order = registry("holding")
    before = [order[place] for place, _number in sorted(session.info[_HELD])]
    text = f"{kind.__tablename__} is held after {before}"
    if current_app.testing:
        raise OutOfOrder(text)
    log.error(text)


def for_change(row: Row, *options: ExecutableOption) -> Row:
    """The row held, and read anew with `options`: how it stands now, whatever was loaded before."""
    hold(type(row), [row.id])
    return anew(row, *options)


def anew(row: Row, *options: ExecutableOption) -> Row:
    """The same row, and what `options` load with it, as they stand now. Raises NotFound when it is gone.

    Without options what was loaded with it stays loaded.
    """
    kind: Any = type(row)
    if not options:
        db.session.flush()
        db.session.refresh(row, _columns(kind))
        return row
    again = select(kind).where(kind.id == row.id).options(*options)
    return existing(db.session.scalar(again.execution_options(populate_existing=True)))


def forget(rows: Iterable[Any], *relationships: str) -> None:
    """Let the next query read these rows anew, and what is named of their relationships; the rest stays loaded."""
    db.session.flush()
    for row in rows:
        db.session.expire(row, [*_columns(type(row)), *relationships])


def _columns(kind: Any) -> list[str]:
    return [column.key for column in inspect(kind).column_attrs]

"""The boundary commits once, or not at all."""

from __future__ import annotations

import pytest
from flask import Flask, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from grants.core import access_log, clock
from grants.core.access_log import AccessEntry
from grants.core.db import db
from grants.core.errors import RulesBroken, Violation
from grants.core.forms import Form
from grants.core.policy import SYSTEM
from grants.core.unit_of_work import WroteWhileReading
from grants.core.web import View, _in_one_unit_of_work


def row() -> AccessEntry:
    return AccessEntry(subject_type="thing", subject_id=1, what="look", at=clock.real_now())


def view_that(status: int, *, flush: bool = False) -> View:
    def view() -> ResponseReturnValue:
        db.session.add(row())
        if flush:
            db.session.flush()
        return "done", status

    return _in_one_unit_of_work(view)


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (302, 1), (422, 0), (500, 0)])
def test_only_successes_are_kept(app: Flask, rows: Session, status: int, kept: int) -> None:
    with app.test_request_context(method="POST"):
        view_that(status)()
    assert len(rows.scalars(select(AccessEntry)).all()) == kept


def test_a_broken_rule_is_never_half_kept_even_if_the_view_redirects(app: Flask, rows: Session) -> None:
    def view() -> ResponseReturnValue:
        form = Form(meta={"csrf": False})
        with form.attempting():
            db.session.add(row())
            raise RulesBroken([Violation("no", "No.")])
        return redirect("/")

    with app.test_request_context(method="POST"):
        assert _in_one_unit_of_work(view)().status_code == 302  # type: ignore[union-attr]
    assert rows.scalars(select(AccessEntry)).all() == []


@pytest.mark.parametrize("flush", [True, False])
def test_a_get_that_writes_is_a_bug(app: Flask, rows: Session, flush: bool) -> None:
    with app.test_request_context(method="GET"), pytest.raises(WroteWhileReading):
        view_that(200, flush=flush)()
    assert rows.scalars(select(AccessEntry)).all() == []


def test_a_get_that_bulk_deletes_is_a_bug(app: Flask) -> None:
    wiped = _in_one_unit_of_work(lambda: str(db.session.execute(delete(AccessEntry))))
    with app.test_request_context(method="GET"), pytest.raises(WroteWhileReading):
        wiped()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_look_is_remembered_whether_the_page_reads_or_writes(
    app: Flask, rows: Session, method: str
) -> None:
    def view() -> ResponseReturnValue:
        access_log.note("bank account", "organisation", 7, by=SYSTEM)
        return "shown"

    with app.test_request_context(method=method):
        _in_one_unit_of_work(view)()
    kept = rows.scalars(select(AccessEntry)).one()
    assert (kept.what, kept.subject_type, kept.subject_id) == ("bank account", "organisation", 7)

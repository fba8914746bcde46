from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import insert

from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.export import exported
from grants.core.policy import SYSTEM, VISITOR, Actor
from grants.core.unit_of_work import unit_of_work
from tests.core.stalls import STALLS, Market, Mood, Stall, market, seen


@pytest.fixture(autouse=True)
def stalls(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        Market.metadata.create_all(db.engine)
        with unit_of_work():
            db.session.add_all(market())
        yield
        db.session.remove()
        Market.metadata.drop_all(db.engine)


def content(kind: str, by: Actor = VISITOR, **args: str) -> bytes:
    response = exported(STALLS, args, by=by, kind=kind)
    data = b"".join(response.iter_encoded())
    response.close()
    assert len(data) == response.content_length
    return data


def table(**args: str) -> list[list[str]]:
    data = content("csv", **args)
    assert data.startswith(b"\xef\xbb\xbf"), "Excel reads Chinese only behind the mark"
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def sheet(**args: str) -> list[list[Any]]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content("xlsx", **args)))
    return workbook.get_sheet_by_index(0).to_python()


def test_csv_holds_exactly_what_is_shown() -> None:
    assert table(mood="busy", sort="rent", columns="mood,rent,opened,seen") == [
        ["名称", "状态", "租金", "开张", "最近"],
        ["面", "忙碌", "1200.00", "2026-03-01", "2026-11-21 00:00"],
        ["'=cmd|x", "忙碌", "", "", "2026-11-21 01:00"],
    ]


def test_csv_holds_nothing_the_reader_may_not_see() -> None:
    assert "暗" not in content("csv").decode()
    assert "暗" in content("csv", SYSTEM).decode()


def test_xlsx_holds_numbers_and_dates_one_can_reckon_with() -> None:
    assert sheet(mood="busy", sort="rent", columns="mood,rent,opened,seen,id") == [
        ["名称", "状态", "租金", "开张", "最近", "号"],
        ["面", "忙碌", 1200.0, date(2026, 3, 1), date(2026, 11, 21), 2.0],
        ["=cmd|x", "忙碌", "", "", datetime.fromisoformat("2026-11-21T01:00"), 3.0],
    ]


def test_no_cell_of_the_workbook_is_a_formula() -> None:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content("xlsx")))
    formulas = workbook.get_sheet_by_index(0)
    assert "=cmd|x" in [row[0] for row in formulas.to_python()]
    assert b"<f>" not in content("xlsx")


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1+1", "－1"])
def test_no_cell_of_a_csv_can_be_taken_for_a_formula(begins: str) -> None:
    with unit_of_work():
        db.session.add(Stall(id=50, name=begins, mood=Mood.CALM, seen_at=seen(1)))
    assert f"'{begins}" in [row[0] for row in table()]


def test_every_page_is_in_the_file() -> None:
    rows = [
        {"id": n, "name": f"{n}", "mood": Mood.CALM, "seen_at": seen(1), "hidden": False}
        for n in range(100, 2000)
    ]
    with unit_of_work():
        db.session.execute(insert(Stall), rows)
    assert len(table(page="3", size="50", mood="calm")) == 1 + 2 + 1900
    assert len(sheet(mood="calm")) == 1 + 2 + 1900


def test_a_very_long_cell_is_cut_to_what_a_workbook_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    with unit_of_work():
        db.session.add(Stall(id=51, name="长", mood=Mood.CALM, seen_at=seen(1)))
    monkeypatch.setitem(
        __import__("tests.core.stalls", fromlist=["DISTRICTS"]).DISTRICTS, 440106, "天" * 40_000
    )
    assert {len(row[2]) for row in sheet(district="440106")[1:]} == {32_767}


def test_the_file_is_named_in_the_readers_words() -> None:
    with time_machine.travel(datetime(2026, 11, 21, 16, 30, tzinfo=UTC)):
        response = exported(STALLS, {}, by=VISITOR, kind="csv")
    assert response.headers["Content-Disposition"] == (
        "attachment; filename=\"stalls-2026-11-22.csv\"; filename*=UTF-8''%E6%91%8A%E4%BD%8D-2026-11-22.csv"
    )
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    response.close()


def test_other_kinds_of_file_do_not_exist() -> None:
    with pytest.raises(NotFound):
        exported(STALLS, {}, by=VISITOR, kind="exe")

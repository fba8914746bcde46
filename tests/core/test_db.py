"""Column types mean the same on both databases, in sums and in order, too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from grants.core.db import ExactType, JsonType, MoneyType, UtcDateTime, db
from grants.core.money import Money

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


class Shop(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime, Money: MoneyType, Decimal: ExactType}


class Till(Shop):
    __tablename__ = "till"

    id: Mapped[int] = mapped_column(primary_key=True)
    taken: Mapped[Money]
    rate: Mapped[Decimal]
    at: Mapped[datetime]
    note: Mapped[dict[str, Any]] = mapped_column(JsonType, default=dict)


@pytest.fixture
def tills(app: Flask, rows: Session) -> Iterator[Session]:
    with app.app_context():
        engine = db.engine
    Shop.metadata.create_all(engine)
    beijing = timezone(timedelta(hours=8))
    rows.add_all(
        [
            Till(taken=Money(9_007_199_254_740_993), rate=Decimal("9.5"), at=NOON),
            Till(taken=Money(-2), rate=Decimal("10.0001"), at=NOON.astimezone(beijing)),
        ]
    )
    rows.commit()
    yield rows
    rows.rollback()
    Shop.metadata.drop_all(engine)


def test_money_added_up_is_money(tills: Session) -> None:
    whole = tills.scalar(select(func.sum(Till.taken)))
    assert whole == Money(9_007_199_254_740_991)
    assert tills.scalar(select(func.coalesce(func.sum(Till.taken), 0))) == whole
    assert tills.scalar(select(func.coalesce(func.sum(Till.taken), 0)).where(Till.id < 0)) == Money(0)
    assert tills.scalar(select(func.sum(Till.taken)).where(Till.id < 0)) is None


def test_half_a_fen_is_no_money() -> None:
    with pytest.raises(TypeError, match="whole fen"):
        MoneyType().process_result_value(Decimal("0.5"), object())


def test_decimals_sort_as_numbers_and_add_up_exactly(tills: Session) -> None:
    assert tills.scalars(select(Till.rate).order_by(Till.rate)).all() == [Decimal("9.5"), Decimal("10.0001")]
    assert tills.scalar(select(func.sum(Till.rate))) == Decimal("19.5001")


def test_a_moment_is_the_same_moment_from_every_zone(tills: Session) -> None:
    assert set(tills.scalars(select(Till.at))) == {NOON}


def test_a_moment_comes_back_in_utc_whatever_zone_the_server_speaks(tills: Session) -> None:
    if tills.get_bind().dialect.name == "postgresql":
        tills.execute(text("SET LOCAL TIME ZONE 'Asia/Shanghai'"))
    assert [(at, at.tzinfo) for at in tills.scalars(select(Till.at))] == [(NOON, UTC)] * 2


def test_keys_come_back_in_one_order_whoever_wrote_them_first(tills: Session) -> None:
    """So that nothing can lean on the order of a dictionary where only one database keeps it."""
    tills.add(
        Till(taken=Money(0), rate=Decimal(0), at=NOON, note={"zh-Hans": {"字": 1, "b": 2, "a": 3}, "en": []})
    )
    tills.commit()
    note = tills.scalars(select(Till.note).order_by(Till.id.desc())).first()
    assert json.dumps(note, ensure_ascii=False) == '{"en": [], "zh-Hans": {"a": 3, "b": 2, "字": 1}}'

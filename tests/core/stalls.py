"""A market of stalls: a table and a list of the tests' own, in a schema that migrations never see."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import Select, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from grants.core.db import MoneyType, UtcDateTime, states
from grants.core.list_columns import Column, ColumnKind, Listing
from grants.core.list_filters import Choice, DateRange, Flag, MoneyRange
from grants.core.money import Money
from grants.core.policy import Actor


class Mood(StrEnum):
    CALM = "calm"
    BUSY = "busy"
    SHUT = "shut"


WORDS = {Mood.CALM: "安静", Mood.BUSY: "忙碌", Mood.SHUT: "关闭"}
TONES = {Mood.CALM: "go", Mood.BUSY: "act", Mood.SHUT: "off"}
DISTRICTS = {440105: "海珠", 440106: "天河"}


class Market(DeclarativeBase):
    type_annotation_map = {datetime: UtcDateTime, Money: MoneyType}


class Stall(Market):
    __tablename__ = "stall"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), index=True)
    mood: Mapped[Mood] = mapped_column(states(Mood))
    district: Mapped[int | None]
    rent: Mapped[Money | None]
    opened_on: Mapped[date | None]
    seen_at: Mapped[datetime]
    hidden: Mapped[bool] = mapped_column(default=False)


def visible(actor: Actor) -> Select[int]:
    stalls = select(Stall.id)
    return stalls if actor.is_system else stalls.where(Stall.hidden.is_(False))


STALLS = Listing(
    name="stalls",
    title="摊位",
    rows=visible,
    key=Stall.id,
    columns=(
        Column("name", "名称", Stall.name, width="w6"),
        Column(
            "mood", "状态", Stall.mood, ColumnKind.TAG, label_of=WORDS.__getitem__, tone_of=TONES.__getitem__
        ),
        Column("district", "区", Stall.district, label_of=DISTRICTS.__getitem__),
        Column("rent", "租金", Stall.rent, ColumnKind.MONEY),
        Column("opened", "开张", Stall.opened_on, ColumnKind.DATE),
        Column("seen", "最近", Stall.seen_at, ColumnKind.DATETIME, is_default=False),
        Column("id", "号", Stall.id, ColumnKind.NUMBER, is_sortable=False, is_default=False),
    ),
    sort="-opened",
    lead="name",
    href=lambda row: f"/stalls/{row.number}",
    extra={"number": Stall.id},
    filters=(
        Choice("mood", "状态", Stall.mood, choices=tuple(WORDS.items())),
        Choice("district", "区", Stall.district, name_of=DISTRICTS.__getitem__, none_label="未定"),
        Flag("dear", "高租金", Stall.rent > Money.yuan(1000)),
        DateRange("opened", "开张", Stall.opened_on),
        DateRange("seen", "最近", Stall.seen_at),
        MoneyRange("rent", "租金", Stall.rent),
    ),
    searched="stall",
    empty="还没有摊位",
)


def seen(hour: int) -> datetime:
    return datetime(2026, 11, 20, hour, 0, tzinfo=UTC)


def market() -> list[Stall]:
    """Six stalls; the last is hidden from all but the system."""
    rows = [
        ("茶", Mood.CALM, 440105, 80_000, date(2026, 1, 5), 15),
        ("面", Mood.BUSY, 440106, 120_000, date(2026, 3, 1), 16),
        ("=cmd|x", Mood.BUSY, 440106, None, None, 17),
        ("花", Mood.SHUT, None, 120_050, date(2026, 3, 1), 10),
        ("书", Mood.CALM, 440105, 80_000, date(2025, 12, 31), 9),
        ("暗", Mood.SHUT, 440105, 1, date(2026, 2, 2), 8),
    ]
    return [
        Stall(
            id=number,
            name=name,
            mood=mood,
            district=district,
            rent=None if fen is None else Money(fen),
            opened_on=opened,
            seen_at=seen(hour),
            hidden=name == "暗",
        )
        for number, (name, mood, district, fen, opened, hour) in enumerate(rows, start=1)
    ]

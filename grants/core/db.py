"""The database handle, column types, naming convention and connection settings of every model."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, DateTime, Engine, Enum, MetaData, String, TypeDecorator, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from grants.core import busy
from grants.core.checkcodes import public_id
from grants.core.money import Money

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Plain JSON on SQLite, JSONB on PostgreSQL.
JsonType = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC timestamp on every backend; refuses naive values at the door."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: pass an aware one, see core.clock")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: object) -> datetime | None:
        """PostgreSQL answers in the zone of its session, which is the administrator's to set."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class MoneyType(TypeDecorator[Money]):
    """Money as whole fen, exact on every backend."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: object) -> int | None:
        return None if value is None else value.fen

    def process_result_value(self, value: int | Decimal | None, dialect: object) -> Money | None:
        """Sums, too: PostgreSQL adds whole numbers up to a Decimal. Raises TypeError for parts of a fen."""
        if value is None:
            return None
        if (fen := int(value)) != value:
            raise TypeError(f"{value} is not whole fen")
        return Money(fen)

    def coerce_compared_value(self, op: object, value: object) -> TypeDecorator[Money]:
        return self


class ExactType(TypeDecorator[Decimal]):
    """A decimal of at most four places (marks, weights, percentages), exact, and sorted alike, on every backend."""

    impl = BigInteger
    cache_ok = True
    _ONE = 10_000

    def process_bind_param(self, value: Decimal | None, dialect: object) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value) * self._ONE
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than four decimal places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: object) -> Decimal | None:
        return None if value is None else (Decimal(value) / self._ONE).normalize() + 0

    def coerce_compared_value(self, op: object, value: object) -> TypeDecorator[Decimal]:
        return self


def _values(members: type[StrEnum]) -> list[str]:
    return [member.value for member in members]


def states(kind: type[StrEnum]) -> Enum:
    """A closed set of words as a checked text column, the same on every backend."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=kind.__name__.lower(),
        values_callable=_values,
    )


PublicId = Annotated[str, mapped_column(String(16), unique=True, default=public_id)]
"""The opaque id of a thing in addresses; says nothing about how many there are."""


class Base(DeclarativeBase):
    """Models inherit this, not `db.Model`: same metadata, and type checkers can see it."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime,
        Money: MoneyType,
        Decimal: ExactType,
        dict[str, Any]: JsonType,
        list[Any]: JsonType,
    }


class Versioned:
    """A row two people may edit: the second stale save is refused, never silently kept."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> Mapping[str, Any]:  # noqa: N805 - SQLAlchemy calls it with the class
        return {"version_id_col": cls.version}


db = SQLAlchemy(metadata=Base.metadata)


def database() -> str | None:
    """The name of our database: whatever a process remembers about data, it remembers by it."""
    return db.engine.url.database


def upsert(model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT of the database at hand, with what both know of ON CONFLICT."""
    return postgresql.insert(model) if db.engine.dialect.name == "postgresql" else sqlite.insert(model)


def engine_options(url: str) -> Mapping[str, Any]:
    """Engine settings by backend. JSON keeps Chinese readable, or SQLite cannot find Chinese keys."""
    options: dict[str, Any] = {"json_serializer": _as_json}
    if not url.startswith("sqlite"):
        waits = {"pool_timeout": busy.PATIENCE_SECONDS}
        options |= {"pool_size": 8, "max_overflow": 8, "pool_pre_ping": True, **waits}
    return options


def _as_json(value: Any) -> str:
    return json.dumps(_in_one_order(value), ensure_ascii=False)


def _in_one_order(value: Any) -> Any:
    """Keys as JSONB keeps them, the shorter first: what leans on their order shows it on both databases."""
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (len(str(key).encode()), str(key).encode()))
        return {key: _in_one_order(value[key]) for key in keys}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_in_one_order(item) for item in value]
    return value


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: object) -> None:
    """How long to wait for whoever writes is said once, when the connection is made.

    On SQLite we open transactions ourselves (`begin` below), because pysqlite's own are deferred.
    """
    patience = int(busy.PATIENCE_SECONDS * 1000)
    if not isinstance(connection, sqlite3.Connection):
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = {patience}")
        connection.autocommit = False
        return
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", f"busy_timeout={patience}", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    """On SQLite a writer takes the lock first (BEGIN IMMEDIATE): a snapshot that read first cannot upgrade."""
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

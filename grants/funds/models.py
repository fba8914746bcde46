"""Rows of money: funds, budget lines of a year, and the ledger that is only ever added to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grants.accounts.models import User
from grants.core.db import Base, PublicId, Versioned, states
from grants.core.money import Money
from grants.funds.fields import Account, BudgetLine, EntryKind, SourceType


class Fund(Versioned, Base):
    """Money of one origin. The row is also the lock that every movement of its money takes."""

    __tablename__ = "fund"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    name: Mapped[dict[str, Any]]
    source_type: Mapped[SourceType] = mapped_column(states(SourceType))
    purpose: Mapped[dict[str, Any]] = mapped_column(default=dict)
    earmarked: Mapped[bool] = mapped_column(default=False)

    @property
    def case(self) -> str:
        return f"fund/{self.id}"


class YearBudget(Versioned, Base):
    """What may be promised from one fund in one year for one kind of use."""

    __tablename__ = "year_budget"
    __table_args__ = (
        UniqueConstraint("fund_id", "year", "line"),
        CheckConstraint("amount >= 0", name="not_negative"),
        CheckConstraint("year BETWEEN 1990 AND 2200", name="plausible_year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    year: Mapped[int]
    line: Mapped[BudgetLine] = mapped_column(states(BudgetLine))
    amount: Mapped[Money]
    purpose: Mapped[dict[str, Any]] = mapped_column(default=dict)

    fund: Mapped[Fund] = relationship(lazy="raise")

    @property
    def case(self) -> str:
        return f"fund/{self.fund_id}"


class LedgerTransaction(Base):
    """One movement of money, numbered through the year without a gap."""

    __tablename__ = "ledger_transaction"
    __table_args__ = (Index(None, "fund_id", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    at: Mapped[datetime]
    kind: Mapped[EntryKind] = mapped_column(states(EntryKind))
    case: Mapped[str] = mapped_column(String(40), index=True)
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)

    entries: Mapped[list[LedgerEntry]] = relationship(
        lazy="raise", back_populates="transaction", order_by="LedgerEntry.id"
    )
    fund: Mapped[Fund] = relationship(lazy="raise")


class LedgerEntry(Base):
    """One side of a movement; the sides of a movement sum to zero."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="not_nothing"),
        Index(None, "fund_id", "year", "line", "account"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("ledger_transaction.id"), index=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    year: Mapped[int]
    line: Mapped[BudgetLine | None] = mapped_column(states(BudgetLine))
    account: Mapped[Account] = mapped_column(states(Account))
    amount: Mapped[Money]

    transaction: Mapped[LedgerTransaction] = relationship(lazy="raise", back_populates="entries")


class LedgerImbalance(Base):
    """A movement whose sides do not sum to zero. `never_id` names a row that cannot exist, and the
    foreign key is looked at only at the commit: so no commit can leave a row in this table.
    """

    __tablename__ = "ledger_imbalance"

    transaction_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    never_id: Mapped[int] = mapped_column(
        ForeignKey("ledger_transaction.id", deferrable=True, initially="DEFERRED"), index=True
    )


LedgerImbalance.__table__.add_is_dependent_on(LedgerEntry.__table__)  # type: ignore[attr-defined]

_WEIGH = (
    "DELETE FROM ledger_imbalance WHERE transaction_id = NEW.transaction_id; "
    "INSERT INTO ledger_imbalance (transaction_id, never_id) "
    "SELECT NEW.transaction_id, -NEW.transaction_id WHERE 0 <> "
    "(SELECT SUM(amount) FROM ledger_entry WHERE transaction_id = NEW.transaction_id);"
)
_LEDGER = ("ledger_transaction", "ledger_entry")

# The words of the statements live here once; migrations execute the same lists.
LEDGER_SQLITE = (
    f"CREATE TRIGGER ledger_entry_weighed AFTER INSERT ON ledger_entry BEGIN {_WEIGH} END",
    *(
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END"
        for table in _LEDGER
        for verb in ("update", "delete")
    ),
)
LEDGER_POSTGRESQL = (
    "CREATE FUNCTION ledger_weigh() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN {_WEIGH} RETURN NULL; END $$",
    "CREATE TRIGGER ledger_entry_weighed AFTER INSERT ON ledger_entry "
    "FOR EACH ROW EXECUTE FUNCTION ledger_weigh()",
    "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the ledger is never changed'; END $$",
    *(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
        for table in _LEDGER
    ),
)
for _dialect, _statements in (("sqlite", LEDGER_SQLITE), ("postgresql", LEDGER_POSTGRESQL)):
    for _statement in _statements:
        event.listen(
            LedgerImbalance.__table__,
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),
        )

"""The one row that says how far the demo's clock is ahead."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from grants.core.db import Base


class DemoClock(Base):
    """Business time minus real time, in microseconds; only grows. Empty outside the demo."""

    __tablename__ = "demo_clock"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ahead: Mapped[int] = mapped_column(BigInteger)

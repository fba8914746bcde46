"""What must be remembered about reading: who looked at something sensitive, kept before the page is sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from grants.core import clock
from grants.core.db import Base, db
from grants.core.policy import Actor


class AccessEntry(Base):
    """One look at something sensitive."""

    __tablename__ = "access_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    subject_type: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int] = mapped_column(index=True)
    what: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(index=True)


def note(what: str, subject_type: str, subject_id: int, *, by: Actor) -> None:
    """Keep the look: in the running unit of work when it writes, else in a short one of its own.

    If it cannot be kept, the error refuses the page.
    """
    entry = AccessEntry(
        actor_id=by.user_id, subject_type=subject_type, subject_id=subject_id, what=what, at=clock.real_now()
    )
    if db.session().info.get("read_only") is False:
        db.session.add(entry)
        return
    with Session(db.engine) as session:
        session.connection(execution_options={"write": True})
        session.add(entry)
        session.commit()

"""The row that stands for a kept file; the bytes are in core.storage."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from grants.accounts.models import User
from grants.core.db import Base, PublicId
from grants.documents.fields import CONTENT_TYPE, HOLDER_KIND, NAME, PURPOSE


class Document(Base):
    """One file of one holder (`proposal`, 12), never changed; taken back by `withdrawn_at`."""

    __tablename__ = "document"
    __table_args__ = (
        Index(None, "holder_kind", "holder_id", "purpose", "id"),
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("length(sha256) = 64", name="hashed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[PublicId]
    holder_kind: Mapped[str] = mapped_column(String(HOLDER_KIND))
    holder_id: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(PURPOSE))
    name: Mapped[str] = mapped_column(String(NAME))
    content_type: Mapped[str] = mapped_column(String(CONTENT_TYPE))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    storage_key: Mapped[str] = mapped_column(String(80), unique=True)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    uploaded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")

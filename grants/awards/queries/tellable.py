"""Who is to be told about a year of recognition."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from grants.core.db import db
from grants.organisations.fields import Kind, MemberRole
from grants.organisations.models import Membership, Organisation


def leaders_of_all_groups() -> Sequence[int]:
    """Each person once, however many groups they lead."""
    return db.session.scalars(
        select(Membership.user_id)
        .join(Membership.organisation)
        .where(
            Organisation.kind == Kind.GROUP,
            Membership.role == MemberRole.OWNER,
            Membership.until_on.is_(None),
        )
        .distinct()
        .order_by(Membership.user_id)
    ).all()

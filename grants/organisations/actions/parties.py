"""Who stands behind a case: put down by the package whose case it is, read by the conflict wall."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from grants.core.db import db
from grants.organisations.models import CaseParty


def stand_behind(case: str, organisation_ids: Iterable[int]) -> list[int]:
    """These bodies stand behind a case from now on; returns those that did not before.

    Has no gate of its own: the action that calls it has authorised what led to this.
    """
    known = set(db.session.scalars(select(CaseParty.organisation_id).where(CaseParty.case == case)))
    new = [number for number in dict.fromkeys(organisation_ids) if number not in known]
    db.session.add_all(CaseParty(case=case, organisation_id=number) for number in new)
    db.session.flush()
    return new

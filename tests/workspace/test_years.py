"""The page of a group tells its way with the foundation year by year, to each reader what they may open."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from grants.core import clock
from grants.core.db import db
from grants.organisations.models import Organisation
from grants.proposals.fields import ProposalState
from grants.proposals.models import Proposal
from grants.questionnaires.models import AnswerSheet
from tests.cast import Browser
from tests.granted import Funded, funded
from tests.projects.conftest import Running, planned

__all__ = ["funded", "planned"]
Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]


def again(first: Proposal, at: datetime, **values: Any) -> Proposal:
    """Another proposal of the same group, long withdrawn."""
    version = db.session.get_one(AnswerSheet, first.sheet_id).version_id
    sheet = AnswerSheet(version_id=version, holder_kind="proposal")
    db.session.add(sheet)
    db.session.flush()
    row = Proposal(
        call_id=first.call_id, organisation_id=first.organisation_id, region_path=first.region_path,
        sheet_id=sheet.id, started_at=at, state=ProposalState.WITHDRAWN, **values,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def test_a_group_is_told_year_by_year_and_each_reads_what_they_may_open(
    inside: Inside, sign_in: SignIn, funded: Funded, planned: Running
) -> None:
    with inside():
        group = db.session.get_one(Organisation, funded.group_id)
        page = f"/groups/{group.public_id}"
        first = db.session.get_one(Proposal, funded.proposal_id)
        year = clock.day_of(first.submitted_at or first.started_at).year
        earlier = (first.submitted_at or first.started_at) - timedelta(days=800)
        old = again(first, earlier, title="旧年的项目", number="MM2024-009", submitted_at=earlier)
        again(first, earlier, title="没有提交的草稿")
        then, address = clock.day_of(earlier).year, f"/proposals/{old.public_id}"
    for name in ("ada", "olu"):
        told = sign_in(name).page(page)
        assert told.index(f">{year}<") < told.index(f">{then}<")
        assert f"/projects/{planned.project}" in told
        assert address in told
        assert ("没有提交的草稿" in told) is (name == "ada")

"""Cases bear names in lists, never the key they are kept under."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from grants.core.db import db
from grants.proposals.models import Proposal
from grants.workspace.queries.cases import CaseName, names
from tests.granted import Funded, funded

__all__ = ["funded"]
Inside = Callable[..., AbstractContextManager[None]]


def test_a_case_is_named_by_its_number_and_opens_its_page(inside: Inside, funded: Funded) -> None:
    with inside(read_only=True):
        proposal = db.session.query(Proposal).one()
        wanted = CaseName(proposal.number or "", f"/cases/{proposal.public_id}")
        assert names([proposal.case, proposal.case]) == {proposal.case: wanted}


def test_what_is_no_case_has_no_name(inside: Inside, funded: Funded) -> None:
    with inside(read_only=True):
        assert names(["", "fund/1", "proposal/999", "proposal/x", "proposal/²", "award/7"]) == {}

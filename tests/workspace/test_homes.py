"""Where a group's things stand: by the furthest thing that grew out of the proposal, with its next step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from grants.core import i18n, lists
from grants.core.list_columns import rows_of, view_of
from grants.obligations import queries as obligations
from grants.projects.fields import ProjectState
from grants.proposals.fields import ProposalState
from grants.workspace.fields import PROJECTS, PROMISED, PROPOSALS, STEPS, standing_of
from grants.workspace.queries import homes
from grants.workspace.queries.desk import PROPOSAL_LIST
from tests.cast import Cast
from tests.granted import Funded, funded
from tests.projects.conftest import Running, planned

__all__ = ["funded", "planned"]
Inside = Callable[..., AbstractContextManager[None]]


def of_ada(cast: Cast, inside: Inside) -> homes.Parcel:
    actor = cast.actor("ada")
    with inside(read_only=True):
        (parcel,) = homes.parcels(actor, obligations.mine(actor))
        return parcel


def places(parcel: homes.Parcel) -> list[Any]:
    return [step["state"] for step in parcel.track]


def test_no_state_is_without_a_next_step() -> None:
    assert set(PROPOSALS) == set(ProposalState)
    assert set(PROJECTS) == set(ProjectState)
    for standing in (*PROPOSALS.values(), *PROJECTS.values(), PROMISED):
        assert standing.word
        assert standing.turn
        assert standing.next
        assert 0 <= standing.step <= len(STEPS)


def test_what_grew_furthest_says_where_a_case_stands() -> None:
    state = ProposalState.FUNDED
    assert standing_of(state, is_granted=False, project=None) is PROPOSALS[state]
    assert standing_of(state, is_granted=True, project=None) is PROMISED
    active = standing_of(state, is_granted=True, project=ProjectState.ACTIVE)
    assert active is PROJECTS[ProjectState.ACTIVE]


def test_a_funded_proposal_waits_for_its_agreement(cast: Cast, inside: Inside, funded: Funded) -> None:
    parcel = of_ada(cast, inside)
    assert parcel.href.startswith("/proposals/")
    assert parcel.standing is PROPOSALS[ProposalState.FUNDED]
    assert places(parcel) == ["past", "past", "past", "now", "", ""]


def test_a_signed_project_leads_to_its_page_and_says_what_the_group_owes_next(
    cast: Cast, inside: Inside, planned: Running
) -> None:
    parcel = of_ada(cast, inside)
    assert parcel.href == f"/projects/{planned.project}"
    assert parcel.standing is PROJECTS[ProjectState.PREPARING]
    assert places(parcel) == ["past", "past", "past", "past", "now", ""]
    assert parcel.duty
    ada = cast.actor("ada")
    with inside(read_only=True):
        mine = obligations.mine(ada)
    assert parcel.duty == next(duty for duty in mine if duty.case == parcel.duty.case)


def test_what_is_closed_has_all_its_steps_behind_it_and_what_ended_early_has_no_way() -> None:
    assert [step["state"] for step in homes._track(PROJECTS[ProjectState.CLOSED])] == ["past"] * len(STEPS)
    assert homes._track(PROPOSALS[ProposalState.WITHDRAWN]) == []


def test_the_officers_list_says_whose_turn_it_is_by_what_grew_furthest(
    cast: Cast, inside: Inside, planned: Running
) -> None:
    olu = cast.actor("olu")
    with inside(read_only=True), i18n.speaking("en"):
        shown = lists.page(PROPOSAL_LIST, {}, by=olu, path="/desk/proposals")
        (row,) = shown.rows
        said = {head.column.key: head.column.text(getattr(row, head.column.key)) for head in shown.heads}
    assert said["next"] == "the group prepares"
    assert said["state"] == "Chosen for funding"


def test_the_newest_proposals_are_read_off_an_index(cast: Cast, inside: Inside) -> None:
    """“Descending, what is missing last” is the order of no index of PostgreSQL: all rows would be sorted for 25."""
    olu = cast.actor("olu")
    with inside(read_only=True):
        asked = str(rows_of(PROPOSAL_LIST, view_of(PROPOSAL_LIST, {}), olu))
    assert asked.endswith("ORDER BY proposal.submitted_at DESC, proposal.id DESC")

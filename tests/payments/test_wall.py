"""Hard rule 3 where the money moves: whoever has a tie to the group neither sees nor moves its money."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.accounts.queries import user_by_id
from grants.agreements.models import Grant
from grants.core.db import db
from grants.core.errors import Forbidden, RulesBroken
from grants.core.policy import SYSTEM
from grants.funds.models import Fund
from grants.obligations.queries import mine
from grants.organisations.actions import conflicts
from grants.organisations.fields import ConflictKind
from grants.organisations.models import CaseParty, Organisation
from grants.payments.actions import tranches as actions
from grants.payments.models import PayeeAccount
from grants.payments.queries import accounts, tranches
from grants.projects.actions import planning
from grants.projects.models import Project
from grants.projects.queries import projects
from grants.projects.queries.projects import who_supervises
from grants.proposals.models import Proposal
from tests.cast import Browser, Cast
from tests.payments.grants_made import AT, House
from tests.payments.steps import apply, approve, pay, project_of

Inside = Callable[..., AbstractContextManager[None]]
SignIn = Callable[[str], Browser]


@pytest.fixture
def tied(house: House, inside: Inside, grant: int, cast: Cast) -> int:
    """Eve of finance is a relative of the group's leader."""
    by, eve = cast.actor("fay"), cast.id("eve")
    with inside():
        body = house.tranche(grant).grant.organisation_id
        conflicts.note_conflict(eve, body, kind=ConflictKind.FAMILY, by=by, at=AT)
    return grant


def test_no_page_list_or_file_shows_its_money(
    house: House, inside: Inside, tied: int, sign_in: SignIn, rows: Session
) -> None:
    with inside():
        address = f"/payments/{house.tranche(tied).public_id}"
    group = rows.scalars(
        select(Organisation.public_id).join(Grant, Grant.organisation_id == Organisation.id)
    ).one()
    title = rows.scalars(select(Project.title)).one()
    eve, eve2 = sign_in("eve"), sign_in("eve2")
    for page in ("/payments", "/payments/all", "/payments/all.csv"):
        assert title in eve2.get(page).text
        assert title not in eve.get(page).text
    for path in (address, f"/groups/{group}/account"):
        assert eve2.get(path).status_code == 200
        eve.page(path, status=404)
    for verb in ("apply", "approve", "pay", "cancel", "send-back"):
        assert eve.send(f"{address}/{verb}", {"version": "1"}).status_code == 404


def test_no_step_is_taken_by_whoever_is_tied(house: House, inside: Inside, tied: int) -> None:
    with pytest.raises(Forbidden), inside():
        apply(house, tied, by="eve")
    with inside():
        apply(house, tied, by="olu")
    with pytest.raises(Forbidden), inside():
        approve(house, tied, by="eve")
    with inside():
        approve(house, tied, by="eve2")
    with pytest.raises(Forbidden), inside():
        pay(house, tied, by="eve")


def test_what_a_tied_officer_owed_is_owed_by_the_other_officers(
    house: House, inside: Inside, grant: int, rows: Session
) -> None:
    with inside():
        project_of(grant).officer_id = house.cast.id("olu")
        apply(house, grant, by="olu")
        actions.send_back(house.tranche(grant), reason="户名不符", by=house.actor("eve"), at=AT)
        apply_for_it = [duty for duty in mine(house.actor("olu")) if duty.kind == "payment_apply"]
        assert len(apply_for_it) == 1
        assert not [duty for duty in mine(house.actor("otis")) if duty.kind == "payment_apply"]
    with inside():
        body = project_of(grant).organisation_id
        conflicts.note_conflict(house.cast.id("olu"), body, kind=ConflictKind.FAMILY, by=SYSTEM, at=AT)
    assert rows.scalars(select(Project.officer_id)).all() == [None]
    with inside():
        owed = [duty.public_id for duty in mine(house.actor("otis")) if duty.kind == "payment_apply"]
        assert owed == [apply_for_it[0].public_id]
        assert who_supervises(project_of(grant).id) == [house.cast.id("otis")]


def test_nobody_is_named_who_is_tied(house: House, inside: Inside, grant: int, cast: Cast) -> None:
    with inside():
        body = project_of(grant).organisation_id
        conflicts.note_conflict(cast.id("olu"), body, kind=ConflictKind.FAMILY, by=SYSTEM, at=AT)
    with pytest.raises(RulesBroken) as broken, inside():
        project = projects.by_public_id(project_of(grant).public_id)
        planning.assign(project, user_by_id(cast.id("olu")), by=house.actor("fay"), at=AT)
    assert [violation.code for violation in broken.value.violations] == ["tied"]


def test_the_policy_and_its_twin_in_sql_agree(house: House, inside: Inside, tied: int) -> None:
    with inside():
        assert db.session.scalars(tranches.staff_visible_to(house.actor("eve"))).all() == []
        assert len(db.session.scalars(tranches.staff_visible_to(house.actor("eve2"))).all()) == 3
        assert accounts.in_need_of_finance(house.actor("eve")) == []


def test_the_books_add_up_for_everybody_and_name_no_case_one_is_tied_to(
    inside: Inside, tied: int, sign_in: SignIn, rows: Session
) -> None:
    grant = rows.scalars(select(Grant)).one()
    fund = rows.scalars(select(Fund.public_id)).first()
    with inside():
        db.session.add(CaseParty(case=grant.case, organisation_id=grant.organisation_id))
    proposal = rows.get_one(Proposal, grant.proposal_id)
    names = (f"/cases/{proposal.public_id}", proposal.title)
    free, tied_page = (sign_in(name).page(f"/funds/{fund}?account=committed") for name in ("eve2", "eve"))
    assert [name for name in names if name in free] == list(names)
    assert [name for name in (*names, grant.case) if name in tied_page] == []


def test_bank_data_is_closed_to_whoever_is_tied(tied: int, sign_in: SignIn, rows: Session) -> None:
    account = rows.scalars(select(PayeeAccount.public_id)).one()
    assert sign_in("eve2").get(f"/payments/accounts/{account}/number").status_code == 200
    sign_in("eve").page(f"/payments/accounts/{account}/number", status=404)

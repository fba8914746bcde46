"""The conflict wall (hard rule 3): who is kept out of what, as roles, as conditions in SQL, as people.

A tie counts for the body itself, and for every group that it hosts unless staff have looked into that
and cleared it; all this while it is suspected or confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    Subquery,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from grants.core.db import db
from grants.core.policy import Actor
from grants.organisations.fields import ConflictKind, ConflictState
from grants.organisations.models import CaseParty, Conflict, Membership, Organisation
from grants.organisations.policies import MEMBERS

STANDING_TIES = (ConflictState.SUSPECTED, ConflictState.CONFIRMED)
_cleared = aliased(Conflict)
_LOOKED_INTO = (
    select(_cleared.id)
    .where(
        _cleared.user_id == Conflict.user_id,
        _cleared.organisation_id == Organisation.id,
        _cleared.kind == ConflictKind.HOST,
        _cleared.state == ConflictState.CLEARED,
    )
    .exists()
)
BY_ITS_HOST = and_(Conflict.organisation_id == Organisation.host_id, ~_LOOKED_INTO)
BEHIND = or_(Conflict.organisation_id == Organisation.id, BY_ITS_HOST)
PROPOSAL = "proposal/"
# Whoever holds one of these, anywhere, has a hand in what becomes of a proposal.
HANDLERS = ("director", "officer", "finance", "awards", "admin", "auditor", "board", "district", "reviewer")


# Four small selects from the ties on, not two with an "or" in their join: PostgreSQL would go through every
# organisation there is, on every page.


def conflict_roles(user_id: int) -> Select[str, str, str]:
    """`conflicted` within each organisation to which the person has a tie."""
    return _kept_out("organisation", cast(Conflict.organisation_id, String())).where(*_of(user_id))


def host_conflict_roles(user_id: int) -> Select[str, str, str]:
    """`conflicted` within each organisation to whose host the person has a tie."""
    hosted = _hosted(user_id)
    return _kept_out("organisation", cast(hosted.c.id, String()))


def conflict_case_roles(user_id: int) -> Select[str, str, str]:
    """`conflicted` within each case behind which one of these organisations stands."""
    found = _kept_out("case", CaseParty.case)
    return found.join(Conflict, Conflict.organisation_id == CaseParty.organisation_id).where(*_of(user_id))


def host_conflict_case_roles(user_id: int) -> Select[str, str, str]:
    """`conflicted` within each case behind which an organisation stands that one of these hosts."""
    hosted = _hosted(user_id)
    return _kept_out("case", CaseParty.case).join(hosted, hosted.c.id == CaseParty.organisation_id)


def _kept_out(scope: str, key: SQLColumnExpression[str]) -> Select[str, str, str]:
    return select(literal("conflicted", String()), literal(scope, String()), key)


def _hosted(user_id: int) -> Subquery:
    """What is hosted by a body the person has a tie to. The offset keeps PostgreSQL from turning it inside out."""
    found = select(Organisation.id).join(Conflict, BY_ITS_HOST).where(*_of(user_id))
    return found.offset(0).subquery()


def _of(user_id: int) -> tuple[ColumnElement[bool], ...]:
    return Conflict.user_id == user_id, Conflict.state.in_(STANDING_TIES)


def standing_ties() -> Select[int, int]:
    """Every person with every organisation they are kept out of: by a tie to it, or to its host."""
    return (
        select(Conflict.user_id, Organisation.id.label("organisation_id"))
        .join(Organisation, BEHIND)
        .where(Conflict.state.in_(STANDING_TIES))
    )


def beyond_the_wall(
    actor: Actor, *organisations: SQLColumnExpression[int | None], proposal_id: SQLColumnExpression[int]
) -> ColumnElement[bool]:
    """True for rows of which the actor is tied to none of the bodies, nor to anybody else behind the proposal."""
    if actor.holds_everywhere("conflicted"):
        return false()
    bodies, cases = actor.ids("organisation", "conflicted"), actor.keys("case", "conflicted")
    found = [func.coalesce(column, 0).not_in(bodies) for column in organisations if bodies]
    walled = [int(case.removeprefix(PROPOSAL)) for case in cases if case.startswith(PROPOSAL)]
    return and_(true(), *found, *([proposal_id.not_in(walled)] if walled else []))


def case_beyond_the_wall(actor: Actor, case: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """True for rows of a case the actor is not tied to; what is their own group's own stays theirs."""
    own = actor.ids("organisation", *MEMBERS)
    walled = [*actor.keys("case", "conflicted"), *_their_records(actor)]
    if not walled:
        return true()
    theirs = (
        select(CaseParty.case)
        .join(Organisation, Organisation.id == CaseParty.organisation_id)
        .where(or_(Organisation.id.in_(own), Organisation.host_id.in_(own)))
    )
    return or_(case.not_in(walled), case.in_(theirs))


def _their_records(actor: Actor) -> list[str]:
    """What is done and said about the bodies themselves, such as their accounts; not about one's own."""
    tied = set(actor.ids("organisation", "conflicted")) - set(actor.ids("organisation", *MEMBERS))
    return [f"organisation/{id_}" for id_ in sorted(tied)]


def kept_out_of(case: str) -> frozenset[int]:
    """The people who are to hear nothing of a case: tied to who stands behind it, and not of the body itself."""
    behind = select(CaseParty.organisation_id).where(CaseParty.case == case)
    ties = standing_ties().where(Organisation.id.in_(behind))
    tied = {user_id for user_id, _body in db.session.execute(ties)}
    if not tied:
        return frozenset()
    bodies = select(Organisation.id).where(Organisation.id.in_(behind))
    hosts = select(Organisation.host_id).where(Organisation.id.in_(behind), Organisation.host_id.isnot(None))
    own = select(Membership.user_id).where(
        or_(Membership.organisation_id.in_(bodies), Membership.organisation_id.in_(hosts)),
        Membership.user_id.in_(tied),
        Membership.until_on.is_(None),
    )
    return frozenset(tied) - set(db.session.scalars(own))


def tied_people(organisation_ids: Iterable[int]) -> Mapping[int, frozenset[int]]:
    """Organisation → the people kept out of it."""
    ties = standing_ties().where(Organisation.id.in_(list(organisation_ids)))
    found: dict[int, set[int]] = {}
    for user_id, body in db.session.execute(ties):
        found.setdefault(body, set()).add(user_id)
    return {body: frozenset(people) for body, people in found.items()}


def tied_to(organisation_id: int) -> frozenset[int]:
    """The people kept out of one organisation; nobody of them is told anything about it."""
    return tied_people([organisation_id]).get(organisation_id, frozenset())


def tied_to_cases(cases: Iterable[str]) -> Mapping[str, frozenset[int]]:
    """Case → the people with a tie to anybody who stands behind it, whoever else they are."""
    ties = (
        select(CaseParty.case, Conflict.user_id)
        .join(Organisation, Organisation.id == CaseParty.organisation_id)
        .join(Conflict, BEHIND)
        .where(CaseParty.case.in_(list(cases)), Conflict.state.in_(STANDING_TIES))
    )
    found: dict[str, set[int]] = {}
    for case, user_id in db.session.execute(ties):
        found.setdefault(case, set()).add(user_id)
    return {case: frozenset(people) for case, people in found.items()}


def cases_behind(organisation_ids: Iterable[int]) -> list[str]:
    """The cases behind which one of these bodies stands."""
    found = select(CaseParty.case).where(CaseParty.organisation_id.in_(list(organisation_ids)))
    return sorted(set(db.session.scalars(found)))


def hosted_by(organisation_id: int) -> list[int]:
    """An organisation and the groups that name it as their host: what a tie to it keeps one out of."""
    found = select(Organisation.id).where(
        or_(Organisation.id == organisation_id, Organisation.host_id == organisation_id)
    )
    return list(db.session.scalars(found.order_by(Organisation.id)))

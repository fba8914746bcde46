"""Everything that reads grants and agreements; what is loaded with them is decided here."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from grants.accounts.models import User
from grants.agreements import rules
from grants.agreements.fields import GrantState
from grants.agreements.models import Agreement, Grant, Signature
from grants.agreements.policies import MEMBERS, READERS
from grants.calls.models import Call
from grants.core.db import db
from grants.core.errors import Violation, existing
from grants.core.holding import anew, for_change, hold
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, permits
from grants.core.reach import within
from grants.decisions.fields import DecisionState, Outcome
from grants.decisions.models import Decision
from grants.notices import queries as notices
from grants.organisations import walls
from grants.organisations.fields import MemberRole
from grants.organisations.models import Membership, Organisation
from grants.papers.checking import CheckedPaper
from grants.proposals.models import Proposal

APPROVED = (DecisionState.APPROVED, DecisionState.RELEASED)


class Ready(Struct, frozen=True):
    """A funded proposal without a grant: may its agreement be made, and if not, why."""

    proposal: Proposal
    decision: Decision
    obstacles: tuple[Violation, ...]


def whole() -> tuple[ExecutableOption, ...]:
    """An agreement with its grant, the parties, who signed and the files: what its pages and rules need."""
    of_grant = joinedload(Agreement.grant)
    return (
        of_grant.joinedload(Grant.proposal),
        of_grant.joinedload(Grant.call),
        of_grant.joinedload(Grant.organisation),
        of_grant.joinedload(Grant.payee),
        of_grant.selectinload(Grant.in_kind),
        joinedload(Agreement.document),
        joinedload(Agreement.signed_document),
        selectinload(Agreement.signatures).joinedload(Signature.user),
    )


def by_public_id(public_id: str, **_: str) -> Agreement:
    """The agreement an address names. Raises NotFound."""
    return existing(
        db.session.scalar(select(Agreement).where(Agreement.public_id == public_id).options(*whole()))
    )


def by_id(agreement_id: int) -> Agreement | None:
    """For the door to files and for jobs."""
    return db.session.scalar(select(Agreement).where(Agreement.id == agreement_id).options(*whole()))


def by_code(code: str) -> Agreement | None:
    """The agreement printed with this check code."""
    return db.session.scalar(select(Agreement).where(Agreement.check_code == code).options(*whole()))


def checked_agreement(code: str, actor: Actor) -> CheckedPaper | None:
    """What anybody with the code of an agreement may know: that it is ours, its hash, and how far it is."""
    found = by_code(code)
    if found is None:
        return None
    return CheckedPaper(
        kind=_l("Grant agreement"),
        number=found.number,
        issued_at=found.signed_at or found.offered_at or found.grant.promised_at,
        content_hash=found.content_hash or "",
        is_valid=found.grant.state is not GrantState.TERMINATED,
        remark="" if found.signed_at else _l("Not every party has signed yet."),
        facts=((_l("Grant"), found.grant.number),),
        href=f"/agreements/{found.public_id}",
        may_open=permits(actor, "agreement.view", found),
    )


def for_writing(agreement: Agreement) -> Agreement:
    """The agreement as it stands now, whole; whatever else belongs to its grant waits."""
    hold(Grant, [agreement.grant_id])
    return anew(agreement, *whole())


def grant_for_writing(grant: Grant) -> Grant:
    """The grant as it stands now, held: agreement, project, tranches and close-out change one after another."""
    return for_change(grant)


def grant_by_id(grant_id: int) -> Grant:
    """The grant with what its rights ask for. Raises NotFound."""
    return existing(db.session.scalar(select(Grant).where(Grant.id == grant_id).options(*_of_grant())))


def _of_grant() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(Grant.proposal),
        joinedload(Grant.call),
        joinedload(Grant.organisation),
        joinedload(Grant.payee),
        joinedload(Grant.fund),
    )


def grant_of_proposal(proposal_id: int) -> Grant | None:
    return db.session.scalar(select(Grant).where(Grant.proposal_id == proposal_id))


def current_agreement(grant_id: int) -> Agreement:
    """The newest text of a grant, whole. Raises NotFound."""
    return existing(
        db.session.scalar(
            select(Agreement)
            .where(Agreement.grant_id == grant_id)
            .options(*whole())
            .order_by(Agreement.number_in_grant.desc())
            .limit(1)
        )
    )


def newest_text(grant_id: int) -> tuple[str, datetime | None] | None:
    """The public id of the newest text of a grant, and when it was signed by all."""
    found = select(Agreement.public_id, Agreement.signed_at).where(Agreement.grant_id == grant_id)
    row = db.session.execute(found.order_by(Agreement.number_in_grant.desc()).limit(1)).first()
    return (row.public_id, row.signed_at) if row else None


def proposal_by_public_id(public_id: str) -> Proposal:
    """A funded proposal with what an agreement is made from. Raises NotFound."""
    return existing(db.session.scalar(_with_basis().where(Proposal.public_id == public_id)))


def _with_basis() -> Select[Proposal]:
    return select(Proposal).options(
        joinedload(Proposal.call).selectinload(Call.tranches),
        joinedload(Proposal.organisation).options(
            joinedload(Organisation.host), joinedload(Organisation.region)
        ),
    )


def decision_of(proposal_id: int) -> Decision | None:
    """The board's approved decision to fund, held: it gives one grant, or is taken back, never both."""
    of_proposal = Decision.proposal_id == proposal_id
    hold(Decision, db.session.scalars(select(Decision.id).where(of_proposal)))
    return db.session.scalar(
        select(Decision)
        .where(of_proposal, Decision.outcome == Outcome.FUND, Decision.state.in_(APPROVED))
        .execution_options(populate_existing=True)
    )


def obstacles(proposal: Proposal, *, may_proceed: bool) -> tuple[Violation, ...]:
    """What keeps a funded proposal from its agreement (hard rule 4, S000-3)."""
    return (*rules.notice_faults(may_proceed=may_proceed), *rules.payee_faults(proposal.organisation))


def may_proceed(proposal: Proposal, at: datetime) -> bool:
    """Whether the public notice of the proposal ended and its objections are decided."""
    return notices.may_proceed(("call", proposal.call_id), proposal.case, at)


def ready(actor: Actor, at: datetime) -> list[Ready]:
    """Funded proposals that have no grant yet and that this actor may promise one."""
    waiting = (
        _with_basis()
        .add_columns(Decision)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .outerjoin(Grant, Grant.proposal_id == Proposal.id)
        .where(Decision.outcome == Outcome.FUND, Decision.state.in_(APPROVED), Grant.id.is_(None))
        .order_by(Proposal.call_id, Proposal.number)
    )
    pairs = [pair for pair in db.session.execute(waiting) if permits(actor, "grant.promise", pair[0])]
    allowed = {
        call_id: notices.who_may_proceed(("call", call_id), at)
        for call_id in {proposal.call_id for proposal, _ in pairs}
    }
    return [
        Ready(
            proposal,
            decision,
            obstacles(proposal, may_proceed=allowed[proposal.call_id].get(proposal.case, False)),
        )
        for proposal, decision in pairs
    ]


def owner_of(organisation_id: int) -> User | None:
    """Who leads an organisation now: named as its representative."""
    return db.session.scalar(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role == MemberRole.OWNER,
            Membership.until_on.is_(None),
        )
        .order_by(Membership.id)
        .limit(1)
    )


def visible_to(actor: Actor) -> Select[Agreement]:
    """Every agreement the actor may view: the SQL twin of the policy `agreement.view`."""
    return (
        select(Agreement)
        .join(Grant, Grant.id == Agreement.grant_id)
        .join(Proposal, Proposal.id == Grant.proposal_id)
        .where(may_view(actor))
    )


def may_view(actor: Actor) -> ColumnElement[bool]:
    """The condition alone; needs Grant and Proposal joined."""
    offered = Agreement.offered_at.isnot(None)
    own = actor.ids("organisation", *MEMBERS)
    of_parties = or_(Grant.organisation_id.in_(own), Grant.payee_id.in_(own))
    if actor.holds_everywhere(*MEMBERS):
        of_parties = true()
    wall = walls.beyond_the_wall(actor, Grant.organisation_id, Grant.payee_id, proposal_id=Grant.proposal_id)
    of_foundation = within(actor, READERS, region=Proposal.region_path, call=Grant.call_id)
    of_district = within(actor, ("district",), region=Proposal.region_path)
    staff = or_(of_foundation, and_(offered, of_district))
    return or_(and_(offered, of_parties), and_(staff, wall))

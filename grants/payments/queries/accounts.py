"""Reading payee accounts and the settings of paying."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from grants.core import clock
from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.holding import anew, hold
from grants.core.policy import Actor
from grants.organisations.fields import MemberRole
from grants.organisations.models import Membership, Organisation
from grants.payments.fields import PAYING_DAYS, WAITING_DAYS, AccountState
from grants.payments.models import PayeeAccount, PaymentSettings

MOST = 50

WHOLE = (
    joinedload(PayeeAccount.organisation).joinedload(Organisation.host),
    joinedload(PayeeAccount.proof),
    joinedload(PayeeAccount.proposed_by),
    joinedload(PayeeAccount.confirmed_by),
    joinedload(PayeeAccount.early_asked_by),
    joinedload(PayeeAccount.early_agreed_by),
)


class OfOrganisation(Struct, frozen=True):
    """Where an organisation is paid: now, soon, and before. `payee` is whose account it is."""

    organisation: Organisation
    payee: Organisation | None
    confirmed: PayeeAccount | None
    proposed: PayeeAccount | None
    earlier: Sequence[PayeeAccount]

    @property
    def is_hosts(self) -> bool:
        return self.payee is not None and self.payee.id != self.organisation.id


def organisation(public_id: str) -> Organisation:
    found = select(Organisation).where(Organisation.public_id == public_id)
    row = db.session.scalar(found.options(joinedload(Organisation.host)))
    if row is None:
        raise NotFound
    return row


def of_organisation(body: Organisation) -> OfOrganisation:
    payee = body if body.payee_id == body.id else body.host
    rows = accounts_of(payee.id) if payee is not None else ()
    by_state = {row.state: row for row in reversed(rows)}
    under_way = {AccountState.CONFIRMED, AccountState.PROPOSED}
    return OfOrganisation(
        organisation=body,
        payee=payee,
        confirmed=by_state.get(AccountState.CONFIRMED),
        proposed=by_state.get(AccountState.PROPOSED),
        earlier=[row for row in rows if row.state not in under_way],
    )


def accounts_of(organisation_id: int) -> Sequence[PayeeAccount]:
    """Every account ever named, the latest first."""
    found = select(PayeeAccount).where(PayeeAccount.organisation_id == organisation_id)
    return db.session.scalars(found.order_by(PayeeAccount.id.desc()).options(*WHOLE)).all()


def by_public_id(public_id: str) -> PayeeAccount:
    found = select(PayeeAccount).where(PayeeAccount.public_id == public_id)
    row = db.session.scalar(found.options(*WHOLE))
    if row is None:
        raise NotFound
    return row


def by_id(account_id: int) -> PayeeAccount | None:
    """For the file door."""
    return db.session.scalar(select(PayeeAccount).where(PayeeAccount.id == account_id).options(*WHOLE))


def for_writing(account: PayeeAccount) -> PayeeAccount:
    """The account as it stands now; whoever pays to this organisation or names another account waits."""
    hold(Organisation, [account.organisation_id])
    return anew(account, *WHOLE)


def confirmed_account(organisation_id: int) -> PayeeAccount | None:
    return _in_state(organisation_id, AccountState.CONFIRMED)


def proposed_account(organisation_id: int) -> PayeeAccount | None:
    return _in_state(organisation_id, AccountState.PROPOSED)


def _in_state(organisation_id: int, state: AccountState) -> PayeeAccount | None:
    return db.session.scalar(
        select(PayeeAccount)
        .where(PayeeAccount.organisation_id == organisation_id, PayeeAccount.state == state)
        .options(*WHOLE)
    )


def in_need_of_finance(actor: Actor) -> Sequence[PayeeAccount]:
    """Named and not confirmed, or confirmed and still in its waiting days: every payer should know of them,
    but for those of bodies the payer is tied to.
    """
    new = or_(
        PayeeAccount.state == AccountState.PROPOSED,
        and_(PayeeAccount.state == AccountState.CONFIRMED, PayeeAccount.usable_from > clock.today()),
    )
    open_to = PayeeAccount.organisation_id.not_in(actor.ids("organisation", "conflicted"))
    found = select(PayeeAccount).where(new, open_to).order_by(PayeeAccount.proposed_at, PayeeAccount.id)
    return db.session.scalars(found.limit(MOST).options(*WHOLE)).all()


def owners_of(organisation_ids: Sequence[int]) -> list[int]:
    """Ids of the leaders of these organisations today."""
    found = select(Membership.user_id).where(
        Membership.organisation_id.in_(organisation_ids),
        Membership.role == MemberRole.OWNER,
        Membership.until_on.is_(None),
    )
    return list(db.session.scalars(found.distinct().order_by(Membership.user_id)))


def settings() -> PaymentSettings:
    """The foundation's waiting times; the defaults, not kept, before anybody changed them."""
    with db.session.no_autoflush:
        found = db.session.get(PaymentSettings, 1)
    return found or PaymentSettings(id=1, waiting_days=WAITING_DAYS, paying_days=PAYING_DAYS)

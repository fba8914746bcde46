"""Who may see and move money that leaves the house. Awards staff never see bank data (S000-21)."""

from __future__ import annotations

from typing import Any

from grants.accounts.fields import RoleName
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, Permissions, predicate, the_system
from grants.organisations.fields import MemberRole
from grants.organisations.policies import tied

READERS = (RoleName.OFFICER, RoleName.FINANCE, RoleName.DIRECTOR, RoleName.AUDITOR)
ASKERS = (RoleName.OFFICER, RoleName.FINANCE)
PAYERS = (RoleName.FINANCE, RoleName.DIRECTOR)
MEMBERS = tuple(MemberRole)


def _holds(actor: Actor, tranche: Any, *roles: str) -> bool:
    path = tranche.project.region_path if tranche.project is not None else ""
    grant = tranche.grant
    return actor.holds_within(
        *roles, call_id=grant.call_id, organisation_id=grant.organisation_id, region_path=path
    )


def _belongs(actor: Actor, tranche: Any, *roles: str) -> bool:
    ids = {tranche.grant.organisation_id, tranche.grant.payee_id} - {None}
    return not ids.isdisjoint(actor.ids("organisation", *roles))


@predicate(_l("officers, finance, the director and the auditor"))
def reads_payments(actor: Actor, subject: Any) -> bool:
    return actor.holds(*READERS)


@predicate(_l("officers, finance, the director and the auditor"))
def reads_this_payment(actor: Actor, tranche: Any) -> bool:
    return _holds(actor, tranche, *READERS)


@predicate(_l("members of the group or of its host"))
def belongs_to_the_payee(actor: Actor, tranche: Any) -> bool:
    return _belongs(actor, tranche, *MEMBERS)


@predicate(_l("the programme officer or finance"))
def asks_for_money(actor: Actor, tranche: Any) -> bool:
    return _holds(actor, tranche, *ASKERS)


@predicate(_l("whoever has a tie to the group"))
def the_conflicted(actor: Actor, tranche: Any) -> bool:
    grant = tranche.grant
    return tied(actor, grant.organisation_id, grant.payee_id, case=grant.case)


@predicate(_l("whoever has a tie to the group"))
def tied_to_the_holder(actor: Actor, organisation: Any) -> bool:
    return tied(actor, organisation.id)


@predicate(_l("whoever has a tie to the group"))
def tied_to_the_accounts_holder(actor: Actor, account: Any) -> bool:
    return tied(actor, account.organisation_id)


@predicate(_l("finance and the director"))
def moves_money(actor: Actor, tranche: Any) -> bool:
    return _holds(actor, tranche, *PAYERS)


@predicate(_l("finance or the director, and not the person who applied,"))
def a_second_person(actor: Actor, tranche: Any) -> bool:
    payment = tranche.payment
    is_other = payment is None or payment.applied_by_id != actor.user_id
    return is_other and _holds(actor, tranche, *PAYERS)


@predicate(_l("finance or the director, and not the person who approved,"))
def not_the_approver(actor: Actor, tranche: Any) -> bool:
    payment = tranche.payment
    is_other = payment is None or payment.approved_by_id != actor.user_id
    return is_other and _holds(actor, tranche, *PAYERS)


@predicate(_l("the person who applied"))
def who_applied(actor: Actor, tranche: Any) -> bool:
    payment = tranche.payment
    is_theirs = payment is not None and payment.approved_by_id is None
    return is_theirs and actor.user_id is not None and payment.applied_by_id == actor.user_id


@predicate(_l("the leader of the group or of its host"))
def leads_the_payee(actor: Actor, tranche: Any) -> bool:
    return _belongs(actor, tranche, MemberRole.OWNER)


@predicate(_l("the group's leader"))
def leads_the_group(actor: Actor, organisation: Any) -> bool:
    return organisation.id in actor.ids("organisation", MemberRole.OWNER)


@predicate(_l("officers, finance, the director and the auditor"))
def reads_this_account(actor: Actor, organisation: Any) -> bool:
    return actor.holds_within(*READERS, organisation_id=organisation.id, region_path=organisation.region_path)


@predicate(_l("officers, finance, the director and the auditor"))
def reads_this_account_row(actor: Actor, account: Any) -> bool:
    return actor.holds_within(
        *READERS, organisation_id=account.organisation_id, region_path=account.organisation.region_path
    )


@predicate(_l("finance"))
def keeps_accounts(actor: Actor, subject: Any) -> bool:
    return actor.holds_everywhere(RoleName.FINANCE)


@predicate(_l("the group's leader"))
def leads_the_account_holder(actor: Actor, account: Any) -> bool:
    return account.organisation_id in actor.ids("organisation", MemberRole.OWNER)


@predicate(_l("finance, the director and the auditor"))
def looks_at_numbers(actor: Actor, account: Any) -> bool:
    return actor.holds_everywhere(RoleName.FINANCE, RoleName.DIRECTOR, RoleName.AUDITOR)


@predicate(_l("somebody of finance other than the person who named the account"))
def another_of_finance(actor: Actor, account: Any) -> bool:
    return actor.holds_everywhere(RoleName.FINANCE) and account.proposed_by_id != actor.user_id


@predicate(_l("finance and the director"))
def hurries(actor: Actor, account: Any) -> bool:
    return actor.holds_everywhere(*PAYERS)


@predicate(_l("finance or the director, and not the person who asked,"))
def another_who_hurries(actor: Actor, account: Any) -> bool:
    return actor.holds_everywhere(*PAYERS) and account.early_asked_by_id != actor.user_id


PERMISSIONS: Permissions = {
    "payment.list": reads_payments,
    "payment.view": belongs_to_the_payee | (reads_this_payment - the_conflicted),
    "payment.staff": reads_this_payment - the_conflicted,
    "payment.plan": the_system,
    "payment.open": the_system,
    "payment.apply": asks_for_money - the_conflicted,
    "payment.approve": a_second_person - the_conflicted,
    "payment.send_back": (moves_money | who_applied) - the_conflicted,
    "payment.pay": not_the_approver - the_conflicted,
    "payment.acknowledge": leads_the_payee,
    "payment.cancel": (moves_money - the_conflicted) | the_system,
    "payee.list": leads_the_group | (reads_this_account - tied_to_the_holder),
    "payee.view": leads_the_account_holder | (reads_this_account_row - tied_to_the_accounts_holder),
    "payee.propose": leads_the_group | (keeps_accounts - tied_to_the_holder),
    "payee.confirm": another_of_finance - tied_to_the_accounts_holder,
    "payee.refuse": keeps_accounts - tied_to_the_accounts_holder,
    "payee.retire": leads_the_account_holder | (keeps_accounts - tied_to_the_accounts_holder),
    "payee.number": leads_the_account_holder | (looks_at_numbers - tied_to_the_accounts_holder),
    "payee.ask_early": hurries - tied_to_the_accounts_holder,
    "payee.agree_early": another_who_hurries - tied_to_the_accounts_holder,
}

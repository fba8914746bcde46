"""Naming, confirming and changing the account money goes to. Changing one is the commonest real fraud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from grants.core import audit, clock
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, StaleVersion, Violation
from grants.core.events import publish
from grants.core.holding import hold
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.core.text import clean_line
from grants.documents import actions as documents
from grants.documents.actions import Spooled
from grants.obligations import actions as obligations
from grants.obligations.fields import role
from grants.organisations.models import Organisation
from grants.payments import events, rules
from grants.payments.fields import WAITING_DAYS
from grants.payments.lifecycle import ACCOUNT
from grants.payments.models import PayeeAccount, PaymentSettings
from grants.payments.queries import accounts as queries
from grants.reference import queries as reference

CONFIRM = "account_confirm"
AGREE = "account_agree_early"
NAME = "account_name"


def propose(
    body: Organisation,
    *,
    holder_name: str,
    bank: str,
    number: str,
    proof: Spooled | None,
    by: Actor,
    at: datetime,
) -> PayeeAccount:
    """Name an account. A second person of finance has to confirm it, and every leader is told."""
    authorise(by, "payee.propose", body)
    hold(Organisation, [body.id])
    digits = re.sub(r"[\s\-]", "", number)
    names = {"holder_name": clean_line(holder_name), "bank": clean_line(bank)}
    broken = [*_may_be_named(body), *_faults(body, digits=digits, has_proof=proof is not None, **names)]
    if broken or proof is None:
        raise RulesBroken(broken)
    account = PayeeAccount(
        organisation_id=body.id,
        organisation=body,
        number=digits,
        number_end=digits[-4:],
        proposed_by_id=by.user_id,
        proposed_at=at,
        **names,
    )
    db.session.add(account)
    audit.record("propose", account, by=by, at=at)
    db.session.flush()
    account.proof_id = documents.keep(proof, holder=account, purpose="bank_proof", by=by, at=at).id
    _duties(account, at)
    publish(events.PayeeAccountProposed(proposed_by_id=by.user_id, **_said(account, by, at)))
    return account


def _faults(
    body: Organisation, *, holder_name: str, bank: str, digits: str, has_proof: bool
) -> Iterator[Violation]:
    bodies = [body, body.host] if body.host is not None else [body]
    allowed = [name for each in bodies for name in each.name.values() if name]
    return rules.account_faults(holder_name, bank, digits, allowed=allowed, has_proof=has_proof)


def _may_be_named(body: Organisation) -> Iterator[Violation]:
    if not body.is_legal_person:
        yield Violation(
            "no_legal_person",
            _l("The group has no account of its own: its host names the account it is paid to."),
        )
    if queries.proposed_account(body.id) is not None:
        sentence = _l(
            "Another account waits for a second person. Take it back first, or wait for the answer."
        )
        yield Violation("one_at_a_time", sentence)


def _duties(account: PayeeAccount, at: datetime) -> None:
    values = {"name": account.organisation.name, "organisation": account.organisation.public_id}
    about = ("payee_account", account.id)
    obligations.open_duty(
        CONFIRM, subject=about, owner=role("finance"), due_at=None, case=account.case, values=values, at=at
    )


def confirm(account: PayeeAccount, *, by: Actor, at: datetime) -> None:
    """Take the account as true. The one before it is retired; the waiting days begin."""
    authorise(by, "payee.confirm", account)
    account = queries.for_writing(account)
    if by.user_id is None or by.user_id == account.proposed_by_id:
        raise RulesBroken([Violation("same_person", _l("Whoever named an account cannot confirm it."))])
    before = queries.confirmed_account(account.organisation_id)
    if before is not None:
        ACCOUNT.fire("retire", before, by=by, at=at)
        db.session.flush()
    account.confirmed_by_id, account.confirmed_at = by.user_id, at
    waiting = queries.settings().waiting_days
    usable_from = reference.calendar().add_working_days(clock.day_of(at), waiting)
    account.usable_from = usable_from
    ACCOUNT.fire("confirm", account, by=by, at=at)
    _settled(account, by, at)
    obligations.meet(NAME, subject=("organisation", account.organisation_id), by=by, at=at)
    publish(events.PayeeAccountConfirmed(usable_from=usable_from, **_said(account, by, at)))


def refuse(account: PayeeAccount, *, reason: str, by: Actor, at: datetime) -> None:
    """Say why the account cannot be taken; the group may name another."""
    authorise(by, "payee.refuse", account)
    account = queries.for_writing(account)
    account.answer = _reason(reason)
    ACCOUNT.fire("refuse", account, by=by, at=at, note=account.answer)
    _settled(account, by, at)
    publish(events.PayeeAccountRefused(reason=account.answer, **_said(account, by, at)))


def retire(account: PayeeAccount, *, by: Actor, at: datetime) -> None:
    """Use an account no more, or take it back before it was confirmed."""
    authorise(by, "payee.retire", account)
    account = queries.for_writing(account)
    ACCOUNT.fire("retire", account, by=by, at=at)
    _settled(account, by, at)
    publish(events.PayeeAccountRetired(**_said(account, by, at)))


def ask_early(account: PayeeAccount, *, reason: str, by: Actor, at: datetime) -> None:
    """Ask to pay to a new account before its waiting days are over; a second person has to agree."""
    authorise(by, "payee.ask_early", account)
    account = queries.for_writing(account)
    demand_waiting(account, at)
    words = _reason(reason)
    account.early_asked_by_id, account.early_reason = by.user_id, words
    audit.record("ask_early", account, by=by, at=at, note=words)
    values = {"name": account.organisation.name, "organisation": account.organisation.public_id}
    about = ("payee_account", account.id)
    obligations.open_duty(
        AGREE, subject=about, owner=role("finance"), due_at=None, case=account.case, values=values, at=at
    )
    publish(events.EarlyUseAsked(reason=words, **_said(account, by, at)))


def agree_early(account: PayeeAccount, *, by: Actor, at: datetime) -> None:
    """The second person agrees: the account can be used from today."""
    authorise(by, "payee.agree_early", account)
    account = queries.for_writing(account)
    demand_waiting(account, at)
    if account.early_asked_by_id is None or by.user_id in {None, account.early_asked_by_id}:
        sentence = _l("Two different people have to want this.")
        raise RulesBroken([Violation("same_person", sentence)])
    account.early_agreed_by_id, account.usable_from = by.user_id, clock.day_of(at)
    audit.record("agree_early", account, by=by, at=at, note=account.early_reason)
    obligations.meet(AGREE, subject=("payee_account", account.id), by=by, at=at)
    publish(events.EarlyUseAgreed(reason=account.early_reason, **_said(account, by, at)))


def demand_waiting(account: PayeeAccount, at: datetime) -> None:
    """Raises IllegalTransition unless the account lies in its waiting days."""
    if account.usable_from is None or account.usable_from <= clock.day_of(at):
        raise IllegalTransition(_l("This account is in no waiting days."))


def _settled(account: PayeeAccount, by: Actor, at: datetime) -> None:
    for kind in (CONFIRM, AGREE):
        obligations.meet(kind, subject=("payee_account", account.id), by=by, at=at)


def _reason(text: str) -> str:
    words = clean_line(text)
    if not words:
        raise RulesBroken([Violation("required", _l("Give a reason."), "reason")])
    return words


def change_settings(
    *, waiting_days: int, paying_days: int, version: int, by: Actor, at: datetime
) -> PaymentSettings:
    """How long a new account waits, and within how many working days an open tranche should be paid."""
    authorise(by, "settings.edit")
    row = db.session.get(PaymentSettings, 1)
    if row is not None and row.version != version:
        raise StaleVersion(_l("Somebody else changed these settings. Look at them again."))
    if row is None:
        row = PaymentSettings(id=1, waiting_days=WAITING_DAYS)
        db.session.add(row)
    row.waiting_days, row.paying_days = waiting_days, paying_days
    audit.record("edit", row, by=by, at=at)
    publish(
        events.PaymentSettingsChanged(
            occurred_at=at,
            actor_id=by.user_id,
            case="foundation/1",
            waiting_days=waiting_days,
            paying_days=paying_days,
        )
    )
    return row


def _said(account: PayeeAccount, by: Actor, at: datetime) -> dict[str, Any]:
    return {
        "occurred_at": at,
        "actor_id": by.user_id,
        "case": account.case,
        "account_id": account.id,
        "organisation_id": account.organisation_id,
        "organisation": account.organisation.public_id,
        "number_end": account.number_end,
    }

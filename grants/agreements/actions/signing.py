"""Signing: each party under exactly the content it was shown; the last signature makes the grant run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from grants.agreements import duties, paper, printing, queries, rules
from grants.agreements.events import AgreementSigned, PartySigned
from grants.agreements.fields import AgreementState, GrantState, Party
from grants.agreements.lifecycle import AGREEMENT, GRANT
from grants.agreements.models import Agreement, Signature
from grants.core import audit, clock, jobs
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, StaleVersion, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import SYSTEM, Actor, authorise
from grants.core.unit_of_work import unit_of_work
from grants.documents import actions as documents
from grants.documents.actions import Spooled
from grants.obligations import actions as obligations
from grants.obligations.fields import role_within_call

PRINT = "signed_agreement"


def sign(
    agreement: Agreement,
    party: Party,
    *,
    typed_name: str,
    seen_hash: str,
    address: str,
    by: Actor,
    at: datetime,
) -> None:
    """Put one party's signature under the text.

    Raises StaleVersion when what was seen is not what is offered, IllegalTransition when it is not
    this party's turn, RulesBroken when the name typed is not the signer's own.
    """
    authorise(by, "agreement.sign", agreement)
    authorise(by, f"agreement.sign_{party.value}", agreement)
    agreement = queries.for_writing(agreement)
    _is_their_turn(agreement, party)
    if seen_hash != agreement.content_hash:
        raise StaleVersion(_l("The text has changed since you opened it. Read it again before you sign."))
    if not rules.is_own_name(typed_name, by.name):
        message = _l("Type your own name as it stands in your account: %(name)s.", name=by.name)
        raise RulesBroken([Violation("name", message, "typed_name")])
    signature = Signature(
        agreement=agreement,
        party=party,
        user_id=by.user_id,
        name=by.name,
        signed_at=at,
        address=address[:45],
        content_hash=seen_hash,
    )
    db.session.add(signature)
    audit.record("sign", signature, by=by, at=at, after={"party": party, "content_hash": seen_hash})
    publish(PartySigned(**rules.about(agreement, by=by, at=at), party=party.value, name=by.name))
    _pass_on(agreement, party, by=by, at=at)


def _is_their_turn(agreement: Agreement, party: Party) -> None:
    signed = [row.party for row in agreement.signatures]
    over = agreement.grant.state is not GrantState.PROMISED
    if agreement.state is not AgreementState.OFFERED or over or party in signed:
        raise IllegalTransition(_l("This was already signed, or is not ready to be signed."))
    if party not in rules.whose_turn(rules.parties(agreement.terms), signed):
        raise IllegalTransition(_l("The group and its host sign first; the foundation countersigns."))


def _pass_on(agreement: Agreement, party: Party, *, by: Actor, at: datetime) -> None:
    """Whose turn it is now: another party's, or nobody's, and the grant runs."""
    waiting = rules.whose_turn(rules.parties(agreement.terms), [row.party for row in agreement.signatures])
    subject = ("agreement", agreement.id)
    if party is not Party.FOUNDATION:
        obligations.meet(duties.SIGNING[party], subject=subject, by=by, at=at)
    if waiting == (Party.FOUNDATION,):
        obligations.open_duty(
            duties.COUNTERSIGN,
            subject=subject,
            owner=role_within_call("director", agreement.grant.call_id),
            due_at=None,
            case=agreement.case,
            values=rules.duty_values(agreement),
            at=at,
        )
    if not waiting:
        _seal(agreement, by=by, at=at)


def _seal(agreement: Agreement, *, by: Actor, at: datetime) -> None:
    agreement.signed_at = at
    AGREEMENT.fire("sign", agreement, by=by, at=at)
    GRANT.fire("sign", agreement.grant, by=by, at=at)
    obligations.meet(duties.COUNTERSIGN, subject=("agreement", agreement.id), by=by, at=at)
    jobs.enqueue(PRINT, {"agreement": agreement.id}, unique_key=f"{PRINT}:{agreement.id}")
    grant = agreement.grant
    publish(
        AgreementSigned(
            **rules.about(agreement, by=by, at=at),
            proposal_id=grant.proposal_id,
            payee_id=grant.payee_id or grant.organisation_id,
            amount=grant.amount,
        )
    )


class SignedPaper:
    """The job that prints the text again with its signatures; the hash that was signed stands beside each."""

    def prepare(self, payload: dict[str, Any]) -> Spooled | None:
        with unit_of_work(read_only=True):
            agreement = queries.by_id(payload["agreement"])
            if agreement is None or agreement.signed_at is None or agreement.signed_document_id is not None:
                return None
            signatures = [
                paper.Signed(row.party, row.name, row.signed_at, row.content_hash)
                for row in agreement.signatures
            ]
            data = printing.data_of(agreement, code=agreement.check_code or "", signatures=signatures)
            number, at = agreement.number, agreement.signed_at
        return printing.set_in_type(number, data, at=at)

    def keep(self, payload: dict[str, Any], result: Spooled | None) -> None:
        agreement = queries.by_id(payload["agreement"])
        if agreement is not None and result is not None:
            agreement.signed_document = documents.keep(
                result, holder=agreement, purpose=printing.SIGNED, by=SYSTEM, at=clock.now()
            )


SIGNED_PAPER = SignedPaper()

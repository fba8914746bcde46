"""The text of an agreement: set in type, edited, offered, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from grants.agreements import duties, queries, rules, terms
from grants.agreements.events import AgreementOffered, AgreementRecalled
from grants.agreements.fields import AgreementState, Party
from grants.agreements.lifecycle import AGREEMENT
from grants.agreements.models import Agreement, InKind
from grants.agreements.printing import OFFERED, Typeset
from grants.core import audit
from grants.core.errors import IllegalTransition, RulesBroken, StaleVersion, Violation
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money
from grants.core.policy import Actor, authorise
from grants.documents import actions as documents
from grants.obligations import actions as obligations
from grants.obligations.fields import organisation as owed_by
from grants.obligations.fields import role_within_call


def edit(agreement: Agreement, changes: Mapping[str, Any], *, version: int, by: Actor, at: datetime) -> None:
    """Change terms of a draft. `changes` replaces whole entries of the terms; what money there is stays.

    Raises StaleVersion when somebody saved in between, IllegalTransition once it was offered.
    """
    authorise(by, "agreement.edit", agreement)
    agreement = queries.for_writing(agreement)
    if agreement.state is not AgreementState.DRAFT:
        raise IllegalTransition(_l("This text was offered and can no longer be changed."))
    if agreement.version != version:
        raise _stale()
    protected = {"amount", "tranches"} & changes.keys()
    if protected:
        raise RulesBroken([Violation("decided", _l("The amount and its parts follow from the decision."))])
    before, agreement.terms = agreement.terms, {**agreement.terms, **changes}
    if "in_kind" in changes:
        _keep_in_kind(agreement, changes["in_kind"])
    changed = {key: value for key, value in changes.items() if before.get(key) != value}
    audit.record(
        "edit", agreement, by=by, at=at, before={key: before.get(key) for key in changed}, after=changed
    )


def _keep_in_kind(agreement: Agreement, rows: Sequence[Mapping[str, str]]) -> None:
    """What is given beside money is a row, too: lists show it apart and never add it to the money (S000-2)."""
    agreement.grant.in_kind = [
        InKind(item=row["item"], quantity=row["quantity"], value=Money.yuan(row["value"])) for row in rows
    ]


def offer(agreement: Agreement, made: Typeset | None, *, by: Actor, at: datetime) -> None:
    """Fix the text: from now on its hash is what everybody signs. `made` shows the draft as it stands.

    Raises RulesBroken with all that is missing, IllegalTransition when it was offered already, and
    StaleVersion when the draft changed since it was set in type.
    """
    authorise(by, "agreement.offer", agreement)
    agreement = queries.for_writing(agreement)
    if agreement.state is not AgreementState.DRAFT:
        raise IllegalTransition(_l("This agreement was offered already."))
    broken = list(rules.faults(agreement.terms))
    if broken:
        raise RulesBroken(broken)
    if made is None or made.version != agreement.version:
        raise _stale()
    document = documents.keep(made.spooled, holder=agreement, purpose=OFFERED, by=by, at=at)
    agreement.document = document
    agreement.content_hash, agreement.check_code, agreement.offered_at = document.sha256, made.code, at
    agreement.terms = {**agreement.terms, "clauses": terms.clauses(agreement.terms)}
    AGREEMENT.fire("offer", agreement, by=by, at=at)
    _ask_for_signatures(agreement, by=by, at=at)
    grant = agreement.grant
    publish(
        AgreementOffered(
            **rules.about(agreement, by=by, at=at),
            payee_id=grant.payee_id or grant.organisation_id,
            content_hash=document.sha256,
        )
    )


def recall(agreement: Agreement, reason: str, *, by: Actor, at: datetime) -> None:
    """Take an offered text back to mend it, while nobody has signed."""
    authorise(by, "agreement.offer", agreement)
    agreement = queries.for_writing(agreement)
    if not reason.strip():
        raise RulesBroken([Violation("missing", _l("Say why, in a sentence."), "reason")])
    AGREEMENT.fire("recall", agreement, by=by, at=at, note=reason)
    if agreement.document is not None:
        documents.withdraw(agreement.document, by=by, at=at)
    agreement.document = None
    agreement.content_hash = agreement.check_code = agreement.offered_at = None
    agreement.terms = {**agreement.terms, "clauses": []}
    for kind in duties.SIGNING.values():
        obligations.meet(kind, subject=("agreement", agreement.id), by=by, at=at)
    _ask_to_offer(agreement, at=at)
    publish(AgreementRecalled(**rules.about(agreement, by=by, at=at), reason=reason))


def _stale() -> StaleVersion:
    return StaleVersion(
        _l("Somebody else saved this in the meantime. Look at it again before you change it.")
    )


def _ask_to_offer(agreement: Agreement, *, at: datetime) -> None:
    obligations.open_duty(
        duties.OFFER,
        subject=("agreement", agreement.id),
        owner=role_within_call("officer", agreement.grant.call_id),
        due_at=None,
        case=agreement.case,
        values=rules.duty_values(agreement),
        at=at,
    )


def _ask_for_signatures(agreement: Agreement, *, by: Actor, at: datetime) -> None:
    """The officer's duty is met; group and host owe their signatures."""
    obligations.meet(duties.OFFER, subject=("agreement", agreement.id), by=by, at=at)
    grant = agreement.grant
    bodies = {Party.GROUP: grant.organisation_id, Party.HOST: grant.payee_id}
    for party in rules.whose_turn(rules.parties(agreement.terms), ()):
        obligations.open_duty(
            duties.SIGNING[party],
            subject=("agreement", agreement.id),
            owner=owed_by(bodies[party] or grant.organisation_id),
            due_at=None,
            case=agreement.case,
            values=rules.duty_values(agreement),
            at=at,
        )

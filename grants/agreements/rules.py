"""Pure rules about a grant and its text: who signs when, what the parts sum to, what an offer may not lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

from grants.agreements.fields import AgreementState, Party
from grants.core.errors import Violation
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money, total
from grants.core.policy import Actor
from grants.core.text import folded
from grants.organisations.models import Organisation

Terms = Mapping[str, Any]


def payee_of(group: Organisation) -> Organisation | None:
    """Whose account takes the money: the group's own, else that of a host that is a legal person. Needs `host`."""
    if group.is_legal_person:
        return group
    return group.host if group.host is not None and group.host.is_legal_person else None


def payee_faults(group: Organisation) -> Iterator[Violation]:
    """No agreement without a legal person that takes the money (S000-3)."""
    if payee_of(group) is None:
        yield Violation(
            "no_payee",
            _l("The group is no legal person and has no host that is one. Link a host before the agreement."),
        )


def notice_faults(*, may_proceed: bool) -> Iterator[Violation]:
    """No agreement before the notice ended and its objections are decided (hard rule 4)."""
    if not may_proceed:
        yield Violation(
            "in_notice",
            _l("The public notice has not ended, or an objection against this proposal is not decided."),
        )


def parties(terms: Terms) -> tuple[Party, ...]:
    """Who signs, in the order of the text."""
    return tuple(Party(party["party"]) for party in terms["parties"])


def whose_turn(needed: Sequence[Party], signed: Sequence[Party]) -> tuple[Party, ...]:
    """Those who may sign now: group and host in any order, the foundation last, as the countersignature."""
    others = tuple(party for party in needed if party is not Party.FOUNDATION and party not in signed)
    if others:
        return others
    return (Party.FOUNDATION,) if Party.FOUNDATION not in signed else ()


def split_tranches(amount: Money, percents: Sequence[Decimal]) -> tuple[Money, ...]:
    """The parts of a grant, exact to the fen: they always sum to it (hard rule 5)."""
    return amount.split(percents)


def scaled(asked: Mapping[str, Money], amount: Money) -> dict[str, Money]:
    """The budget of the proposal cut to what was approved, in proportion; sums to `amount`.

    Categories that come out at nothing are left out. A budget that asked for nothing has no lines.
    """
    if not total(asked.values()):
        return {}
    parts = amount.split([max(money, Money(0)).fen for money in asked.values()])
    return {category: part for category, part in zip(asked, parts, strict=True) if part}


def amount_of(terms: Terms) -> Money:
    return Money.yuan(terms["amount"])


def tranches_of(terms: Terms) -> tuple[Money, ...]:
    return tuple(Money.yuan(row["amount"]) for row in terms["tranches"])


def faults(terms: Terms) -> Iterator[Violation]:
    """Everything that keeps a text from being offered."""
    amount = amount_of(terms)
    if total(tranches_of(terms)) != amount:
        yield Violation("tranches", _l("The parts to be paid do not sum to the grant."))
    if terms["budget"] and total(Money.yuan(row["amount"]) for row in terms["budget"]) != amount:
        yield Violation("budget", _l("The budget lines do not sum to the grant."), "budget")
    if not terms["duties"]:
        yield Violation("duties", _l("There are no duties yet: say who owes what."), "duties")
    for place, row in enumerate(terms["duties"], start=1):
        if not row["owner"]:
            message = _l("Duty %(place)s has no owner yet. Say who does it.", place=place)
            yield Violation("no_owner", message, "duties")
    yield from _party_faults(terms)
    yield from _date_faults(terms)


def _party_faults(terms: Terms) -> Iterator[Violation]:
    for party in terms["parties"]:
        if not party["name"]:
            yield Violation("no_name", _l("A party has no name."), "parties")
        if not party["representative"]:
            message = _l("Say who represents %(name)s.", name=party["name"] or party["label"])
            yield Violation("no_representative", message, "parties")


def _date_faults(terms: Terms) -> Iterator[Violation]:
    project = terms["project"]
    if not project["starts_on"] or not project["ends_on"]:
        yield Violation("no_dates", _l("The project has no dates yet."), "starts_on")
        return
    if day(project["starts_on"]) > day(project["ends_on"]):
        yield Violation("in_order", _l("The last day is before the first."), "ends_on")
    for row in terms["milestones"]:
        if day(row["from_on"]) > day(row["due_on"]):
            yield Violation("in_order", _l("A milestone ends before it begins."), "milestones")
    if not any(row["kind"] == "final" for row in terms["reports"]):
        yield Violation("no_final_report", _l("There is no final report yet."), "reports")


def day(text: str) -> date:
    return date.fromisoformat(text)


def all_signed(agreement: Any, at: datetime) -> Iterator[Violation]:
    """Guard: the text counts once every party signed exactly what was offered."""
    signed = {row.party for row in agreement.signatures if row.content_hash == agreement.content_hash}
    if signed != set(parties(agreement.terms)):
        yield Violation("unsigned", _l("Not every party has signed yet."))


def nobody_signed(agreement: Any, at: datetime) -> Iterator[Violation]:
    """Guard: what somebody signed is not taken back."""
    if agreement.signatures:
        yield Violation("signed", _l("Somebody has signed already; the text can no longer be taken back."))


class Part(Struct, frozen=True):
    """One part of the money as it was agreed."""

    amount: Money
    percent: str
    gate: str


class Due(Struct, frozen=True):
    """A report and its day."""

    kind: str
    due_on: date


class Agreed(Struct, frozen=True):
    """What is agreed, in few words, with values that a page can write in the reader's language."""

    starts_on: date | None
    ends_on: date | None
    parts: tuple[Part, ...]
    reports: tuple[Due, ...]


def agreed(terms: Terms) -> Agreed:
    project = terms["project"]
    return Agreed(
        day(project["starts_on"]) if project["starts_on"] else None,
        day(project["ends_on"]) if project["ends_on"] else None,
        tuple(Part(Money.yuan(row["amount"]), row["percent"], row["gate"]) for row in terms["tranches"]),
        tuple(Due(row["kind"], day(row["due_on"])) for row in terms["reports"]),
    )


def is_own_name(typed: str, name: str) -> bool:
    """Whether what was typed as a signature is the signer's name, spaces and width aside."""
    return bool(typed.strip()) and folded(typed).replace(" ", "") == folded(name).replace(" ", "")


def is_editable(state: AgreementState) -> bool:
    return state is AgreementState.DRAFT


def about(agreement: Any, *, by: Actor, at: datetime) -> dict[str, Any]:
    """What every fact about an agreement carries."""
    return {
        "occurred_at": at,
        "actor_id": by.user_id,
        "case": agreement.case,
        "agreement_id": agreement.id,
        "grant_id": agreement.grant_id,
        "organisation_id": agreement.grant.organisation_id,
        "number": agreement.number,
        "agreement": agreement.public_id,
    }


def duty_values(agreement: Any) -> dict[str, str]:
    """What fills the words and the address of a duty about an agreement."""
    return {"agreement": agreement.public_id, "number": agreement.number}

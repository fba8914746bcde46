"""From terms to the data of `templates/documents/agreement.typ`, and to what the page shows as paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from grants.agreements.fields import Party
from grants.agreements.terms import clauses, date_text
from grants.core import addresses, clock
from grants.core.i18n import in_chinese
from grants.core.money import Money

TO_BE_APPROVED = "以甲方核准登记的收款账户为准"
METHOD = "系统内署名签署"


class Signed(Struct, frozen=True):
    """One signature as it is printed."""

    party: Party
    signer: str
    at: datetime
    content_hash: str


def printed(
    terms: Mapping[str, Any],
    *,
    number: str,
    foundation: Mapping[str, Any],
    code: str,
    signatures: Sequence[Signed] = (),
) -> dict[str, Any]:
    """The data of the typst template. With signatures, each block says who, when and for which content."""
    amount = Money.yuan(terms["amount"])
    return {
        "foundation": foundation,
        "number": number,
        "title": terms["title"],
        "check": {"code": code, "url": addresses.check_page(code)},
        "signed_place": terms["signed_place"],
        "signed_on": _signed_on(signatures),
        "parties": [_party(party) for party in terms["parties"]],
        "project": _project(terms["project"]),
        "amount": {"figures": amount.formatted(), "capitals": amount.capitals()},
        "budget": [
            {"category": in_chinese(row["name"]), "amount": figures(row["amount"]), "note": row["note"]}
            for row in terms["budget"]
        ],
        "in_kind": [dict(row, value=figures(row["value"])) for row in terms["in_kind"]],
        "tranches": [_tranche(row) for row in terms["tranches"]],
        "payee": _payee(terms["payee"]),
        "duties": [dict(row) for row in terms["duties"]],
        "milestones": [_milestone(row) for row in terms["milestones"]],
        "terms": dict(terms["figures"]),
        "clauses": clauses(terms),
        "signatures": [_signature(party, signatures) for party in terms["parties"]],
    }


def figures(amount: str) -> str:
    return Money.yuan(amount).formatted()


def _signed_on(signatures: Sequence[Signed]) -> str:
    if not signatures:
        return ""
    return date_text(clock.day_of(max(row.at for row in signatures)).isoformat())


def _party(party: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in party.items() if key not in ("party", "name_en")}


def _project(project: Mapping[str, Any]) -> dict[str, str]:
    return {
        **project,
        "call": in_chinese(project["call"]),
        "starts_on": date_text(project["starts_on"]),
        "ends_on": date_text(project["ends_on"]),
    }


def _tranche(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "order": row["number"],
        "name": row["name"],
        "amount": figures(row["amount"]),
        "share": f"{row['percent']}%",
        "gate": row["condition"],
        "due": row["due"],
    }


def _payee(payee: Mapping[str, str]) -> dict[str, str]:
    return {
        "account_name": payee["name"],
        "bank": payee["bank"] or TO_BE_APPROVED,
        "account": payee["account"] or TO_BE_APPROVED,
    }


def _milestone(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "order": row["number"],
        "name": in_chinese(row["name"]),
        "from": date_text(row["from_on"]),
        "due": date_text(row["due_on"]),
    }


def _signature(party: Mapping[str, str], signatures: Sequence[Signed]) -> dict[str, str]:
    found = next((row for row in signatures if row.party == party["party"]), None)
    block = {"label": party["label"], "name": party["name"]}
    if found is None:
        return block
    shown = clock.local(found.at)
    return {
        **block,
        "signer": found.signer,
        "signed_at": f"{date_text(shown.date().isoformat())} {shown:%H:%M}",
        "method": METHOD,
        "hash": found.content_hash,
    }

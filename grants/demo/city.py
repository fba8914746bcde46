"""The terms of the demo's city: its places, specialities and words, and the foundation itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from grants.core import clock
from grants.core.policy import SYSTEM
from grants.demo.words import words
from grants.operation.signins import DOMAIN
from grants.reference import actions, fields
from grants.reference.fields import FoundationKind, Level

Data = Mapping[str, Any]
SETTLED = date(2025, 12, 1)
# What the data calls the six "haves", by the keys of the usual list.
SIX_HAVES = {
    "制度": "rules",
    "场所": "place",
    "队伍": "team",
    "台账": "ledger",
    "固定项目": "service",
    "明显标识": "sign",
}


def load_reference(data: Data) -> None:
    """Everything that forms choose from, and the profile of the foundation."""
    at = clock.at_local(SETTLED)
    for row in data["regions"]:
        actions.add_region(
            row["code"],
            words(row["name_zh"], row["name_en"]),
            Level(row["level"]),
            parent_code=row["parent"],
            valid_from_year=row["valid_from_year"],
            valid_to_year=row["valid_to_year"],
            by=SYSTEM,
            at=at,
        )
    for row in data["specialities"]:
        name = words(row["name_zh"], row["name_en"])
        actions.add_speciality(row["code"], name, parent_code=row["parent"], by=SYSTEM, at=at)
    actions.enter_usual_terms(by=SYSTEM, at=at)
    actions.edit_foundation(_profile(data["foundation"]), version=None, by=SYSTEM, at=at)


def _profile(row: Data) -> dict[str, Any]:
    return {
        "name": words(row["name_zh"], row["name_en"]),
        "credit_code": row["uscc"],
        "address": words(row["address_zh"], row["address_en"]),
        "phone": row["phone"],
        "email": row["email"],
        "bank_name": row["bank_name_zh"],
        "bank_account": row["bank_account"],
        "board_chair": words(row["board_chair_zh"], row["board_chair_en"]),
        "secretary_general": words(row["secretary_general_zh"], row["secretary_general_en"]),
        "seal_holder": row["secretary_general_zh"],
        "kind": FoundationKind.CHARITY,
        "public_fundraising": row["public_fundraising"],
        "shared_mail_domains": [*fields.SHARED_MAIL_DOMAINS, "example.org", DOMAIN],
    }

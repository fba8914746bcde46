"""The terms of the demo's city: its places, specialities and words, and the foundation itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from grants.core import clock
from grants.core.policy import SYSTEM
from grants.demo.words import words
from grants.operation.signins import DOMAIN
from grants.reference import actions, fields
from grants.reference.fields import FoundationKind, Level, Taxonomy

Data = Mapping[str, Any]
SETTLED = date(2025, 12, 1)
# Words of the data that have no list of their own there, and what they are called in English.
_ORIGINS = (
    ("residents", "社区居民自发型", "Begun by residents"),
    ("social", "社会组织主导型", "Led by a social organisation"),
    ("unit", "单位组建型", "Formed by a work unit"),
    ("government", "党政推动型", "Encouraged by the authorities"),
)
_GROUP_KINDS = (
    ("community", "社区志愿服务队", "Community group", "six_haves"),
    ("station", "志愿服务站", "Service station", "six_haves"),
    ("speciality", "专业志愿服务队", "Specialist group", "six_haves"),
    ("unit", "单位志愿服务队", "Team of a work unit", "five_haves"),
    ("school", "高校志愿服务队", "University team", "five_haves"),
)
_PLACES = (
    ("square", "公共广场", "Public square"),
    ("community_centre", "社区服务中心", "Community centre"),
    ("school", "学校", "School"),
    ("hospital", "医院", "Hospital"),
    ("transport", "交通场站", "Station or stop"),
    ("homes", "入户", "People's homes"),
    ("outdoors", "户外", "Outdoors"),
)
_ACTIVITY_KINDS = (("service", "服务", "Service"), ("training", "培训", "Training"))
SIX_HAVES = {
    "rules": ("制度", "有一套志愿者管理制度", "Rules for working with volunteers"),
    "place": ("场所", "有一个志愿活动专用场所", "A place of its own for its work"),
    "team": ("队伍", "有一支志愿者队伍", "A team of volunteers"),
    "ledger": (
        "台账",
        "有注册志愿者、志愿服务活动和服务对象的台账",
        "Ledgers of volunteers, activities and beneficiaries",
    ),
    "service": ("固定项目", "有相对固定的服务项目", "A steady project"),
    "sign": ("明显标识", "有明显标识", "A visible sign"),
}
_FIVE_HAVES = (
    ("organisation", "有组织", "An organisation"),
    ("people", "有人员", "People"),
    ("place", "有服务场所（对象）", "A place or people to serve"),
    ("activities", "有活动", "Activities"),
    ("rules", "有制度", "Rules"),
)


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
    for taxonomy, key, name, attributes in _terms(data):
        actions.add_term(taxonomy, name, key=key, attributes=attributes, by=SYSTEM, at=at)
    actions.edit_foundation(_profile(data["foundation"]), version=None, by=SYSTEM, at=at)


def _terms(data: Data) -> Iterable[tuple[Taxonomy, str, dict[str, str], dict[str, str]]]:
    for row in data["fields"]:
        yield Taxonomy.FIELD, row["key"], words(row["name_zh"], row["name_en"]), {"risk": row["risk"]}
    for taxonomy, name in (
        (Taxonomy.BENEFICIARY, "beneficiary_types"),
        (Taxonomy.BUDGET_CATEGORY, "budget_categories"),
    ):
        for row in data[name]:
            yield taxonomy, row["key"], words(row["name_zh"], row["name_en"]), {}
    for key, chinese, english, checklist in _GROUP_KINDS:
        yield Taxonomy.GROUP_KIND, key, words(chinese, english), {"checklist": checklist}
    plain = (
        (Taxonomy.ORIGIN, _ORIGINS),
        (Taxonomy.PLACE, _PLACES),
        (Taxonomy.ACTIVITY_KIND, _ACTIVITY_KINDS),
        (Taxonomy.SIX_HAVES, [(key, zh, en) for key, (_, zh, en) in SIX_HAVES.items()]),
        (Taxonomy.FIVE_HAVES, _FIVE_HAVES),
    )
    for taxonomy, entries in plain:
        for key, chinese, english in entries:
            yield taxonomy, key, words(chinese, english), {}


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

"""Levels, taxonomies, kinds of number and limits that models, forms and schemas of the reference data share."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from grants.core.i18n import lazy_gettext as _l

NAME = 120
KEY = 40
CODE = 20
PATH = 200
TEXT = 300


class Level(StrEnum):
    """The four levels of the network, from the city down."""

    CITY = "city"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"


LEVELS: Mapping[Level, str] = {
    Level.CITY: _l("City"),
    Level.DISTRICT: _l("District"),
    Level.STREET: _l("Subdistrict or town"),
    Level.COMMUNITY: _l("Community or village"),
}

# Digits of a code of GB/T 2260 and of the statistical codes below it, level by level.
CODE_DIGITS: Mapping[Level, int] = {
    Level.CITY: 6,
    Level.DISTRICT: 6,
    Level.STREET: 9,
    Level.COMMUNITY: 12,
}

# How the organisation of each level is called (S001-3) until staff choose other words.
LEVEL_LABELS: Mapping[str, Mapping[str, str]] = {
    "city": {"zh-Hans": "市总队", "en": "City brigade"},
    "district": {"zh-Hans": "区大队", "en": "District brigade"},
    "street": {"zh-Hans": "街道中心工作站", "en": "Subdistrict centre"},
    "community": {"zh-Hans": "社区工作站", "en": "Community station"},
}


class Taxonomy(StrEnum):
    """A list of words that staff keep."""

    FIELD = "field"
    BENEFICIARY = "beneficiary"
    GROUP_KIND = "group_kind"
    PLACE = "place"
    BUDGET_CATEGORY = "budget_category"
    ORIGIN = "origin"
    ACTIVITY_KIND = "activity_kind"
    SIX_HAVES = "six_haves"
    FIVE_HAVES = "five_haves"


TAXONOMIES: Mapping[Taxonomy, str] = {
    Taxonomy.FIELD: _l("Fields of service"),
    Taxonomy.BENEFICIARY: _l("Kinds of beneficiaries"),
    Taxonomy.GROUP_KIND: _l("Kinds of groups"),
    Taxonomy.PLACE: _l("Kinds of places"),
    Taxonomy.BUDGET_CATEGORY: _l("Budget categories"),
    Taxonomy.ORIGIN: _l("How groups came about"),
    Taxonomy.ACTIVITY_KIND: _l("Kinds of activities"),
    Taxonomy.SIX_HAVES: _l("Checklist of six “haves”"),
    Taxonomy.FIVE_HAVES: _l("Checklist of five “haves”"),
}


class VolunteerWord(StrEnum):
    """The word for a volunteer that the whole interface uses in Chinese."""

    ZHIYUANZHE = "志愿者"
    YIGONG = "义工"
    ZHIGONG = "志工"


class CalendarSource(StrEnum):
    """Why a day differs from the calendar that came with the release."""

    NOTICE = "notice"
    LOCAL = "local"


class FoundationKind(StrEnum):
    """What the law calls the foundation; limits and duties follow from it."""

    CHARITY = "charity"
    PUBLIC_CHARITY = "public_charity"
    FOUNDATION = "foundation"


FOUNDATION_KINDS: Mapping[FoundationKind, str] = {
    FoundationKind.CHARITY: _l("Charitable foundation"),
    FoundationKind.PUBLIC_CHARITY: _l("Charitable foundation that may raise funds from the public"),
    FoundationKind.FOUNDATION: _l("Foundation that is not recognised as a charity"),
}


class Series(StrEnum):
    """Kinds of things that are numbered by year, without gaps."""

    CALL = "call"
    PROPOSAL = "proposal"
    PROPOSAL_MICRO = "proposal_micro"
    OBJECTION = "objection"
    NOTICE = "notice"
    MINUTES = "minutes"
    GRANT = "grant"
    AGREEMENT = "agreement"
    PAYMENT = "payment"
    LEDGER = "ledger"
    CERTIFICATE = "certificate"
    COMPLAINT = "complaint"


SERIES: Mapping[Series, str] = {
    Series.CALL: _l("Calls"),
    Series.PROPOSAL: _l("Proposals"),
    Series.PROPOSAL_MICRO: _l("Proposals of micro-calls"),
    Series.OBJECTION: _l("Objections"),
    Series.NOTICE: _l("Public notices"),
    Series.MINUTES: _l("Minutes of the board"),
    Series.GRANT: _l("Grants and projects"),
    Series.AGREEMENT: _l("Agreements"),
    Series.PAYMENT: _l("Payments"),
    Series.LEDGER: _l("Ledger"),
    Series.CERTIFICATE: _l("Certificates"),
    Series.COMPLAINT: _l("Complaints"),
}

# Placeholders: {prefix} the foundation's short name, {year}, {n} with its least number of digits.
NUMBER_FORMATS: Mapping[str, str] = {
    "call": "{prefix}〔{year}〕{n}号",
    "proposal": "MM{year}-{n:03}",
    "proposal_micro": "WG{year}-{n:03}",
    "objection": "YY{year}-{n:03}",
    "notice": "GS{year}-{n:03}",
    "minutes": "理会纪〔{year}〕{n}号",
    "grant": "{prefix}-{year}-{n:04}",
    "agreement": "协议{year}-{n:03}",
    "payment": "FK{year}-{n:04}",
    "ledger": "JZ{year}-{n:05}",
    "certificate": "ZS{year}-{n:04}",
    "complaint": "TS{year}-{n:03}",
}
NUMBER_PREFIX = "穗志资"

# Mail providers shared by everybody: the same domain says nothing about a tie between two people.
SHARED_MAIL_DOMAINS = (
    "126.com", "139.com", "163.com", "189.cn", "aliyun.com", "foxmail.com", "gmail.com", "hotmail.com",
    "icloud.com", "live.com", "outlook.com", "proton.me", "protonmail.com", "qq.com", "sina.cn",
    "sina.com", "sohu.com", "vip.163.com", "vip.qq.com", "yahoo.com", "yeah.net",
)  # fmt: skip

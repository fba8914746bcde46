"""A small Guangzhou for tests, made by the actions of the house: two districts, three streets, words to choose."""

from __future__ import annotations

from grants.core import clock
from grants.core.policy import SYSTEM
from grants.reference import actions, queries
from grants.reference.fields import Level, Taxonomy

PLACES = (
    ("440100", "广州市", "Guangzhou", Level.CITY, None, None),
    ("440103", "荔湾区", "Liwan District", Level.DISTRICT, "440100", None),
    ("440106", "天河区", "Tianhe District", Level.DISTRICT, "440100", None),
    ("440116", "萝岗区", "Luogang District", Level.DISTRICT, "440100", 2014),
    ("440103006", "逢源街道", "Fengyuan Subdistrict", Level.STREET, "440103", None),
    ("440103007", "龙津街道", "Longjin Subdistrict", Level.STREET, "440103", None),
    ("440106006", "石牌街道", "Shipai Subdistrict", Level.STREET, "440106", None),
)
SPECIALITIES = (
    ("SP", "专项志愿服务总队", None),
    ("SP-CARE", "关爱服务支队", "SP"),
    ("SP-ENV", "环保支队", "SP"),
)
WORDS = (
    (Taxonomy.FIELD, "elderly", "助老", "Elder care", {"risk": "low"}),
    (Taxonomy.FIELD, "environment", "环保", "Environment", {"risk": "medium"}),
    (Taxonomy.GROUP_KIND, "community", "社区志愿服务队", "Community group", {"checklist": "six_haves"}),
    (Taxonomy.ORIGIN, "residents", "社区居民自发型", "Begun by residents", {}),
    (Taxonomy.SIX_HAVES, "rules", "有一套管理制度", "Rules of its own", {}),
    (Taxonomy.SIX_HAVES, "sign", "有明显标识", "A visible sign", {}),
)
LIWAN = "440100/440103"


def build_city() -> None:
    """Inside the caller's unit of work; a second call finds everything there."""
    if queries.region_by_code("440100") is not None:
        return
    at = clock.now()
    for code, chinese, english, level, parent, until in PLACES:
        name = {"zh-Hans": chinese, "en": english}
        actions.add_region(code, name, level, parent_code=parent, valid_to_year=until, by=SYSTEM, at=at)
    for code, chinese, parent in SPECIALITIES:
        actions.add_speciality(code, {"zh-Hans": chinese, "en": code}, parent_code=parent, by=SYSTEM, at=at)
    for taxonomy, key, chinese, english, attributes in WORDS:
        name = {"zh-Hans": chinese, "en": english}
        actions.add_term(taxonomy, name, key=key, attributes=attributes, by=SYSTEM, at=at)

"""What stands on a certificate. Papers are Chinese: they are given in a ceremony and hung on a wall."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from grants.awards.rules.conditions import hours_text
from grants.core.i18n import in_chinese

_DIGITS = "〇一二三四五六七八九"
_SENTENCE = re.compile(r"[^。！？!?]*[。！？!?]|.+")
LONGEST_CITATION = 160


def citation(deed: str) -> str:
    """The first sentences of the deed, whole ones of its first paragraph, as many as a certificate has room for."""
    told = ""
    for sentence in _SENTENCE.findall(deed.strip().partition("\n")[0].strip()):
        if told and len(told) + len(sentence) > LONGEST_CITATION:
            break
        told += sentence
    return told if len(told) <= LONGEST_CITATION else told[: LONGEST_CITATION - 1] + "…"


def date_in_characters(day: date) -> str:
    """二〇二六年十二月五日."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_small(day.month)}月{_small(day.day)}日"


def _small(number: int) -> str:
    tens, ones = divmod(number, 10)
    front = "" if tens == 0 else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return front + (_DIGITS[ones] if ones else "")


def printed(
    *,
    number: str,
    code: str,
    url: str,
    winner: Mapping[str, str],
    is_person: bool,
    category: Mapping[str, str],
    cycle: Mapping[str, str],
    citation: str,
    minutes: int,
    issued_on: date,
    foundation: Mapping[str, Any],
    signers: Sequence[Mapping[str, str]],
) -> dict[str, Any]:
    """The data of `documents/certificate.typ`."""
    return {
        "foundation": dict(foundation),
        "number": number,
        "check": {"code": code, "url": url},
        "title": "荣誉证书",
        "recipient": in_chinese(winner),
        "recipient_kind": "同志" if is_person else "",
        "citation": citation,
        "award": in_chinese(category),
        "award_en": category.get("en", ""),
        "basis": f"{in_chinese(cycle)} · 核实服务时长 {hours_text(minutes)} 小时"
        if minutes
        else in_chinese(cycle),
        "issued_on": date_in_characters(issued_on),
        "signers": [dict(person) for person in signers],
    }

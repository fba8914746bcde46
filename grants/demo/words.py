"""How the demo's data is worded: Chinese with full-width signs, English beside it."""

from __future__ import annotations

_FULL_WIDTH = str.maketrans({",": "，", ":": "：", ";": "；", "(": "（", ")": "）"})


def words(chinese: str, english: str = "") -> dict[str, str]:
    both = {"zh-Hans": chinese.translate(_FULL_WIDTH), "en": english}
    return {code: text for code, text in both.items() if text}

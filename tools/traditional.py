"""Writes Simplified Chinese in the traditional characters of Hong Kong, with our own exceptions."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import opencc


@cache
def _dictionary() -> Callable[[str], str]:
    """Takes a good part of a second to load, so once."""
    return opencc.OpenCC("s2hk").convert


class Converter:
    """Phrases in the exceptions file (simplified, tab, traditional) win over the dictionary."""

    def __init__(self, exceptions: Path) -> None:
        self._convert = _dictionary()
        lines = exceptions.read_text(encoding="utf-8").splitlines() if exceptions.exists() else []
        pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
        self._exceptions = {pair[0]: pair[1] for pair in pairs}
        longest_first = sorted(self._exceptions, key=len, reverse=True)
        self._splitter = re.compile("(" + "|".join(map(re.escape, longest_first)) + ")")

    def __call__(self, text: str) -> str:
        if not self._exceptions:
            return self._convert(text)
        pieces = self._splitter.split(text)
        return "".join(self._exceptions.get(piece) or self._convert(piece) for piece in pieces)

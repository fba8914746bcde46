"""What can be wrong with a translation, found without knowing the language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

Told = tuple[str, str, str, str, bool]
"""msgid, context, plural msgid, translation, fuzzy."""

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|%%|\{\w*\}")
LETTER = re.compile(r"[A-Za-z]")
HAN = "[\u3400-\u9fff]"
HALF_WIDTH = re.compile(rf"{HAN}[,;:?!()]|\({HAN}|{HAN}\.(?=\s|$)")


def complaints(packages: Mapping[str, Iterable[Told]], *, allowed: frozenset[str]) -> list[str]:
    """Everything wrong in the hand-written catalogues; `allowed` need no Chinese character."""
    found: list[str] = []
    meanings: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for package, entries in sorted(packages.items()):
        for msgid, context, plural, text, fuzzy in entries:
            found += [
                f"{package}: {msgid!r}: {fault}" for fault in _faults(msgid, plural, text, fuzzy, allowed)
            ]
            if text:
                meanings[msgid, context, plural].setdefault(text, package)
    return found + list(_quarrels(meanings))


def _faults(msgid: str, plural: str, text: str, fuzzy: bool, allowed: frozenset[str]) -> Iterator[str]:
    if fuzzy:
        yield "marked fuzzy"
    if not text:
        yield "no translation"
        return
    wanted, given = (set(PLACEHOLDER.findall(side)) for side in (plural or msgid, text))
    if wanted != given:
        yield f"placeholders differ: {' '.join(sorted(wanted ^ given))}"
    if not re.search(HAN, text) and msgid not in allowed and LETTER.search(PLACEHOLDER.sub("", msgid)):
        yield "the translation has no Chinese character (if meant: same_in_chinese.txt)"
    if half := HALF_WIDTH.search(text):
        yield f"half-width punctuation beside Chinese: {half.group()}"


def _quarrels(meanings: Mapping[tuple[str, str, str], Mapping[str, str]]) -> Iterator[str]:
    for (msgid, _context, _plural), texts in meanings.items():
        if len(texts) > 1:
            places = ", ".join(f"{text!r} in {package}" for text, package in texts.items())
            yield f"{msgid!r}: translated in more than one way: {places}"

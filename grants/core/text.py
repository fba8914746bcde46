"""Text as people type, search, sort and count it, Chinese first; the same on every database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_T2S = Path(__file__).parent / "data" / "t2s.txt"
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane * 0x10000 + 0xFFFE)}-{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17)
)
_UNWANTED = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ud800-\udfff{_BIDI}{_NONCHARACTERS}]")
_SPACES = re.compile(r"\s+")
_CJK = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003fffd"
_RUNS = re.compile(f"([{_CJK}]+)|((?:(?![{_CJK}])[^\\W_])+)")
_HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]")
_LETTER = rf"(?!{_HAN.pattern})[^\W_]"
_WORD = re.compile(rf"{_LETTER}(?:{_LETTER}|['’.\-](?={_LETTER})|(?<=\d),(?=\d))*")
_LONGEST_TOKEN = 64

LARGEST_INTEGER = 2**31 - 1
"""What an integer column holds on every database."""


def clean(text: str) -> str:
    """What may be stored: one kind of line end; no NUL, controls, lone surrogates, noncharacters, BOM or bidi marks.

    PostgreSQL refuses NUL, XML refuses the rest, and bidi marks can make a line read as what it is not.
    """
    return _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))


def clean_line(text: str) -> str:
    """As `clean`, for a name or title: every run of white space is one space, none at the ends."""
    return _SPACES.sub(" ", clean(text)).strip()


def folded(text: str) -> str:
    """For stored columns that are compared without regard to case or width; the same on both databases."""
    caseless = unicodedata.normalize("NFKC", clean_line(text)).casefold()
    return clean_line(unicodedata.normalize("NFKC", caseless))


@cache
def _t2s() -> dict[int, str]:
    lines = _T2S.read_text("utf-8").splitlines()
    return {ord(line[0]): line[1:] for line in lines if not line.startswith("#")}


def simplified(text: str) -> str:
    """Each traditional character as its simplified one, for search only: words are not converted."""
    return text.translate(_t2s())


def _plain(text: str) -> str:
    """Folded further for search: simplified, and without accents (PostgreSQL and FTS5 differ on those)."""
    apart = unicodedata.normalize("NFKD", simplified(folded(text)))
    bare = "".join(character for character in apart if unicodedata.category(character) != "Mn")
    return simplified(unicodedata.normalize("NFC", bare))


def search_tokens(text: str) -> list[str]:
    """The tokens of a search document, in order: CJK runs as bigrams, other runs of letters and digits whole.

    A CJK run ends with its last character alone, so that a search for one character finds it by prefix.
    """
    return [token for run, word in _RUNS.findall(_plain(text)) for token in _tokens(run, word)]


def search_phrases(query: str) -> list[list[str]]:
    """What a person looks for: each piece between spaces is one phrase; all of them must occur.

    The last token of a phrase that ends in a word or in a single CJK character stands for its beginnings.
    """
    phrases = [_phrase(_RUNS.findall(_plain(piece))) for piece in folded(query).split()]
    return [phrase for phrase in phrases if phrase]


def _phrase(runs: Sequence[tuple[str, str]]) -> list[str]:
    """The tokens as they stand in a document; only what ends the phrase may go on there."""
    phrase = [token for run, word in runs for token in _tokens(run, word)]
    return phrase[:-1] if len(phrase) > 1 and len(runs[-1][0]) > 1 else phrase


def _tokens(run: str, word: str) -> list[str]:
    return [word[:_LONGEST_TOKEN]] if word else [run[place : place + 2] for place in range(len(run))]


def _open_ended(phrase: Sequence[str]) -> bool:
    last = phrase[-1]
    return len(last) == 1 or _HAN.match(last) is None


def fts5_query(query: str) -> str | None:
    """The query in the language of SQLite FTS5 (tokenizer unicode61); None when it holds nothing to look for."""
    parts = [f'"{" ".join(phrase)}"{" *" if _open_ended(phrase) else ""}' for phrase in search_phrases(query)]
    return " AND ".join(parts) or None


def tsquery(query: str) -> str | None:
    """The same for PostgreSQL, to be cast with `::tsquery`; None when it holds nothing to look for."""
    parts = []
    for phrase in search_phrases(query):
        quoted = [f"'{token}'" for token in phrase]
        parts.append(" <-> ".join(quoted) + (":*" if _open_ended(phrase) else ""))
    return " & ".join(f"({part})" for part in parts) or None


def tsvector(tokens: Sequence[str]) -> str:
    """Tokens with their places, to be cast with `::tsvector`; PostgreSQL counts places up to 16,383."""
    return " ".join(f"'{token}':{place}" for place, token in enumerate(tokens, start=1))


def count_words(text: str) -> int:
    """As people count a text: each 汉字 is one, each word or number in other letters is one, the rest nothing."""
    return len(_HAN.findall(text)) + len(_WORD.findall(text))


def small_whole(raw: str) -> int:
    """A whole number that a column holds, such as `type=` of `request.args.get` makes one. Raises ValueError."""
    number = int(raw)
    if abs(number) > LARGEST_INTEGER:
        raise ValueError(raw[:20])
    return number

"""Pure checks on codes of places, formats of numbers and words of the lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from string import Formatter

from grants.core.errors import Violation
from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.reference.credit_code import Fault, NotACreditCode, credit_code
from grants.reference.fields import CODE_DIGITS, KEY, Level

# The last year that the list of codes in `stdnum` covers; later ones cannot be looked up.
CODES_KNOWN_UNTIL = 2024
_CITY_ENDS = "00"
CREDIT_CODE_FAULTS: Mapping[Fault, Sentence] = {
    Fault.LENGTH: _l("A credit code has 18 characters."),
    Fault.CHARACTERS: _l("It holds a character that a credit code never has; I, O, S, V and Z do not occur."),
    Fault.CHECK_DIGIT: _l(
        "Its last character does not fit the rest. Please compare it with the certificate."
    ),
}
_KEY = re.compile(rf"[a-z][a-z0-9_]{{0,{KEY - 1}}}")
_PLACEHOLDERS = frozenset({"prefix", "year", "n"})
_DIGITS = re.compile(r"0[1-9]")
_ABOVE: Mapping[Level, Level] = {
    Level.DISTRICT: Level.CITY,
    Level.STREET: Level.DISTRICT,
    Level.COMMUNITY: Level.STREET,
}


def level_above(level: Level) -> Level | None:
    return _ABOVE.get(level)


def code_faults(
    code: str, level: Level, *, parent_code: str | None, from_year: int | None
) -> Iterator[Violation]:
    """What is wrong with the code of a place: its digits, whether it lies within its parent, GB/T 2260."""
    digits = CODE_DIGITS[level]
    if not (code.isascii() and code.isdigit() and len(code) == digits):
        yield Violation("code", _l("A code of this level has %(digits)s digits.", digits=digits), "code")
        return
    if parent_code is not None and not code.startswith(_stem(parent_code, level)):
        yield Violation("code", _l("The code does not begin with that of the place above it."), "code")
    elif level in {Level.CITY, Level.DISTRICT} and not _listed(code, from_year):
        yield Violation("code", _l("GB/T 2260 knows no such code for that time."), "code")


def _stem(parent_code: str, level: Level) -> str:
    """A district shares four digits with its city; below, the whole code of the parent comes first."""
    return parent_code[:4] if level is Level.DISTRICT else parent_code


def _listed(code: str, from_year: int | None) -> bool:
    from stdnum import numdb

    if from_year is not None and from_year > CODES_KNOWN_UNTIL:
        return True
    found = {key: value for _, entry in numdb.get("cn/loc").info(code) for key, value in entry.items()}
    return "county" in found


def year_faults(from_year: int | None, to_year: int | None) -> Iterator[Violation]:
    if from_year is not None and to_year is not None and from_year > to_year:
        yield Violation("years", _l("The last year lies before the first."), "valid_to_year")


def credit_code_faults(text: str, *, field: str) -> Iterator[Violation]:
    """What is wrong with a unified social credit code as typed."""
    try:
        credit_code(text)
    except NotACreditCode as wrong:
        yield Violation("credit_code", CREDIT_CODE_FAULTS[wrong.fault], field)


def key_faults(key: str) -> Iterator[Violation]:
    if not _KEY.fullmatch(key):
        yield Violation(
            "key", _l("A key has small Latin letters, digits and low lines, and begins with a letter."), "key"
        )


def number_text(form: str, *, prefix: str, year: int, n: int) -> str:
    """The n-th number of a year as it is printed: `{prefix}-{year}-{n:04}` gives 穗志资-2026-0001."""
    return form.format(prefix=prefix, year=year, n=n)


def format_faults(form: str, *, field: str) -> Iterator[Violation]:
    """A format names the number and the year once at least, and nothing but the three placeholders."""
    parts: list[tuple[str, str | None, str | None]] = []
    with suppress(ValueError):
        parts = [(name, spec, how) for _, name, spec, how in Formatter().parse(form) if name is not None]
    names = {name for name, _, _ in parts}
    sound = all(
        how is None and (not spec or (name == "n" and _DIGITS.fullmatch(spec))) for name, spec, how in parts
    )
    if not (sound and {"year", "n"} <= names <= _PLACEHOLDERS):
        yield Violation(
            "format",
            _l("Use {year} and {n}, if you like {n:04} for four digits and {prefix}, and no other braces."),
            field,
        )

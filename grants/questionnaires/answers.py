"""What people type, read into plain values. What cannot be read is kept as typed, so that nothing is lost.

Values as stored: text, choice and date are text (dates ISO); a whole number is an int, one with decimals plain
text; money is plain yuan text; choices a list of keys; a declaration true; files a list of {id, name, sha256};
a table and a budget a list of rows. No answer is None. What could not be read is `{"unread": text}`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from grants.core import clock, text
from grants.core.errors import Violation
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money, NotMoney
from grants.questionnaires.definition import WITH_ROWS, Kind, Question, Section

UNREAD = "unread"
MOST_CHARACTERS = 20_000
MOST_IN_CELL = 2_000
_ROOM = 3
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,6})?")
_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_YES = frozenset({"yes", "on", "true", "1"})


def typed(value: Any) -> str:
    """What stands in the field: the value as a person would type it, or what they typed."""
    if isinstance(value, Mapping) and UNREAD in value:
        return str(value[UNREAD])
    return "" if value is None else str(value)


def is_unread(value: Any) -> bool:
    return isinstance(value, Mapping) and UNREAD in value


def is_empty(value: Any) -> bool:
    return value is None or value is False or value in ("", [])


def read_answer(question: Question, raw: Any) -> Any:
    """The value of a raw answer (text or a list of texts from a form; numbers, too, from a program)."""
    if question.kind in WITH_ROWS:
        return read_rows(question, raw)
    if question.kind is Kind.CHOICES:
        return _choices(question, raw)
    if question.kind is Kind.DECLARATION:
        return True if raw is True or _line(raw).lower() in _YES else None
    if question.kind is Kind.TEXT and question.lines > 1:
        return text.clean(_text(raw)).strip() or None
    line = _line(raw)
    if not line:
        return None
    return _READERS[question.kind](question, line)


def read_rows(question: Question, raw: Any) -> list[dict[str, Any]]:
    """The rows at their places; empty ones at the end are dropped, one between others stays an empty row."""
    rows = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, Sequence) else []
    read = [
        {
            column.key: value
            for column in question.columns
            if not is_empty(value := read_answer(column, row.get(column.key)))
        }
        for row in rows
    ]
    filled = [place for place, row in enumerate(read, start=1) if row]
    return read[: max(filled, default=0)]


def excesses(section: Section, raw: Mapping[str, Any]) -> Iterator[Violation]:
    """What is too much to be kept even as a draft; everything else may be saved and mended later."""
    for question in section.questions:
        given = raw.get(question.key)
        field = f"answers.{question.key}"
        if question.kind not in WITH_ROWS:
            room = max(MOST_CHARACTERS, _ROOM * question.max_characters)
            if _length(given) > room:
                yield _too_much(field, room)
            continue
        rows = [row for row in given if isinstance(row, Mapping)] if isinstance(given, list) else []
        if len(rows) > question.most_rows:
            message = _l("At most %(most)s rows can be kept here.", most=question.most_rows)
            yield Violation("too_many_rows", message, field)
        for number, row in enumerate(rows):
            for column in question.columns:
                if _length(row.get(column.key)) > MOST_IN_CELL:
                    yield _too_much(f"{field}.{number}.{column.key}", MOST_IN_CELL)


def _too_much(field: str, most: int) -> Violation:
    message = _l("This is too long to be kept: at most %(most)s characters.", most=most)
    return Violation("too_much", message, field)


def _length(raw: Any) -> int:
    if isinstance(raw, Mapping):
        return sum(len(str(name)) + _length(value) for name, value in raw.items())
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        return sum(_length(item) for item in raw)
    return len(str(raw)) if raw is not None else 0


def _text(raw: Any) -> str:
    """A form sends a list, a program may send a number; anything stranger is shown back as text."""
    if isinstance(raw, Mapping) and UNREAD in raw:
        raw = raw[UNREAD]
    if isinstance(raw, Sequence) and not isinstance(raw, str):
        raw = raw[0] if raw else ""
    return "" if raw is None else str(raw)


def _line(raw: Any) -> str:
    return text.clean_line(_text(raw))


def _plain(line: str) -> str:
    return unicodedata.normalize("NFKC", line).replace("−", "-").strip()


def _unread(line: str) -> dict[str, str]:
    return {UNREAD: line}


def _number(question: Question, line: str) -> Any:
    bare = _plain(line)
    if not _NUMBER.fullmatch(bare):
        return _unread(line)
    number = Decimal(bare.replace(",", ""))
    whole = number.to_integral_value()
    if question.decimals == 0:
        return int(whole) if number == whole else _unread(line)
    if -int(number.as_tuple().exponent) > question.decimals:
        return _unread(line)
    return f"{whole:f}" if number == whole else f"{number.normalize():f}"


def _money(_question: Question, line: str) -> Any:
    try:
        return str(Money.parse(line))
    except NotMoney:
        return _unread(line)


def _date(_question: Question, line: str) -> Any:
    found = _DATE.fullmatch(_plain(line))
    if not found:
        return _unread(line)
    try:
        day = date(*(int(part) for part in found.groups()))
    except ValueError:
        return _unread(line)
    return day.isoformat() if clock.is_of_our_times(day) else _unread(line)


def _choice(question: Question, line: str) -> Any:
    return line if question.choice(line) else _unread(line)


def _choices(question: Question, raw: Any) -> Any:
    """In the order of the form, each once; one that is not offered makes the whole unread."""
    given = [
        _line(item) for item in ([raw] if isinstance(raw, str) or not isinstance(raw, Sequence) else raw)
    ]
    wanted = {item for item in given if item}
    offered = [choice.key for choice in question.choices if choice.key in wanted]
    return offered if len(offered) == len(wanted) else _unread("、".join(sorted(wanted)))


def _as_it_is(_question: Question, line: str) -> Any:
    return line


def _never(_question: Question, _line: str) -> Any:
    """Files come by their own door."""
    return None


_READERS = {
    Kind.TEXT: _as_it_is,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.FILE: _never,
}

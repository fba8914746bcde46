"""Answers as people read them: on the page, on paper, and beside an earlier version."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from msgspec import Struct

from grants.core.i18n import date_text, language, words
from grants.core.i18n import gettext as _
from grants.core.money import Money, total
from grants.questionnaires.answers import is_empty, is_unread, typed
from grants.questionnaires.definition import (
    WITH_ROWS,
    Choice,
    Definition,
    Kind,
    Question,
    Section,
    with_choices,
)
from grants.questionnaires.rules import Filled, asked, thawed

_PIECE = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
MOST_PIECES = 4_000
SHORT = 40
NUMERIC = frozenset({Kind.NUMBER, Kind.MONEY})


class Column(Struct, frozen=True):
    """The head of a column, and whether figures stand below it."""

    label: str
    numeric: bool


class AnswerShown(Struct, frozen=True):
    """One answered question in the reader's language; `text` is the whole as one text, for comparing."""

    key: str
    label: str
    kind: Kind
    text: str
    items: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    sum: str = ""
    files: tuple[Mapping[str, Any], ...] = ()

    @property
    def shape(self) -> str:
        """How it is set: short ones together, declarations together, everything else by itself."""
        if self.kind is Kind.DECLARATION:
            return "declared"
        long = self.kind is Kind.TEXT and len(self.text) > SHORT
        return "long" if long or self.kind in WITH_ROWS or self.kind is Kind.FILE else "short"


class Block(Struct, frozen=True):
    """Answers of one shape that follow each other."""

    shape: str
    answers: tuple[AnswerShown, ...]

    @property
    def short(self) -> bool:
        return self.shape == "short"

    @property
    def declared(self) -> bool:
        return self.shape == "declared"


class SectionShown(Struct, frozen=True):
    """A section with its answers, in the order of the form."""

    key: str
    title: str
    answers: tuple[AnswerShown, ...]

    @property
    def blocks(self) -> list[Block]:
        found: list[Block] = []
        for shape, run in groupby(self.answers, key=lambda answer: answer.shape):
            if shape == "long":
                found += [Block(shape, (answer,)) for answer in run]
            else:
                found.append(Block(shape, tuple(run)))
        return found


class Piece(Struct, frozen=True):
    """A stretch of text that stayed (`same`), came (`new`) or went (`old`)."""

    kind: str
    text: str


class Change(Struct, frozen=True):
    """What became of one answer between two versions."""

    section: str
    label: str
    pieces: tuple[Piece, ...]


def sections_shown(definition: Definition, filled: Filled) -> tuple[SectionShown, ...]:
    """Every answer that was asked for and given."""
    return tuple(
        SectionShown(
            section.key,
            words(section.title),
            tuple(
                _shown(question, filled.of(section.key).get(question.key))
                for question in _given(section, filled)
            ),
        )
        for section in definition.sections
    )


def as_handed_in(definition: Definition, snapshot: Mapping[str, Any]) -> tuple[SectionShown, ...]:
    """A frozen sheet, with the words its terms had then."""
    terms = {
        taxonomy: [Choice(key, name) for key, name in used.items()]
        for taxonomy, used in snapshot.get("terms", {}).items()
    }
    return sections_shown(with_choices(definition, terms), thawed(snapshot))


def changes(before: Sequence[SectionShown], after: Sequence[SectionShown]) -> list[Change]:
    """Answer by answer, in the order of the form; what is the same is left out."""
    old = {(section.key, answer.key): answer for section in before for answer in section.answers}
    found = []
    for section in after:
        for answer in section.answers:
            was = old.pop((section.key, answer.key), None)
            if was is None or was.text != answer.text:
                pieces = tuple(pieces_between(was.text if was else "", answer.text))
                found.append(Change(section.title, answer.label, pieces))
    titles = {section.key: section.title for section in before}
    gone = [Change(titles[key], was.label, (Piece("old", was.text),)) for (key, _name), was in old.items()]
    return found + gone


def pieces_between(before: str, after: str) -> Iterator[Piece]:
    """Character by character where the text is Chinese, word by word elsewhere; whole texts when very long."""
    one, other = _PIECE.findall(before), _PIECE.findall(after)
    if len(one) + len(other) > MOST_PIECES:
        one, other = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for kind, start, end, from_, to in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(one[start:end]))
            continue
        if start < end:
            yield Piece("old", "".join(one[start:end]))
        if from_ < to:
            yield Piece("new", "".join(other[from_:to]))


def _given(section: Section, filled: Filled) -> list[Question]:
    answers = filled.of(section.key)
    return [question for question in asked(section, filled) if not is_empty(answers.get(question.key))]


def _shown(question: Question, value: Any) -> AnswerShown:
    label = words(question.label)
    if question.kind in WITH_ROWS and isinstance(value, list):
        return _table(question, label, [row for row in value if row])
    if question.kind is Kind.FILE and isinstance(value, list):
        names = "\n".join(file["name"] for file in value)
        return AnswerShown(question.key, label, question.kind, names, files=tuple(value))
    if question.kind is Kind.CHOICES and isinstance(value, list):
        items = tuple(_choice(question, key) for key in value)
        return AnswerShown(question.key, label, question.kind, _("; ").join(items), items)
    return AnswerShown(question.key, label, question.kind, _text(question, value))


def _table(question: Question, label: str, rows: Sequence[Mapping[str, Any]]) -> AnswerShown:
    columns = [Column(words(column.label), column.kind in NUMERIC) for column in question.columns]
    shown = [tuple(_text(column, row.get(column.key)) for column in question.columns) for row in rows]
    whole = ""
    if question.kind is Kind.BUDGET:
        amounts = [amount_of(row) for row in rows]
        columns.append(Column(_("Amount"), numeric=True))
        shown = [(*row, amount.formatted(language())) for row, amount in zip(shown, amounts, strict=True)]
        whole = total(amounts).formatted(language())
    text = "\n".join(" · ".join(filter(None, row)) for row in shown)
    return AnswerShown(
        question.key, label, question.kind, text, columns=tuple(columns), rows=tuple(shown), sum=whole
    )


def amount_of(row: Mapping[str, Any]) -> Money:
    """Unit price times quantity of a budget row, rounded half-up; nothing while either cannot be read."""
    price, quantity = row.get("unit_price"), row.get("quantity")
    if not isinstance(price, str) or not isinstance(quantity, int | str):
        return Money(0)
    return Money.yuan(price).times(Decimal(quantity))


def _text(question: Question, value: Any) -> str:
    """One value in words."""
    if value is None or is_unread(value):
        return typed(value)
    match question.kind:
        case Kind.MONEY:
            return Money.yuan(value).formatted(language())
        case Kind.DATE:
            return date_text(date.fromisoformat(value))
        case Kind.CHOICE:
            return _choice(question, value)
        case Kind.DECLARATION:
            return _("Declared")
        case Kind.NUMBER:
            whole, point, rest = str(value).partition(".")
            return f"{int(whole):,}{point}{rest}"
        case _:
            return str(value)


def _choice(question: Question, key: str) -> str:
    choice = question.choice(key)
    return words(choice.label) if choice else key

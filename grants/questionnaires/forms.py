"""A section as a web form: reading what was sent, and what each field shows, with what is wrong at it.

Names on the page are the fields of violations: `answers.need`, `answers.budget.0.unit_price`. A question that
is not on the page is not sent, and keeps its answer; a table always sends an empty `answers.<table>` first,
boxes to tick an empty `shown.<question>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import request
from msgspec import Struct
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import HiddenInput

from grants.core import text
from grants.core.errors import Violation
from grants.core.forms import NOT_THE_NEWEST, Form
from grants.core.i18n import Sentence, words
from grants.core.i18n import gettext as _
from grants.core.money import Money
from grants.questionnaires.answers import read_answer, typed
from grants.questionnaires.definition import WITH_ROWS, Kind, Question, Section
from grants.questionnaires.reading import amount_of
from grants.questionnaires.rules import Filled, is_asked

Raw = Mapping[str, Any]
_ROW = re.compile(r"answers\.([a-z0-9_]+)\.([0-9]{1,3})\.([a-z0-9_]+)")
MOST_VERSIONS = 2**31 - 1


class SectionForm(Form):
    """The protection and the version of a section; its questions are read by `sent`."""

    version = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1, max=MOST_VERSIONS)]
    )


# What a section says whose version or protection did not come along.
STALE = Violation("stale", NOT_THE_NEWEST)


class FieldShown(Struct, frozen=True):
    """One field of the page: a question, or a cell of a table."""

    question: Question
    name: str
    id: str
    value: str
    picked: frozenset[str]
    errors: tuple[Sentence, ...]
    asked: bool = True
    rows: tuple[tuple[FieldShown, ...], ...] = ()
    files: tuple[Mapping[str, Any], ...] = ()

    def amount_with(self, quantity: FieldShown) -> Money:
        """This price times that quantity, as they stand in their fields."""
        row = {part.question.key: read_answer(part.question, part.value) for part in (self, quantity)}
        return amount_of(row)

    @property
    def tied(self) -> dict[str, str]:
        """The attributes that tie help and errors to the control."""
        ids = [f"{self.id}-hint"] if self.question.help else []
        ids += [f"{self.id}-error"] if self.errors else []
        attributes = {"aria-describedby": " ".join(ids)} if ids else {}
        return attributes | ({"aria-invalid": "true"} if self.errors else {})


def sent(section: Section, values: MultiDict[str, str] | None = None) -> dict[str, Any]:
    """The raw answers of a posted form, only for questions that were on the page."""
    given = request.form if values is None else values
    rows = _rows(given)
    raw: dict[str, Any] = {}
    for question in section.questions:
        name = f"answers.{question.key}"
        if question.kind in WITH_ROWS:
            if name in given or question.key in rows:
                raw[question.key] = rows.get(question.key, [])
        elif name in given or f"shown.{question.key}" in given:
            found = [text.clean(item) for item in given.getlist(name)] or [""]
            raw[question.key] = found if question.kind is Kind.CHOICES else found[-1]
    return raw


def _rows(given: MultiDict[str, str]) -> dict[str, list[dict[str, str]]]:
    """Cells gathered into rows, in the order of their numbers."""
    numbered: dict[str, dict[int, dict[str, str]]] = {}
    for name in given:
        found = _ROW.fullmatch(name)
        if found:
            table, number, column = found.groups()
            cell = text.clean(given[name])
            numbered.setdefault(table, {}).setdefault(int(number), {})[column] = cell
    return {table: [row for _, row in sorted(rows.items())] for table, rows in numbered.items()}


def taken_out(raw: Mapping[str, Any], button: str) -> dict[str, Any]:
    """The answers without the row whose button (`remove:budget:3`) was pressed."""
    _, _, rest = button.partition("remove:")
    table, _, number = rest.partition(":")
    rows = raw.get(table)
    if not (isinstance(rows, list) and number.isdecimal()):
        return dict(raw)
    return {**raw, table: [row for place, row in enumerate(rows) if place != int(number)]}


def flat(section: Section, answers: Raw) -> dict[str, str | list[str]]:
    """What stands in each field of a section, by its name: for the other text after a stale save."""
    found: dict[str, str | list[str]] = {}
    for question in section.questions:
        name, value = f"answers.{question.key}", answers.get(question.key)
        if question.kind in WITH_ROWS:
            found[name] = ""
            for number, row in enumerate(value or []):
                cells = {f"{name}.{number}.{c.key}": typed(row.get(c.key)) for c in question.columns}
                found.update(cells)
        elif question.kind is Kind.CHOICES:
            found[name] = value if isinstance(value, list) else []
        elif question.kind is Kind.DECLARATION:
            found[name] = ["yes"] if value else []
        elif question.kind is not Kind.FILE:
            found[name] = typed(value)
    return found


def by_field(violations: Iterable[Violation]) -> dict[str, list[Sentence]]:
    found: dict[str, list[Sentence]] = {}
    for violation in violations:
        found.setdefault(violation.field or "", []).append(violation.message)
    return found


def fields_shown(
    section: Section,
    filled: Filled,
    violations: Iterable[Violation],
    *,
    more: Mapping[str, int] | None = None,
) -> list[FieldShown]:
    """The fields of a section. `more` adds empty rows to a table; one that has none begins with one."""
    wrong = by_field(violations)
    answers = filled.of(section.key)
    return [
        _field(
            question,
            answers.get(question.key),
            f"answers.{question.key}",
            wrong,
            asked=is_asked(question, filled),
            more=(more or {}).get(question.key, 0),
        )
        for question in section.questions
    ]


def _field(
    question: Question,
    value: Any,
    name: str,
    wrong: Mapping[str, Sequence[Sentence]],
    *,
    asked: bool = True,
    more: int = 0,
) -> FieldShown:
    rows: tuple[tuple[FieldShown, ...], ...] = ()
    if question.kind in WITH_ROWS:
        given = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        blank = max(more, 0 if given else 1)
        empty: Mapping[str, Any] = {}
        shown = [*given, *[empty] * min(blank, question.most_rows - len(given))]
        rows = tuple(
            tuple(_field(c, row.get(c.key), f"{name}.{number}.{c.key}", wrong) for c in question.columns)
            for number, row in enumerate(shown)
        )
    listed = value if isinstance(value, list) and question.kind is Kind.CHOICES else []
    single = "yes" if value is True else "" if isinstance(value, list) else typed(value)
    return FieldShown(
        question=question,
        name=name,
        id=name.replace("answers.", "a-").replace(".", "-"),
        value=single,
        picked=frozenset(str(item) for item in listed) or frozenset({single} - {""}),
        errors=tuple(wrong.get(name, ())),
        asked=asked,
        rows=rows,
        files=tuple(value) if question.kind is Kind.FILE and isinstance(value, list) else (),
    )


class Problem(Struct, frozen=True):
    """Something to mend, in the reader's words, and the field where it is."""

    text: str
    anchor: str


def problems_in(section: Section, violations: Iterable[Violation]) -> tuple[Problem, ...]:
    """Each with the question's words before it, and the row where there is one."""
    return tuple(_problem(section, violation) for violation in violations)


def _problem(section: Section, violation: Violation) -> Problem:
    _answers, _dot, rest = (violation.field or "").partition(".")
    key, *cell = rest.split(".")
    question = section.question(key)
    if question is None:
        return Problem(str(violation.message), "")
    label = words(question.label)
    if cell:
        label = _("%(label)s, row %(number)s", label=label, number=int(cell[0]) + 1)
    text = _("%(label)s: %(sentence)s", label=label.rstrip("。."), sentence=violation.message)
    return Problem(text, "-".join(("a", key, *cell)))

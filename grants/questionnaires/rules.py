"""Pure rules about a form and its answers: what is asked, what is wrong, how far it is, what was handed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from grants.core.checkcodes import content_hash
from grants.core.errors import Violation
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money
from grants.questionnaires.answers import is_empty, is_unread
from grants.questionnaires.definition import WITH_ROWS, Condition, Definition, Kind, Question, Section

Answers = Mapping[str, Any]


class Filled(Struct, frozen=True):
    """All answers by section, and what the holder knows that conditions may ask for (`risk`)."""

    answers: Mapping[str, Answers]
    facts: Mapping[str, str] = field(default_factory=dict)

    def of(self, section: str) -> Answers:
        return self.answers.get(section, {})


class SectionProgress(Struct, frozen=True):
    """How far one section is. `wrong` counts answers that cannot stay, `missing` what is still owed."""

    key: str
    answered: int
    wrong: int
    missing: int

    @property
    def done(self) -> bool:
        return not self.wrong and not self.missing

    @property
    def begun(self) -> bool:
        return self.answered > 0 or self.wrong > 0


def is_asked(question: Question, filled: Filled) -> bool:
    """Whether the question is put at all, given the other answers."""
    return question.show_if is None or _holds(question.show_if, filled)


def asked(section: Section, filled: Filled) -> list[Question]:
    return [question for question in section.questions if is_asked(question, filled)]


def check(section: Section, filled: Filled, *, complete: bool) -> tuple[Violation, ...]:
    """What is wrong in a section, on fields `answers.<question>` and `answers.<table>.<row>.<column>`.

    A draft (`complete` false) is judged only on what stands there; complete, also on what is missing.
    """
    answers = filled.of(section.key)
    return tuple(
        violation
        for question in asked(section, filled)
        for violation in _question(question, answers.get(question.key), f"answers.{question.key}", complete)
    )


def progress(definition: Definition, filled: Filled) -> tuple[SectionProgress, ...]:
    return tuple(_progress(section, filled) for section in definition.sections)


def frozen(definition: Definition, filled: Filled, *, version: int) -> dict[str, Any]:
    """What is handed in: every answer to a question that was asked, with the words of the terms it uses."""
    return {
        "questionnaire": definition.key,
        "version": version,
        "facts": dict(filled.facts),
        "sections": [
            {
                "key": section.key,
                "answers": {
                    question.key: _kept(value)
                    for question in asked(section, filled)
                    if not is_empty(value := filled.of(section.key).get(question.key))
                },
            }
            for section in definition.sections
        ],
        "terms": _terms_used(definition, filled),
    }


def thawed(snapshot: Mapping[str, Any]) -> Filled:
    """The answers of a frozen sheet, to be shown again."""
    answers = {section["key"]: section["answers"] for section in snapshot["sections"]}
    return Filled(answers, snapshot.get("facts", {}))


def hash_of(snapshot: Mapping[str, Any]) -> str:
    return content_hash(snapshot)


def _holds(condition: Condition, filled: Filled) -> bool:
    if condition.fact:
        return filled.facts.get(condition.fact, "") in condition.any
    section, question, *column = condition.answer
    value = filled.of(section).get(question)
    if column:
        value = [row.get(column[0]) for row in value] if isinstance(value, list) else []
    given = value if isinstance(value, list) else [value]
    return any(_spelled(item) in condition.any for item in given)


def _spelled(value: Any) -> str:
    return "yes" if value is True else str(value) if value is not None else ""


def _progress(section: Section, filled: Filled) -> SectionProgress:
    answers = filled.of(section.key)
    found = check(section, filled, complete=True)
    missing = [violation for violation in found if violation.code == "missing"]
    return SectionProgress(
        key=section.key,
        answered=sum(not is_empty(answers.get(question.key)) for question in asked(section, filled)),
        wrong=len(found) - len(missing),
        missing=len(missing),
    )


def _question(question: Question, value: Any, where: str, complete: bool) -> Iterator[Violation]:
    if is_empty(value):
        if complete and question.required:
            yield Violation("missing", _MISSING.get(question.kind, _l("Answer this question.")), where)
    elif is_unread(value):
        yield Violation("unread", _UNREAD[question.kind], where)
    elif question.kind in WITH_ROWS:
        yield from _rows(question, value, where, complete)
    else:
        yield from _JUDGES.get(question.kind, _nothing)(question, value, where)


def _rows(question: Question, rows: Sequence[Answers], where: str, complete: bool) -> Iterator[Violation]:
    if complete and sum(map(bool, rows)) < int(question.minimum or 0):
        yield Violation("missing", _l("At least %(least)s rows are needed.", least=question.minimum), where)
    if len(rows) > question.most_rows:
        yield Violation("too_many", _l("At most %(most)s rows.", most=question.most_rows), where)
    for number, row in enumerate(rows):
        for column in question.columns if row else ():
            yield from _question(column, row.get(column.key), f"{where}.{number}.{column.key}", complete)


def _text(question: Question, value: Any, where: str) -> Iterator[Violation]:
    most = question.max_characters
    if most and len(value) > most:
        message = _l("%(over)s characters too many; at most %(most)s.", over=len(value) - most, most=most)
        yield Violation("too_long", message, where)


def _range(question: Question, value: Any, where: str, *, shown: Any) -> Iterator[Violation]:
    if question.minimum and value < type(value)(question.minimum):
        yield Violation("too_small", _l("At least %(least)s.", least=shown(question.minimum)), where)
    if question.maximum and value > type(value)(question.maximum):
        yield Violation("too_large", _l("At most %(most)s.", most=shown(question.maximum)), where)


def _number(question: Question, value: Any, where: str) -> Iterator[Violation]:
    yield from _range(question, Decimal(value), where, shown=str)


def _money(question: Question, value: Any, where: str) -> Iterator[Violation]:
    yield from _range(question, Decimal(value), where, shown=_yuan)


def _yuan(amount: str) -> str:
    return Money.yuan(amount).formatted()


def _date(question: Question, value: Any, where: str) -> Iterator[Violation]:
    day = date.fromisoformat(value)
    if question.minimum and day < date.fromisoformat(question.minimum):
        yield Violation("too_early", _l("Not before %(day)s.", day=question.minimum), where)
    if question.maximum and day > date.fromisoformat(question.maximum):
        yield Violation("too_late", _l("Not after %(day)s.", day=question.maximum), where)


def _choice(question: Question, value: Any, where: str) -> Iterator[Violation]:
    if question.choice(value) is None:
        yield Violation("not_offered", _UNREAD[Kind.CHOICE], where)


def _choices(question: Question, value: Any, where: str) -> Iterator[Violation]:
    if any(question.choice(key) is None for key in value):
        yield Violation("not_offered", _UNREAD[Kind.CHOICES], where)
    yield from _count(question, value, where)


def _count(question: Question, value: Any, where: str) -> Iterator[Violation]:
    if question.minimum and len(value) < int(question.minimum):
        yield Violation("too_few", _l("At least %(least)s.", least=question.minimum), where)
    if question.maximum and len(value) > int(question.maximum):
        yield Violation("too_many", _l("At most %(most)s.", most=question.maximum), where)


def _nothing(_question: Question, _value: Any, _where: str) -> Iterator[Violation]:
    return iter(())


def _kept(value: Any) -> Any:
    """Empty rows between others are a draft's business."""
    return [row for row in value if row != {}] if isinstance(value, list) else value


def _terms_used(definition: Definition, filled: Filled) -> dict[str, dict[str, Any]]:
    """The words of every term of the city an answer names: terms may be reworded later, what was meant may not."""
    used: dict[str, dict[str, Any]] = {}
    for section, question in definition.questions():
        value = filled.of(section.key).get(question.key)
        if is_empty(value) or not is_asked(question, filled):
            continue
        for part in (question, *question.columns):
            for key in _keys_in(value, question, part) if part.taxonomy else ():
                choice = part.choice(key)
                if choice is not None:
                    used.setdefault(part.taxonomy, {})[key] = dict(choice.label)
    return used


def _keys_in(value: Any, question: Question, part: Question) -> list[str]:
    if part is not question:
        return [row[part.key] for row in value if isinstance(row.get(part.key), str)]
    return [key for key in (value if isinstance(value, list) else [value]) if isinstance(key, str)]


_JUDGES = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.FILE: _count,
}
_MISSING = {
    Kind.CHOICE: _l("Choose one."),
    Kind.CHOICES: _l("Choose at least one."),
    Kind.DECLARATION: _l("This has to be declared."),
    Kind.FILE: _l("Attach a file."),
    Kind.TABLE: _l("Fill in at least one row."),
    Kind.BUDGET: _l("Fill in at least one line."),
}
_UNREAD = {
    Kind.NUMBER: _l("This is not a number we can read. Write digits, for example 120."),
    Kind.MONEY: _l("This is not an amount we can read. Write it like 1800 or 1,800.50."),
    Kind.DATE: _l("This is not a date we can read. Write it like 2026-05-11."),
    Kind.CHOICE: _l("Choose one of those offered."),
    Kind.CHOICES: _l("Choose among those offered."),
}

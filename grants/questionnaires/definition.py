"""What a form asks, as typed data: sections, questions, kinds and conditions, and what a definition must obey."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from grants.core.i18n import Ours

Words = Mapping[str, str]
MOST_ROWS = 100
BUDGET_COLUMNS: Sequence[Mapping[str, Any]] = (
    {
        "key": "category",
        "kind": "choice",
        "taxonomy": "budget_category",
        "required": True,
        "label": {"zh-Hans": "科目", "en": "Category"},
    },
    {
        "key": "item",
        "kind": "text",
        "max_characters": 60,
        "required": True,
        "label": {"zh-Hans": "说明", "en": "What for"},
    },
    {
        "key": "unit_price",
        "kind": "money",
        "minimum": "0",
        "required": True,
        "label": {"zh-Hans": "单价", "en": "Unit price"},
    },
    {
        "key": "quantity",
        "kind": "number",
        "decimals": 2,
        "minimum": "0",
        "maximum": "1000000",
        "required": True,
        "label": {"zh-Hans": "数量", "en": "Quantity"},
    },
    {
        "key": "unit",
        "kind": "text",
        "max_characters": 10,
        "label": {"zh-Hans": "单位", "en": "Unit"},
    },
    {
        "key": "source",
        "kind": "choice",
        "required": True,
        "label": {"zh-Hans": "来源", "en": "Paid by"},
        "choices": [
            {"key": "foundation", "label": {"zh-Hans": "基金会", "en": "Foundation"}},
            {"key": "partner", "label": {"zh-Hans": "共建单位", "en": "Co-building unit"}},
            {"key": "own", "label": {"zh-Hans": "自筹", "en": "Own funds"}},
            {"key": "other", "label": {"zh-Hans": "其他", "en": "Other"}},
        ],
    },
)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Kind(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    TABLE = "table"
    FILE = "file"
    DECLARATION = "declaration"
    BUDGET = "budget"


IN_CELLS = frozenset({Kind.TEXT, Kind.NUMBER, Kind.MONEY, Kind.DATE, Kind.CHOICE})
WITH_ROWS = frozenset({Kind.TABLE, Kind.BUDGET})
WITH_CHOICES = frozenset({Kind.CHOICE, Kind.CHOICES})


class Choice(Struct, frozen=True):
    """One answer that may be picked; a retired one is only shown where it was picked before."""

    key: str
    label: Words
    retired: bool = False


class Condition(Struct, frozen=True):
    """Ask only when an answer (`section.question`, `section.table.column`) or a fact of the holder is one of these."""

    any: tuple[str, ...]
    answer: tuple[str, ...] = ()
    fact: str = ""


class Question(Struct, frozen=True):
    """One thing asked. `minimum` and `maximum` count what the kind counts: value, choices, rows or files."""

    key: str
    kind: Kind
    label: Words
    help: Words
    required: bool = False
    max_characters: int = 0
    lines: int = 1
    decimals: int = 0
    minimum: str = ""
    maximum: str = ""
    unit: Words | None = None
    taxonomy: str = ""
    choices: tuple[Choice, ...] = ()
    columns: tuple[Question, ...] = ()
    show_if: Condition | None = None
    fills: str = ""

    def choice(self, key: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.key == key), None)

    @property
    def most_rows(self) -> int:
        return int(self.maximum or MOST_ROWS)


class Section(Struct, frozen=True):
    """Questions that belong on one page."""

    key: str
    title: Words
    help: Words
    questions: tuple[Question, ...]

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)


class Definition(Struct, frozen=True):
    """A whole form."""

    key: str
    kind: str
    title: Words
    sections: tuple[Section, ...]

    def section(self, key: str) -> Section | None:
        return next((section for section in self.sections if section.key == key), None)

    def questions(self) -> Iterator[tuple[Section, Question]]:
        for section in self.sections:
            for question in section.questions:
                yield section, question

    def filled_by(self, column: str) -> tuple[Section, Question] | None:
        """The question whose answer the holder keeps as `column`."""
        return next((pair for pair in self.questions() if pair[1].fills == column), None)

    def taxonomies(self) -> frozenset[str]:
        return frozenset(
            asked.taxonomy for _, q in self.questions() for asked in (q, *q.columns) if asked.taxonomy
        )


def read(data: Mapping[str, Any]) -> Definition:
    """The definition in `data`. Raises ValueError that lists every fault."""
    found = list(faults(data))
    if found:
        raise ValueError("; ".join(found))
    return Definition(
        key=data["key"],
        kind=data["kind"],
        title=data["title"],
        sections=tuple(
            Section(
                key=section["key"],
                title=Ours(section["title"]),
                help=Ours(section.get("help", {})),
                questions=tuple(_question(question) for question in section["questions"]),
            )
            for section in data["sections"]
        ),
    )


def with_choices(definition: Definition, terms: Mapping[str, Sequence[Choice]]) -> Definition:
    """The same with the terms of the city put in where a question names a taxonomy."""

    def filled(question: Question) -> Question:
        choices = tuple(terms.get(question.taxonomy, ())) if question.taxonomy else question.choices
        return replace(
            question, choices=choices, columns=tuple(filled(column) for column in question.columns)
        )

    return replace(
        definition,
        sections=tuple(
            replace(section, questions=tuple(filled(question) for question in section.questions))
            for section in definition.sections
        ),
    )


def faults(data: Mapping[str, Any]) -> Iterator[str]:
    """Everything that is wrong with a definition, in English, for those who write one."""
    sections = data.get("sections") or []
    if not _KEY.fullmatch(str(data.get("key", ""))):
        yield "the form has no proper key"
    yield from _worded(data.get("title"), "the form")
    yield from _unique([str(section.get("key")) for section in sections], "section")
    known = _places(sections)
    if not sections:
        yield "the form asks nothing"
    for section in sections:
        where = str(section.get("key"))
        yield from _worded(section.get("title"), where)
        yield from _unique([str(q.get("key")) for q in section.get("questions", [])], f"question of {where}")
        for question in section.get("questions", []):
            yield from _question_faults(question, f"{where}.{question.get('key')}", known)


def _question(data: Mapping[str, Any]) -> Question:
    plain = {
        name: data[name]
        for name in ("required", "max_characters", "lines", "decimals", "unit", "taxonomy", "fills")
        if name in data
    }
    condition = data.get("show_if")
    columns = BUDGET_COLUMNS if data["kind"] == Kind.BUDGET else data.get("columns", [])
    return Question(
        key=data["key"],
        kind=Kind(data["kind"]),
        label=Ours(data["label"]),
        help=Ours(data.get("help", {})),
        minimum=str(data.get("minimum", "")),
        maximum=str(data.get("maximum", "")),
        choices=tuple(Choice(choice["key"], Ours(choice["label"])) for choice in data.get("choices", [])),
        columns=tuple(_question(column) for column in columns),
        show_if=_condition(condition) if condition else None,
        **plain,
    )


def _condition(data: Mapping[str, Any]) -> Condition:
    answer = tuple(str(data["answer"]).split(".")) if "answer" in data else ()
    return Condition(any=tuple(data["any"]), answer=answer, fact=data.get("fact", ""))


def _places(sections: Sequence[Mapping[str, Any]]) -> set[str]:
    """Every `section.question` and `section.table.column` there is."""
    found = set()
    for section in sections:
        for question in section.get("questions", []):
            place = f"{section.get('key')}.{question.get('key')}"
            found |= {place, *(f"{place}.{column.get('key')}" for column in question.get("columns", []))}
    return found


def _question_faults(question: Mapping[str, Any], where: str, known: set[str]) -> Iterator[str]:
    kind = question.get("kind")
    yield from _worded(question.get("label"), where)
    if kind not in set(Kind):
        yield f"{where}: unknown kind {kind}"
        return
    if kind in WITH_CHOICES and bool(question.get("choices")) == bool(question.get("taxonomy")):
        yield f"{where}: needs either choices or a taxonomy"
    yield from _unique(
        [str(choice.get("key")) for choice in question.get("choices", [])], f"choice of {where}"
    )
    columns = question.get("columns", [])
    if (kind == Kind.TABLE) != bool(columns):
        yield f"{where}: columns belong to tables, and a table needs some"
    yield from _unique([str(column.get("key")) for column in columns], f"column of {where}")
    for column in columns:
        if column.get("kind") not in IN_CELLS:
            yield f"{where}.{column.get('key')}: no {column.get('kind')} within a table"
        yield from _question_faults(column, f"{where}.{column.get('key')}", known)
    if kind in WITH_ROWS and not 1 <= int(question.get("maximum") or MOST_ROWS) <= MOST_ROWS:
        yield f"{where}: between 1 and {MOST_ROWS} rows"
    condition = question.get("show_if")
    if condition and "answer" in condition and condition["answer"] not in known:
        yield f"{where}: depends on {condition['answer']}, which is never asked"


def _unique(keys: Sequence[str], what: str) -> Iterator[str]:
    for key, count in Counter(keys).items():
        if count > 1:
            yield f"{what} {key} is there {count} times"
        if not _KEY.fullmatch(key):
            yield f"{what} {key} has no proper key"


def _worded(words: Any, where: str) -> Iterator[str]:
    for language in ("zh-Hans", "en"):
        if not (isinstance(words, Mapping) and words.get(language)):
            yield f"{where}: no words in {language}"

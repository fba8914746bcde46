"""A small form with every kind of question."""

from __future__ import annotations

from typing import Any

import pytest

from grants.questionnaires import definition
from grants.questionnaires.definition import Definition, Section


def words(text: str) -> dict[str, str]:
    return {"zh-Hans": text, "en": text}


def question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "label": words(key), **more}


YES_NO = [{"key": "yes", "label": words("是")}, {"key": "no", "label": words("否")}]

FORM: dict[str, Any] = {
    "key": "everything",
    "kind": "proposal",
    "title": words("everything"),
    "sections": [
        {
            "key": "all",
            "title": words("all"),
            "questions": [
                question("name", "text", required=True, max_characters=10),
                question("story", "text", lines=5, max_characters=50),
                question("people", "number", minimum=1, maximum=500),
                question("share", "number", decimals=2),
                question("price", "money", minimum="0", maximum="100"),
                question("day", "date", minimum="2026-01-01", maximum="2026-12-31"),
                question("insured", "choice", required=True, choices=YES_NO),
                question("kinds", "choices", maximum=1, choices=YES_NO),
                question(
                    "rows",
                    "table",
                    minimum=1,
                    maximum=3,
                    columns=[
                        question("what", "text", required=True, max_characters=5),
                        question("many", "number"),
                    ],
                ),
                question("files", "file", maximum=2),
                question("true", "declaration", required=True),
                question("costs", "budget", maximum=5),
            ],
        },
        {
            "key": "if",
            "title": words("if"),
            "questions": [
                question("why", "text", required=True, show_if={"answer": "all.insured", "any": ["no"]}),
                question(
                    "small", "text", required=True, show_if={"answer": "all.rows.what", "any": ["孩子"]}
                ),
                question("plan", "text", required=True, show_if={"fact": "risk", "any": ["high"]}),
            ],
        },
    ],
}


@pytest.fixture(scope="session")
def form() -> Definition:
    return definition.read(FORM)


@pytest.fixture(scope="session")
def section(form: Definition) -> Section:
    return form.sections[0]

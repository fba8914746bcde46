"""What a browser sends of a section, and what that says about each question."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from grants.questionnaires.definition import Section
from grants.questionnaires.forms import flat, sent


def test_a_question_that_was_not_on_the_page_keeps_its_answer(section: Section) -> None:
    assert sent(section, MultiDict({"answers.name": "春芽"})) == {"name": "春芽"}


@pytest.mark.parametrize(("key", "nothing"), [("kinds", [""]), ("insured", ""), ("true", "")])
def test_boxes_on_the_page_with_none_ticked_are_an_empty_answer(
    section: Section, key: str, nothing: Any
) -> None:
    assert sent(section, MultiDict({f"shown.{key}": ""})) == {key: nothing}


def test_ticked_boxes_are_the_answer(section: Section) -> None:
    given = MultiDict([("shown.kinds", ""), ("answers.kinds", "yes"), ("answers.kinds", "no")])
    assert sent(section, given) == {"kinds": ["yes", "no"]}


def test_the_other_text_names_what_is_filled_in(section: Section) -> None:
    stood = flat(section, {"name": "春芽", "kinds": ["yes"], "true": True, "rows": [{"what": "书"}]})
    assert {name: value for name, value in stood.items() if value} == {
        "answers.name": "春芽",
        "answers.kinds": ["yes"],
        "answers.true": ["yes"],
        "answers.rows.0.what": "书",
    }

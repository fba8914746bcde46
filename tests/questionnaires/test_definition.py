"""A definition says of itself what is wrong with it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from grants.questionnaires import actions, definition
from grants.questionnaires.definition import Choice
from tests.questionnaires.conftest import FORM, question


def broken(change: Any) -> list[str]:
    data = copy.deepcopy(FORM)
    change(data["sections"])
    return list(definition.faults(data))


def test_the_example_has_no_faults() -> None:
    assert list(definition.faults(FORM)) == []


@pytest.mark.parametrize("path", sorted(actions.SHIPPED.glob("*.json")), ids=lambda path: path.stem)
def test_every_shipped_form_is_sound_and_named_after_its_file(path: Path) -> None:
    data = json.loads(path.read_text("utf-8"))
    assert list(definition.faults(data)) == []
    assert data["key"] == path.stem


def test_the_micro_form_asks_for_twelve_answers_at_most() -> None:
    data = json.loads((actions.SHIPPED / "proposal_micro.json").read_text("utf-8"))
    assert sum(q.required for _, q in definition.read(data).questions()) <= 12


def test_a_key_stands_once_only() -> None:
    faults = broken(lambda sections: sections[0]["questions"].append(question("name", "text")))
    assert faults == ["question of all name is there 2 times"]


def test_kinds_are_known_and_tables_hold_no_tables() -> None:
    faults = broken(lambda sections: sections[0]["questions"].append(question("odd", "rumour")))
    assert faults == ["all.odd: unknown kind rumour"]
    inner = question("inner", "table", columns=[question("x", "text")])
    outer = question("outer", "table", columns=[inner])
    assert "all.outer.inner: no table within a table" in broken(lambda s: s[0]["questions"].append(outer))


def test_choices_come_from_one_place() -> None:
    faults = broken(lambda sections: sections[0]["questions"].append(question("odd", "choice")))
    assert faults == ["all.odd: needs either choices or a taxonomy"]


def test_a_condition_depends_on_something_that_is_asked() -> None:
    odd = question("odd", "text", show_if={"answer": "all.nothing", "any": ["x"]})
    assert broken(lambda s: s[1]["questions"].append(odd)) == [
        "if.odd: depends on all.nothing, which is never asked"
    ]


def test_every_label_is_said_in_both_languages() -> None:
    def mute(sections: Any) -> None:
        sections[0]["questions"][0]["label"] = {"en": "name"}

    assert broken(mute) == ["all.name: no words in zh-Hans"]


def test_reading_a_bad_definition_names_every_fault() -> None:
    with pytest.raises(ValueError, match="the form has no proper key; the form: no words in zh-Hans"):
        definition.read({"sections": []})


def test_terms_of_the_city_become_choices_in_cells_too() -> None:
    read = definition.read(FORM)
    assert read.taxonomies() == {"budget_category"}
    filled = definition.with_choices(read, {"budget_category": [Choice("meals", {"en": "Meals"})]})
    costs = filled.sections[0].question("costs")
    assert costs is not None
    assert [column.choices for column in costs.columns if column.key == "category"] == [
        (Choice("meals", {"en": "Meals"}),)
    ]

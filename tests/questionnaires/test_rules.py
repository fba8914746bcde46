"""What a form asks, what is wrong with answers, and what is handed in."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from grants.questionnaires.answers import read_answer
from grants.questionnaires.definition import Definition, Section
from grants.questionnaires.rules import Filled, asked, check, frozen, hash_of, progress, thawed
from tests.questionnaires.test_answers import ANYTHING

GOOD: dict[str, Any] = {"name": "青苗", "insured": "yes", "rows": [{"what": "茶会"}], "true": True}


def found(
    section: Section, answers: dict[str, Any], *, complete: bool = True
) -> list[tuple[str, str | None]]:
    violations = check(section, Filled({section.key: answers}), complete=complete)
    return [(violation.code, violation.field) for violation in violations]


def test_a_draft_is_judged_only_on_what_stands_there(section: Section) -> None:
    assert found(section, {}, complete=False) == []
    assert found(section, {}) == [
        ("missing", "answers.name"),
        ("missing", "answers.insured"),
        ("missing", "answers.true"),
    ]
    assert found(section, GOOD) == []


def test_limits_of_each_kind(section: Section) -> None:
    wrong = {
        "name": "一二三四五六七八九十多",
        "people": 501,
        "price": "100.01",
        "day": "2027-01-01",
        "kinds": ["yes", "no"],
        "rows": [{"what": "一二三四五六", "many": 1}, {"many": 2}, {}, {}],
        "files": [{}, {}, {}],
    }
    assert found(section, wrong, complete=False) == [
        ("too_long", "answers.name"),
        ("too_large", "answers.people"),
        ("too_large", "answers.price"),
        ("too_late", "answers.day"),
        ("too_many", "answers.kinds"),
        ("too_many", "answers.rows"),
        ("too_long", "answers.rows.0.what"),
        ("too_many", "answers.files"),
    ]
    assert found(section, {"people": 0, "price": "-0.01", "day": "2025-12-31"}, complete=False) == [
        ("too_small", "answers.people"),
        ("too_small", "answers.price"),
        ("too_early", "answers.day"),
    ]


def test_cells_are_asked_for_when_it_is_handed_in(section: Section) -> None:
    assert found(section, GOOD | {"rows": [{"many": 2}]}) == [("missing", "answers.rows.0.what")]
    assert found(section, GOOD | {"rows": []}) == []
    assert found(section, GOOD | {"rows": [{}, {"what": "茶会"}]}) == []


def test_empty_rows_are_not_handed_in(form: Definition) -> None:
    snapshot = frozen(form, Filled({"all": {"rows": [{}, {"what": "茶会"}]}}), version=1)
    assert snapshot["sections"][0]["answers"] == {"rows": [{"what": "茶会"}]}


def test_what_could_not_be_read_says_so_at_its_field(section: Section) -> None:
    answers = {"people": {"unread": "一百"}, "costs": [{"unit_price": {"unread": "很多"}}]}
    assert found(section, answers, complete=False) == [
        ("unread", "answers.people"),
        ("unread", "answers.costs.0.unit_price"),
    ]


def test_a_question_is_asked_only_when_its_condition_holds(form: Definition) -> None:
    second = form.sections[1]

    def keys(answers: dict[str, Any], **facts: str) -> list[str]:
        return [question.key for question in asked(second, Filled({"all": answers}, facts))]

    assert keys({}) == []
    assert keys({"insured": "no"}) == ["why"]
    assert keys({"rows": [{"what": "长者"}, {"what": "孩子"}]}) == ["small"]
    assert keys({"rows": {"unread": "x"}}, risk="low") == []
    assert keys({}, risk="high") == ["plan"]


def test_progress_tells_done_begun_and_untouched(form: Definition) -> None:
    first, second = progress(form, Filled({"all": GOOD | {"people": 501}}))
    assert (first.done, first.begun, first.wrong, first.missing) == (False, True, 1, 0)
    assert (second.done, second.begun) == (True, False)


def test_what_is_handed_in_holds_only_what_was_asked(form: Definition) -> None:
    filled = Filled({"all": GOOD, "if": {"why": "old words"}}, {"risk": "low"})
    snapshot = frozen(form, filled, version=3)
    assert snapshot == {
        "questionnaire": "everything",
        "version": 3,
        "facts": {"risk": "low"},
        "sections": [{"key": "all", "answers": GOOD}, {"key": "if", "answers": {}}],
        "terms": {},
    }
    assert thawed(snapshot).of("all") == GOOD


def test_one_changed_letter_changes_the_hash(form: Definition) -> None:
    one = frozen(form, Filled({"all": GOOD}), version=1)
    other = frozen(form, Filled({"all": GOOD | {"name": "青苖"}}), version=1)
    assert hash_of(one) == hash_of(frozen(form, Filled({"all": dict(reversed(GOOD.items()))}), version=1))
    assert hash_of(one) != hash_of(other)


@given(raw=ANYTHING)
def test_judging_never_fails_whatever_was_sent(form: Definition, raw: Any) -> None:
    section = form.sections[0]
    answers = {question.key: read_answer(question, raw) for question in section.questions}
    filled = Filled({"all": answers})
    check(section, filled, complete=True)
    progress(form, filled)
    frozen(form, filled, version=1)

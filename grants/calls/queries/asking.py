"""The whole form of a call, to be read before anybody signs in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from grants.calls.models import Call
from grants.core.db import db
from grants.core.i18n import gettext as _
from grants.core.i18n import words
from grants.questionnaires.models import QuestionnaireVersion
from grants.reference import queries as reference
from grants.reference.fields import Taxonomy


class Question(Struct, frozen=True):
    """One question as a reader sees it."""

    label: str
    help: str
    required: bool
    notes: Sequence[str]


class Section(Struct, frozen=True):
    """One part of the form."""

    title: str
    help: str
    questions: Sequence[Question]


def sections(call: Call) -> list[Section]:
    """Every part and question of the form that the call is filled in by; none when it has no form."""
    version = db.session.get(QuestionnaireVersion, call.questionnaire_version_id or 0)
    if version is None:
        return []
    return [
        Section(words(row["title"]), words(row.get("help")), [_question(q) for q in row["questions"]])
        for row in version.definition.get("sections", ())
    ]


def _question(row: Mapping[str, Any]) -> Question:
    return Question(words(row["label"]), words(row.get("help")), bool(row.get("required")), list(_notes(row)))


def _notes(row: Mapping[str, Any]) -> Sequence[str]:
    """Limits and choices in words."""
    found = []
    if most := row.get("max_characters"):
        found.append(_("At most %(limit)s characters", limit=most))
    if row.get("show_if"):
        found.append(_("Asked only where it applies"))
    if row["kind"] == "file":
        found.append(_("Files to attach"))
    if named := _choices(row):
        found.append(_("Choices: %(named)s", named=_(", ").join(named)))
    if columns := [words(column["label"]) for column in row.get("columns", ())]:
        found.append(_("A table with: %(columns)s", columns=_(", ").join(columns)))
    return found


def _choices(row: Mapping[str, Any]) -> list[str]:
    if row.get("taxonomy") in set(Taxonomy):
        return [label for _key, label in reference.term_choices(Taxonomy(row["taxonomy"]))]
    return [words(choice["label"]) for choice in row.get("choices", ())]

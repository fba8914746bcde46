"""The text of an entry as everybody who judges it reads it: from the frozen snapshot, never from the live thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import select

from grants.core import i18n
from grants.core.db import db
from grants.core.i18n import gettext as _
from grants.core.money import Money, NotMoney
from grants.questionnaires import queries as questionnaires
from grants.questionnaires.definition import Kind
from grants.questionnaires.models import Questionnaire, QuestionnaireVersion
from grants.questionnaires.reading import AnswerShown, SectionShown, as_handed_in
from grants.reviews.models import Entry


class EntryText(Struct, frozen=True):
    """Figures on top, then every section that was handed in."""

    figures: Sequence[tuple[str, str]]
    sections: Sequence[SectionShown]


def text_of(entry: Entry) -> EntryText:
    """A snapshot without a form, or of a form that is gone, shows what it has."""
    form = entry.snapshot.get("form")
    version = _version(form) if isinstance(form, dict) else None
    sections = as_handed_in(questionnaires.what_is_asked(version), form) if version and form else ()
    return EntryText(tuple(_figures(entry)), (*sections, *map(_told, entry.snapshot.get("told", ()))))


def _told(part: Mapping[str, Any]) -> SectionShown:
    """A part of a snapshot that was made without a form: {key, title, text?, facts?: [[label, value]]}."""
    title, key = i18n.words(part["title"]), str(part["key"])
    long = [AnswerShown(key, title, Kind.TEXT, part["text"])] if part.get("text") else []
    short = [
        AnswerShown(f"{key}{place}", i18n.words(label), Kind.NUMBER, _said(value))
        for place, (label, value) in enumerate(part.get("facts", ()))
    ]
    return SectionShown(key, title, (*long, *short))


def _said(value: str | Mapping[str, str]) -> str:
    return value if isinstance(value, str) else i18n.words(value)


def _version(form: dict[str, Any]) -> QuestionnaireVersion | None:
    return db.session.scalar(
        select(QuestionnaireVersion)
        .join(Questionnaire)
        .where(
            Questionnaire.key == form.get("questionnaire"), QuestionnaireVersion.number == form.get("version")
        )
    )


def _figures(entry: Entry) -> list[tuple[str, str]]:
    found = [(_("Number"), str(entry.snapshot.get("number") or ""))]
    for label, key in ((_("Asked for"), "requested"), (_("Total cost"), "total_cost")):
        try:
            amount = Money.yuan(entry.snapshot[key])
        except (KeyError, NotMoney, ValueError):
            continue
        found.append((label, amount.formatted(i18n.language())))
    return [(label, value) for label, value in found if value]

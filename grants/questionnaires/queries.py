"""Reading forms and sheets: always with what they ask, terms of the city filled in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from grants.accounts.models import User
from grants.core import clock
from grants.core.db import db
from grants.core.errors import NotFound, existing
from grants.core.holding import for_change
from grants.questionnaires import definition as definitions
from grants.questionnaires.definition import Choice, Definition
from grants.questionnaires.models import (
    AnswerSheet,
    Questionnaire,
    QuestionnaireVersion,
    SectionAnswers,
    SheetPresence,
)
from grants.questionnaires.rules import Answers
from grants.reference import queries as reference
from grants.reference.fields import Level, Taxonomy

REGION = "region"
STILL_HERE = timedelta(seconds=75)


class Companion(Struct, frozen=True):
    """Somebody else who has the sheet open."""

    name: str
    section: str


def current_version(key: str) -> QuestionnaireVersion:
    """The newest published version of a form. Raises NotFound."""
    found = db.session.scalar(
        select(QuestionnaireVersion)
        .join(Questionnaire)
        .where(Questionnaire.key == key, QuestionnaireVersion.published_at.isnot(None))
        .order_by(QuestionnaireVersion.number.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


def version(version_id: int | None) -> QuestionnaireVersion:
    found = db.session.get(QuestionnaireVersion, version_id) if version_id else None
    if found is None:
        raise NotFound
    return found


def newest_number(questionnaire_id: int) -> int:
    newest = select(func.max(QuestionnaireVersion.number)).where(
        QuestionnaireVersion.questionnaire_id == questionnaire_id
    )
    return db.session.scalar(newest) or 0


def what_is_asked(asks: QuestionnaireVersion) -> Definition:
    """The definition of a version with the city's terms as choices, retired ones included.

    A retired term stays readable where it was chosen; pickers leave it out (`offered`).
    """
    bare = _read(json.dumps(asks.definition, ensure_ascii=False))
    return definitions.with_choices(bare, {name: _terms(name) for name in bare.taxonomies()})


@lru_cache(maxsize=64)
def _read(text: str) -> Definition:
    return definitions.read(json.loads(text))


def _terms(taxonomy: str) -> Sequence[Choice]:
    if taxonomy == REGION:
        return _places()
    return [Choice(row.key, row.name, retired=not row.is_live) for row in reference.terms(Taxonomy(taxonomy))]


def _places() -> list[Choice]:
    """Districts and what lies in them, each street with its district's name before it."""
    regions = reference.snapshot().regions
    year = clock.today().year
    shown = []
    for row in regions.values():
        if row.level in (Level.DISTRICT, Level.STREET):
            above = regions[row.parent_id] if row.level is Level.STREET and row.parent_id else None
            names = {
                code: f"{above.name.get(code, '')} · {name}" if above else name
                for code, name in row.name.items()
            }
            shown.append(Choice(row.code, names, retired=not row.in_force(year)))
    return shown


def sheet(sheet_id: int) -> AnswerSheet:
    """The sheet with what it asks and all its sections. Raises NotFound."""
    found = db.session.scalar(
        select(AnswerSheet)
        .where(AnswerSheet.id == sheet_id)
        .options(joinedload(AnswerSheet.asks), selectinload(AnswerSheet.sections))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def answers_of(answer_sheet: AnswerSheet) -> dict[str, Answers]:
    return {row.section: row.answers for row in answer_sheet.sections}


def section_for_writing(sheet_id: int, section: str) -> SectionAnswers:
    """The row of a section as it stands now, held. Raises NotFound."""
    found = select(SectionAnswers).where(
        SectionAnswers.sheet_id == sheet_id, SectionAnswers.section == section
    )
    return for_change(existing(db.session.scalar(found)))


def last_saved(sheet_id: int, section: str) -> datetime | None:
    return db.session.scalar(
        select(SectionAnswers.updated_at).where(
            SectionAnswers.sheet_id == sheet_id, SectionAnswers.section == section
        )
    )


def companions(sheet_id: int, *, beside: int | None) -> list[Companion]:
    """Who else had this sheet open within the last minute or so."""
    rows = db.session.execute(
        select(User.name, SheetPresence.section)
        .join(User, User.id == SheetPresence.user_id)
        .where(
            SheetPresence.sheet_id == sheet_id,
            SheetPresence.user_id != (beside or 0),
            SheetPresence.seen_at > clock.real_now() - STILL_HERE,
        )
        .order_by(User.name, SheetPresence.id)
        .limit(10)
    )
    return [Companion(name, section) for name, section in rows]

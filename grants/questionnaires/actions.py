"""Everything that changes forms and sheets. Who may fill in a sheet is decided by the package that holds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from grants.core import audit, clock
from grants.core.db import db, upsert
from grants.core.errors import RulesBroken, StaleVersion, Violation
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor
from grants.core.unit_of_work import aside
from grants.questionnaires import answers, definition, queries
from grants.questionnaires.definition import Kind, Section
from grants.questionnaires.models import (
    AnswerSheet,
    Questionnaire,
    QuestionnaireVersion,
    SectionAnswers,
    SheetPresence,
)

SHIPPED = Path(__file__).parent / "definitions"


class StaleSection(StaleVersion):
    """Somebody saved this section in between; `version`, `answers` and `saved_at` are what stands there now."""

    def __init__(self, row: SectionAnswers) -> None:
        super().__init__(_l("Somebody else saved this section in the meantime. Both texts are shown."))
        self.version, self.answers, self.saved_at = row.version, dict(row.answers), row.updated_at


def publish(data: Mapping[str, Any], *, by: Actor, at: datetime) -> QuestionnaireVersion:
    """A new version of the form `data["key"]`; the same again when nothing differs.

    Raises RulesBroken when the definition is no good.
    """
    faults = list(definition.faults(data))
    if faults:
        raise RulesBroken([Violation("definition", fault) for fault in faults])
    form = db.session.scalar(select(Questionnaire).where(Questionnaire.key == data["key"]))
    if form is None:
        form = Questionnaire(key=data["key"], kind=data["kind"])
        db.session.add(form)
        db.session.flush()
    number = queries.newest_number(form.id)
    if number:
        newest = queries.current_version(form.key)
        if newest.definition == data:
            return newest
    made = QuestionnaireVersion(
        questionnaire_id=form.id, number=number + 1, definition=dict(data), published_at=at
    )
    db.session.add(made)
    audit.record("publish", made, by=by, at=at, after={"key": form.key, "number": made.number})
    return made


def publish_shipped(*, by: Actor, at: datetime) -> None:
    """The forms that come with the release, published where they are not yet."""
    for path in sorted(SHIPPED.glob("*.json")):
        publish(json.loads(path.read_text("utf-8")), by=by, at=at)


def new_sheet(asks: QuestionnaireVersion, *, holder_kind: str) -> AnswerSheet:
    """An empty sheet. The holder puts its own id on it once it has one."""
    sheet = AnswerSheet(version_id=asks.id, holder_kind=holder_kind, holder_id=None)
    db.session.add(sheet)
    db.session.flush()
    db.session.add_all(
        SectionAnswers(sheet_id=sheet.id, section=section["key"], answers={})
        for section in asks.definition["sections"]
    )
    return sheet


def save_section(
    sheet_id: int, section: Section, given: Mapping[str, Any], *, version: int, by: Actor, at: datetime
) -> SectionAnswers:
    """Keep the answers given; questions not in `given` keep theirs, files have their own door.

    What cannot be read is kept as typed. Raises StaleSection when `version` is not the newest, unless the
    same words are sent again (the answer to them was lost), and RulesBroken only for what is too much to
    be kept at all.
    """
    row = queries.section_for_writing(sheet_id, section.key)
    too_much = tuple(answers.excesses(section, given))
    kept = dict(row.answers)
    for question in section.questions:
        if question.kind is not Kind.FILE and question.key in given:
            kept[question.key] = answers.read_answer(question, given[question.key])
    filled = {key: value for key, value in kept.items() if not answers.is_empty(value)}
    if row.version != version and (too_much or filled != row.answers):
        raise StaleSection(row)
    if too_much:
        raise RulesBroken(too_much)
    keep(row, filled, by=by, at=at)
    return row


def keep(row: SectionAnswers, kept: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Write the answers when they differ: the version moves only when something was said."""
    if dict(kept) != row.answers:
        row.answers, row.updated_by_id, row.updated_at = dict(kept), by.user_id, at
        db.session.flush()


def note_presence(sheet_id: int, section: str, *, by: Actor) -> None:
    """Remember that somebody has the sheet open: in the running unit of work when it writes, else beside it."""
    now = clock.real_now()
    statement = upsert(SheetPresence).values(
        sheet_id=sheet_id, user_id=by.user_id, section=section, seen_at=now
    )
    statement = statement.on_conflict_do_update(
        index_elements=["sheet_id", "user_id"], set_={"section": section, "seen_at": now}
    )
    if db.session().info.get("read_only") is False:
        db.session.execute(statement)
        return
    with aside() as session:
        session.execute(statement)

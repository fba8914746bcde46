"""Loading calls: for staff, for visitors, and for the job that follows the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, false, or_, select, true
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from grants.calls.fields import CallState
from grants.calls.models import Call
from grants.calls.policies import READERS, SCOPED_READERS
from grants.calls.rules import eligibility
from grants.calls.rules.timetable import StepDraft
from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.policy import Actor
from grants.questionnaires.fields import QuestionnaireKind
from grants.questionnaires.models import Questionnaire, QuestionnaireVersion
from grants.reviews.models import ReviewStage

MOST_SHOWN = 200


def everything() -> tuple[_AbstractLoad, ...]:
    """All that a call consists of, in a fixed number of queries."""
    children = (
        Call.steps,
        Call.fields,
        Call.rules,
        Call.caps,
        Call.tranches,
        Call.grades,
        Call.corrections,
    )
    return (
        joinedload(Call.fund),
        joinedload(Call.programme),
        joinedload(Call.stage).selectinload(ReviewStage.criteria),
        *(selectinload(child) for child in children),
    )


def visible_to(actor: Actor) -> Select[Call]:
    """The SQL twin of `call.view`."""
    if actor.holds_everywhere(*READERS, *SCOPED_READERS):
        return select(Call).where(true())
    theirs = actor.ids("call", *READERS)
    return select(Call).where(Call.id.in_(theirs) if theirs else false())


def by_public_id(public_id: str) -> Call:
    """For staff: with everything. Raises NotFound."""
    call = db.session.scalar(
        select(Call)
        .where(Call.public_id == public_id)
        .options(*everything())
        .execution_options(populate_existing=True)
    )
    if call is None:
        raise NotFound
    return call


def by_id(call_id: int) -> Call:
    return db.session.scalars(select(Call).where(Call.id == call_id).options(*everything())).one()


def published(public_id: str) -> Call:
    """For visitors: what was never published is not there."""
    call = by_public_id(public_id)
    if call.published_at is None:
        raise NotFound
    return call


def published_calls(limit: int = MOST_SHOWN) -> Sequence[Call]:
    """What the public may read: those open now, those opening soon, then the newest."""
    by_state = {CallState.OPEN: 0, CallState.SCHEDULED: 1}
    found = db.session.scalars(
        select(Call)
        .where(Call.published_at.isnot(None), Call.state != CallState.ARCHIVED)
        .options(selectinload(Call.rules))
        .order_by(Call.closes_at.desc(), Call.id.desc())
        .limit(limit)
    ).all()
    return sorted(found, key=lambda call: by_state.get(call.state, 2))


def all_calls() -> Sequence[Call]:
    """Every call with its steps."""
    return db.session.scalars(select(Call).options(selectinload(Call.steps)).order_by(Call.id)).all()


def due(at: datetime) -> Sequence[Call]:
    """Calls whose state lags behind the clock."""
    opening = (Call.state == CallState.SCHEDULED) & (Call.opens_at <= at)
    closing = (Call.state == CallState.OPEN) & (Call.closes_at < at)
    return db.session.scalars(select(Call).where(or_(opening, closing)).order_by(Call.id)).all()


def newest_form(key: str) -> int | None:
    """The newest published version of the form with this key, if there is one."""
    return db.session.scalar(
        select(QuestionnaireVersion.id)
        .join(Questionnaire)
        .where(Questionnaire.key == key, QuestionnaireVersion.published_at.isnot(None))
        .order_by(QuestionnaireVersion.number.desc())
        .limit(1)
    )


def forms() -> list[tuple[int, Mapping[str, str]]]:
    """Published versions of proposal forms, newest first: id and title."""
    found = db.session.scalars(
        select(QuestionnaireVersion)
        .join(Questionnaire)
        .where(
            Questionnaire.kind == QuestionnaireKind.PROPOSAL, QuestionnaireVersion.published_at.isnot(None)
        )
        .order_by(Questionnaire.id, QuestionnaireVersion.number.desc())
    )
    return [
        (row.id, {code: f"{text} v{row.number}" for code, text in row.definition["title"].items()})
        for row in found
    ]


def rules_of(call: Call) -> list[eligibility.Rule]:
    """The conditions of a call as the rules read them. Needs `rules` loaded."""
    return [eligibility.Rule(row.key, row.text, row.reason, row.check) for row in call.rules]


def steps_of(call: Call) -> list[StepDraft]:
    """The timetable of a call as the rules read it. Needs `steps` loaded."""
    return [StepDraft(row.key, row.title, row.from_on, row.until_on, row.owner) for row in call.steps]

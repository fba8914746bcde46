"""Making a call public, following its clock, and changing what is public where everybody sees it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from grants.calls.actions import drafting
from grants.calls.events import (
    CallCancelled,
    CallClosed,
    CallCorrected,
    CallMovedOn,
    CallOpened,
    CallPublished,
)
from grants.calls.fields import EDIT_STEPS, CallState, EditStep
from grants.calls.lifecycle import CALL
from grants.calls.models import Call, CallCorrection
from grants.calls.queries import loading, parts
from grants.calls.rules import describing, timetable
from grants.core import audit, clock, i18n
from grants.core.db import db
from grants.core.errors import RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import datetime_text
from grants.core.i18n import gettext as _
from grants.core.policy import SYSTEM, Actor, authorise
from grants.core.text import clean
from grants.reference import queries as reference
from grants.reference.actions import take_number
from grants.reference.fields import Series, Taxonomy

LANGUAGES = ("zh-Hans", "en")


def publish_call(call: Call, *, by: Actor, at: datetime, lead_is_confirmed: bool = False) -> None:
    """Show the call to everybody. Everything still wrong is told at once; a short notice must be confirmed."""
    authorise(by, "call.publish", call)
    CALL.demand("publish", call)
    broken = unready(call)
    if timetable.short_lead(call.opens_at, at) and not lead_is_confirmed:
        text = _(
            "The call opens in less than %(days)s days. Confirm that groups have enough time to hear of it.",
            days=timetable.LEAD_DAYS,
        )
        broken.append(Violation("short_lead", text, "lead_is_confirmed"))
    if broken:
        raise RulesBroken(broken)
    call.number = number = call.number or take_number(Series.CALL, call.year)
    call.published_at = at
    CALL.fire("publish", call, by=by, at=at)
    assert call.opens_at and call.closes_at  # noqa: S101, PT018 - checked above
    publish(
        CallPublished(
            occurred_at=at,
            actor_id=by.user_id,
            case=call.case,
            call_id=call.id,
            public_id=call.public_id,
            number=number,
            title=dict(call.title),
            opens_at=call.opens_at,
            closes_at=call.closes_at,
        )
    )


def unready(call: Call) -> list[Violation]:
    """Everything that keeps a draft from being published, part by part."""
    broken = []
    for step, draft in parts.parts(call).items():
        for fault in drafting.faults(step, draft):
            text = _("%(part)s: %(fault)s", part=str(EDIT_STEPS[step]), fault=str(fault.message))
            broken.append(Violation(fault.code, text))
    if call.questionnaire_version_id is None:
        broken.append(Violation("form", _("Choose the form that groups fill in.")))
    return broken


def correct(
    call: Call,
    step: EditStep,
    draft: Any,
    *,
    reason: Mapping[str, str],
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> CallCorrection | None:
    """Change one part of a published call. What it said, what it says and why stand on its page for ever.

    Nothing happens when nothing changes. Dates of opening and closing do not move here.
    """
    authorise(by, "call.correct", call)
    why = _reason(reason)
    before = _said(call, step)
    drafting.put(call, step, draft, by=by, at=at, version=version)
    db.session.flush()
    after = _said(call, step)
    if before == after:
        return None
    return _keep(call, step, before, after, why, by=by, at=at)


def _said(call: Call, step: EditStep) -> dict[str, dict[str, str]]:
    told = {}
    for code in LANGUAGES:
        with i18n.speaking(code):
            told[code] = describing.lines(call, step, _name_of)
    return told


def _name_of(taxonomy: str, key: str) -> str:
    label = reference.term_label(Taxonomy(taxonomy), key)
    return _("Other fields") if key == "others" else label


def _keep(
    call: Call,
    step: EditStep,
    before: Mapping[str, Mapping[str, str]],
    after: Mapping[str, Mapping[str, str]],
    reason: Mapping[str, str],
    *,
    by: Actor,
    at: datetime,
) -> CallCorrection:
    what: dict[str, str] = {}
    was: dict[str, str] = {}
    now: dict[str, str] = {}
    for code in LANGUAGES:
        with i18n.speaking(code):
            differ = describing.changes(before[code], after[code])
            what[code] = str(EDIT_STEPS[step])
            was[code] = describing.told([(label, old) for label, old, _new in differ])
            now[code] = describing.told([(label, new) for label, _old, new in differ])
    return _announce(call, what, was, now, reason, by=by, at=at)


def _announce(
    call: Call,
    what: Mapping[str, str],
    was: Mapping[str, str],
    now: Mapping[str, str],
    reason: Mapping[str, str],
    *,
    by: Actor,
    at: datetime,
) -> CallCorrection:
    row = CallCorrection(
        call_id=call.id,
        at=at,
        what=dict(what),
        before=dict(was),
        after=dict(now),
        reason=dict(reason),
        by_id=by.user_id,
    )
    call.corrections.append(row)
    audit.record("correct", call, by=by, at=at, before=dict(was), after=dict(now), note=i18n.words(reason))
    publish(
        CallCorrected(
            occurred_at=at,
            actor_id=by.user_id,
            case=call.case,
            call_id=call.id,
            public_id=call.public_id,
            title=dict(call.title),
            what=dict(what),
            before=dict(was),
            after=dict(now),
            reason=dict(reason),
        )
    )
    return row


def postpone_closing(
    call: Call, *, until: datetime, reason: Mapping[str, str], by: Actor, at: datetime
) -> None:
    """Move the closing later for everybody; a call that closed already is open again."""
    authorise(by, "call.postpone", call)
    why = _reason(reason)
    if call.state not in {CallState.SCHEDULED, CallState.OPEN, CallState.CLOSED}:
        raise RulesBroken([Violation("too_late", _("Review has begun; the closing stays as it was."))])
    steps = timetable.Timetable(call.opens_at, until, loading.steps_of(call))
    broken = [*timetable.postponing_faults(call.closes_at, until, at), *timetable.faults(steps)]
    if broken:
        raise RulesBroken(broken)
    before = call.closes_at
    assert before  # noqa: S101 - published calls have a closing
    call.closes_at = until
    audit.record("postpone", call, by=by, at=at, note=i18n.words(why))
    if call.state is CallState.CLOSED:
        CALL.fire("reopen", call, by=by, at=at)
    what = _in_languages(lambda: _("Closing date"))
    _announce(
        call,
        what,
        _in_languages(lambda: datetime_text(before)),
        _in_languages(lambda: datetime_text(until)),
        why,
        by=by,
        at=at,
    )


def _in_languages(say: Any) -> dict[str, str]:
    told = {}
    for code in LANGUAGES:
        with i18n.speaking(code):
            told[code] = say()
    return told


def cancel(call: Call, *, reason: Mapping[str, str], by: Actor, at: datetime) -> None:
    """Call it off. The page stays, with the date and the reason."""
    authorise(by, "call.cancel", call)
    why = _reason(reason)
    CALL.fire("cancel", call, by=by, at=at, note=i18n.words(why))
    what = _in_languages(lambda: _("The whole call"))
    going = _in_languages(lambda: _("published"))
    _announce(call, what, going, _in_languages(lambda: _("cancelled")), why, by=by, at=at)
    publish(
        CallCancelled(
            occurred_at=at,
            actor_id=by.user_id,
            case=call.case,
            call_id=call.id,
            public_id=call.public_id,
            title=dict(call.title),
            reason=dict(why),
        )
    )


def _reason(reason: Mapping[str, str]) -> dict[str, str]:
    said = {code: clean(text).strip() for code, text in reason.items() if clean(text).strip()}
    if not said:
        raise RulesBroken([Violation("reason", _("Say why; everybody will read it."), "reason_zh")])
    return said


def advance(call: Call, verb: str, *, by: Actor, at: datetime) -> None:
    """Go on to the next phase: start_review, decide, give_notice, implement, archive."""
    authorise(by, "call.advance", call)
    CALL.fire(verb, call, by=by, at=at)
    publish(
        CallMovedOn(occurred_at=at, actor_id=by.user_id, case=call.case, call_id=call.id, state=call.state)
    )


def keep_time(at: datetime) -> int:
    """Let states follow the clock: what the periodic job does. Nothing waits for it, see `is_open`."""
    late = loading.due(at)
    for call in late:
        if call.state is CallState.SCHEDULED:
            CALL.fire("open", call, by=SYSTEM, at=at)
            publish(CallOpened(occurred_at=at, actor_id=None, case=call.case, call_id=call.id))
        if call.state is CallState.OPEN and call.closes_at is not None and at > call.closes_at:
            CALL.fire("close", call, by=SYSTEM, at=at)
            publish(CallClosed(occurred_at=at, actor_id=None, case=call.case, call_id=call.id))
    return len(late)


class KeepTime:
    """The periodic job: nothing to prepare, everything is in `keep_time`."""

    def keep(self, payload: dict[str, Any], result: Any) -> None:
        keep_time(clock.now())


KEEP_TIME = KeepTime()

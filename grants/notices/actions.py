"""Showing lists to the public, correcting beside them, receiving and deciding objections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from grants.core import audit, clock
from grants.core.checkcodes import check_code, content_hash
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, Violation
from grants.core.events import publish
from grants.core.holding import hold
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import SYSTEM, Actor, authorise
from grants.core.text import clean, clean_line
from grants.notices import queries, rules
from grants.notices.events import (
    NoticeClosed,
    NoticeCorrected,
    NoticePublished,
    ObjectionDecided,
    ObjectionReceived,
)
from grants.notices.fields import DECIDE
from grants.notices.lifecycle import NOTICE, OBJECTION
from grants.notices.models import Notice, NoticeCorrection, Objection
from grants.obligations import actions as obligations
from grants.obligations.fields import role
from grants.reference import queries as reference
from grants.reference.actions import take_number
from grants.reference.fields import Series


def draft_notice(
    holder: tuple[str, int],
    *,
    case: str,
    title: Mapping[str, str],
    items: Sequence[rules.Item],
    working_days: int,
    by: Actor,
    at: datetime,
    introduction: Mapping[str, str] | None = None,
) -> Notice:
    """A list that nobody sees yet."""
    authorise(by, "notice.publish")
    _refuse(rules.drafting_faults(title, items, working_days))
    notice = Notice(
        holder_kind=holder[0],
        holder_id=holder[1],
        case=case,
        title=dict(title),
        introduction=dict(introduction or {}),
        items=[item.plain() for item in items],
        working_days=working_days,
    )
    db.session.add(notice)
    db.session.flush()
    audit.record("draft", notice, by=by, at=at, before={}, after={"items": len(items)})
    return notice


def publish_notice(notice: Notice, *, by: Actor, at: datetime, starts_on: date | None = None) -> Notice:
    """Show the list from now on: number, period, hash and check code are fixed with it and never change."""
    authorise(by, "notice.publish", notice)
    first = starts_on or clock.day_of(at)
    _refuse(rules.starting_faults(first, clock.day_of(at)))
    shown = rules.period(reference.calendar(), first, notice.working_days, zone=clock.zone())
    notice.number = number = take_number(Series.NOTICE, clock.day_of(at).year)
    notice.starts_on, notice.ends_at = shown.starts_on, shown.ends_at
    notice.calendar_version, notice.published_at = shown.calendar_version, at
    notice.check_code = check_code()
    notice.content_hash = fingerprint = content_hash(hashed(notice))
    NOTICE.fire("publish", notice, by=by, at=at, note=fingerprint)
    db.session.flush()
    publish(
        NoticePublished(
            occurred_at=at,
            actor_id=by.user_id,
            case=notice.case,
            notice_id=notice.id,
            public_id=notice.public_id,
            number=number,
            title=dict(notice.title),
            item_keys=[item["key"] for item in notice.items],
            ends_at=shown.ends_at,
        )
    )
    return notice


def hashed(notice: Notice) -> Mapping[str, object]:
    """What the content hash of a shown notice is made of; anybody can recompute it."""
    assert notice.number and notice.starts_on and notice.ends_at  # noqa: S101, PT018 - shown notices have them
    return rules.frozen(
        number=notice.number,
        title=notice.title,
        introduction=notice.introduction,
        items=notice.items,
        starts_on=notice.starts_on,
        working_days=notice.working_days,
        ends_at=notice.ends_at,
    )


def correct_notice(notice: Notice, *, text: Mapping[str, str], by: Actor, at: datetime) -> NoticeCorrection:
    """Say beside a shown list what it got wrong; the list itself stays as it was."""
    authorise(by, "notice.correct", notice)
    notice = queries.for_writing(notice)
    said = {code: clean(words).strip() for code, words in text.items() if clean(words).strip()}
    if notice.published_at is None or not said:
        _refuse([Violation("text", _("Say what is corrected."), "text")])
    correction = NoticeCorrection(notice_id=notice.id, text=said, at=at, by_id=by.user_id)
    db.session.add(correction)
    audit.record("correct", notice, by=by, at=at, before={}, after={"correction": said})
    publish(
        NoticeCorrected(
            occurred_at=at,
            actor_id=by.user_id,
            case=notice.case,
            notice_id=notice.id,
            public_id=notice.public_id,
            number=notice.number or "",
        )
    )
    return correction


def demand_running(notice: Notice, at: datetime) -> None:
    """Raises IllegalTransition unless an objection that arrived at `at` arrived in time."""
    if not queries.takes_objections(notice, at):
        raise IllegalTransition(_l("The time for objections to this notice is over."))


def raise_objection(
    notice: Notice, *, item_key: str, by_name: str, contact: str, content: str, by: Actor, at: datetime
) -> Objection:
    """Anybody may, while the notice lasts; `at` is when it arrived."""
    authorise(by, "objection.raise", notice)
    notice = queries.for_writing(notice)
    demand_running(notice, at)
    known_keys = [item["key"] for item in notice.items]
    _refuse(rules.objecting_faults(known_keys=known_keys, item_key=item_key))
    objection = Objection(
        number=take_number(Series.OBJECTION, clock.day_of(at).year),
        notice_id=notice.id,
        item_key=item_key,
        by_name=clean_line(by_name),
        contact=clean_line(contact),
        content=clean(content).strip(),
        received_at=at,
    )
    db.session.add(objection)
    db.session.flush()
    audit.record("object", objection, by=by, at=at, before={}, after={"item": item_key})
    _owe_a_decision(notice, objection, at=at)
    publish(
        ObjectionReceived(
            occurred_at=at,
            actor_id=by.user_id,
            case=item_key,
            objection_id=objection.id,
            notice_id=notice.id,
            number=objection.number,
            item_key=item_key,
        )
    )
    return objection


def _owe_a_decision(notice: Notice, objection: Objection, *, at: datetime) -> None:
    obligations.open_duty(
        DECIDE,
        subject=("objection", objection.id),
        owner=role("officer"),
        due_at=notice.ends_at,
        case=objection.item_key,
        values={
            "number": objection.number,
            "notice": notice.public_id,
            "title": next(item["title"] for item in notice.items if item["key"] == objection.item_key),
        },
        at=at,
    )


def uphold(objection: Objection, *, reason: str, by: Actor, at: datetime) -> None:
    """The objection is right: the item does not go on."""
    _decide(objection, "uphold", reason, by=by, at=at)


def dismiss(objection: Objection, *, reason: str, by: Actor, at: datetime) -> None:
    """The objection is not right: the item goes on when the notice is over."""
    _decide(objection, "dismiss", reason, by=by, at=at)


def _decide(objection: Objection, verb: str, reason: str, *, by: Actor, at: datetime) -> None:
    authorise(by, "objection.decide", objection)
    objection = queries.objection_for_writing(objection)
    objection.decision = clean(reason).strip()
    objection.decided_by_id, objection.decided_at = by.user_id, at
    OBJECTION.fire(verb, objection, by=by, at=at, note=objection.decision)
    obligations.meet(DECIDE, subject=("objection", objection.id), by=by, at=at)
    publish(
        ObjectionDecided(
            occurred_at=at,
            actor_id=by.user_id,
            case=objection.item_key,
            objection_id=objection.id,
            notice_id=objection.notice_id,
            number=objection.number,
            item_key=objection.item_key,
            upheld=verb == "uphold",
            reason=objection.decision,
        )
    )


def close_notice(notice: Notice, *, by: Actor, at: datetime) -> None:
    authorise(by, "notice.close", notice)
    notice = queries.for_writing(notice)
    notice.closed_at = at
    NOTICE.fire("close", notice, by=by, at=at)
    publish(
        NoticeClosed(
            occurred_at=at,
            actor_id=by.user_id,
            case=notice.case,
            notice_id=notice.id,
            number=notice.number or "",
            holder_kind=notice.holder_kind,
            holder_id=notice.holder_id,
            item_keys=[item["key"] for item in notice.items],
        )
    )


def close_ended(at: datetime) -> int:
    """What the periodic job does: close what is over. Nothing waits for it, see `may_proceed`."""
    over = queries.ended(at)
    hold(Notice, [notice.id for notice in over])
    for notice in over:
        close_notice(notice, by=SYSTEM, at=at)
    return len(over)


class Close:
    """The periodic job: nothing to prepare, everything is in `close_ended`."""

    def keep(self, payload: dict[str, Any], result: Any) -> None:
        close_ended(clock.now())


CLOSE = Close()


def _refuse(found: Sequence[Violation]) -> None:
    if found:
        raise RulesBroken(found)

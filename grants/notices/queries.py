"""Reading notices and objections. Visitors read what is shown; who objected is opened on staff pages only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Select, select, true
from sqlalchemy.orm import selectinload

from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.holding import anew, for_change, hold
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, permits
from grants.notices import rules
from grants.notices.fields import NoticeState, ObjectionState
from grants.notices.models import Notice, Objection
from grants.notices.policies import STAFF
from grants.papers.checking import CheckedPaper

MOST_SHOWN = 200


class ItemStanding(Struct, frozen=True):
    """Where one item of a notice stands: what was raised against it, and whether it may go on."""

    item: rules.Item
    objections: tuple[Objection, ...]
    may_proceed: bool

    @property
    def waits(self) -> bool:
        return any(objection.state is ObjectionState.RECEIVED for objection in self.objections)


def visible_to(actor: Actor) -> Select[Notice]:
    """The SQL twin of `notice.view`."""
    shown_to_all = Notice.published_at.isnot(None)
    return select(Notice).where(true() if actor.holds(*STAFF) else shown_to_all)


def by_public_id(public_id: str) -> Notice:
    """For staff pages: with corrections and objections."""
    notice = db.session.scalar(
        select(Notice)
        .where(Notice.public_id == public_id)
        .options(selectinload(Notice.corrections), selectinload(Notice.objections))
    )
    if notice is None:
        raise NotFound
    return notice


def for_writing(notice: Notice) -> Notice:
    """The notice as it stands now; whoever objects, decides or goes on by it waits."""
    return for_change(notice, selectinload(Notice.corrections), selectinload(Notice.objections))


def hold_shown(holder: tuple[str, int]) -> None:
    """Nobody objects to what was shown for this holder, and nothing is decided about it, until we have gone on."""
    of_holder = (Notice.holder_kind == holder[0], Notice.holder_id == holder[1])
    hold(Notice, db.session.scalars(select(Notice.id).where(*of_holder)))


def by_id(notice_id: int) -> Notice:
    return db.session.get_one(Notice, notice_id)


def shown(public_id: str) -> Notice:
    """For visitors: a draft is not there."""
    notice = by_public_id(public_id)
    if notice.published_at is None:
        raise NotFound
    return notice


def objection_by_public_id(public_id: str) -> Objection:
    objection = db.session.scalar(
        select(Objection).where(Objection.public_id == public_id).options(selectinload(Objection.notice))
    )
    if objection is None:
        raise NotFound
    return objection


def objection_for_writing(objection: Objection) -> Objection:
    """The objection as it stands now; whoever goes on by its notice waits."""
    hold(Notice, [objection.notice_id])
    return anew(objection, selectinload(Objection.notice))


def checked_notice(code: str, actor: Actor) -> CheckedPaper | None:
    """What anybody with the code of a public notice may know: everything, since it was shown to everybody."""
    found = db.session.scalar(
        select(Notice)
        .where(Notice.check_code == code, Notice.published_at.isnot(None))
        .options(selectinload(Notice.corrections))
    )
    if found is None or found.published_at is None:
        return None
    return CheckedPaper(
        kind=_l("Public notice"),
        number=found.number or "",
        issued_at=found.published_at,
        content_hash=found.content_hash or "",
        is_valid=True,
        remark=_l("It was corrected; the corrections stand beside the list.") if found.corrections else "",
        facts=((_l("Items"), str(len(found.items))),),
        href=f"/notices/{found.public_id}",
        may_open=True,
    )


def shown_notices(limit: int = MOST_SHOWN) -> Sequence[Notice]:
    """What the public may read, the running ones first, then the newest."""
    return db.session.scalars(
        select(Notice)
        .where(Notice.published_at.isnot(None))
        .order_by((Notice.state == NoticeState.PUBLISHED).desc(), Notice.starts_on.desc(), Notice.id.desc())
        .limit(limit)
    ).all()


def ended(at: datetime) -> Sequence[Notice]:
    """Notices whose days are over and that were not closed yet."""
    return db.session.scalars(
        select(Notice)
        .where(Notice.state == NoticeState.PUBLISHED, Notice.ends_at <= at)
        .order_by(Notice.ends_at, Notice.id)
    ).all()


def standings(notice: Notice, at: datetime, *, open_to: Actor | None = None) -> list[ItemStanding]:
    """Every item in the order of the list. Needs the notice's objections loaded.

    With `open_to` only the objections that this reader may open are among them.
    """
    raised: dict[str, list[Objection]] = {}
    for objection in notice.objections:
        if open_to is not None and not permits(open_to, "objection.view", objection):
            continue
        raised.setdefault(objection.item_key, []).append(objection)
    return [
        ItemStanding(
            item,
            tuple(raised.get(item.key, ())),
            rules.may_proceed(notice.ends_at, at, [o.state for o in raised.get(item.key, ())]),
        )
        for item in map(rules.Item.of, notice.items)
    ]


def may_proceed(holder: tuple[str, int], item_key: str, at: datetime) -> bool:
    """Whether the latest notice of this holder that names the item has ended, with no objection standing against it."""
    for notice in _shown_of(holder):
        if any(item["key"] == item_key for item in notice.items):
            states = db.session.scalars(
                select(Objection.state).where(
                    Objection.notice_id == notice.id, Objection.item_key == item_key
                )
            ).all()
            return rules.may_proceed(notice.ends_at, at, states)
    return False


def who_may_proceed(holder: tuple[str, int], at: datetime) -> Mapping[str, bool]:
    """The same for every item of the holder's notices at once; the latest notice of an item counts."""
    found: dict[str, bool] = {}
    for notice in _shown_of(holder, with_objections=True):
        for standing in standings(notice, at):
            found.setdefault(standing.item.key, standing.may_proceed)
    return found


def _shown_of(holder: tuple[str, int], *, with_objections: bool = False) -> Sequence[Notice]:
    query = select(Notice).where(
        Notice.holder_kind == holder[0], Notice.holder_id == holder[1], Notice.published_at.isnot(None)
    )
    if with_objections:
        query = query.options(selectinload(Notice.objections))
    return db.session.scalars(query.order_by(Notice.published_at.desc(), Notice.id.desc())).all()


def takes_objections(notice: Notice, at: datetime) -> bool:
    """Whether anybody may still object."""
    return rules.takes_objections(notice.published_at, notice.ends_at, at)

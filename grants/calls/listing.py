"""The officers' list of calls, declared; what a call is by the clock is said by the same rule as on its page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, bindparam, case

from grants.calls.fields import CALL_KINDS, CALL_STATES, CALL_TONES, CallState
from grants.calls.models import Call
from grants.calls.queries import desk
from grants.calls.queries.loading import visible_to
from grants.core import clock, i18n
from grants.core.i18n import lazy_gettext as _l
from grants.core.list_columns import Column, ColumnKind, Listing
from grants.core.list_filters import Choice
from grants.core.policy import Actor


def _rows(actor: Actor) -> Select[Any]:
    return visible_to(actor)


_NOW = bindparam("call_now", callable_=clock.now, type_=Call.opens_at.type)
_moves_by_itself = Call.state.in_((CallState.SCHEDULED, CallState.OPEN))
STATE = case(
    (and_(_moves_by_itself, Call.opens_at > _NOW), CallState.SCHEDULED.value),
    (and_(_moves_by_itself, Call.closes_at >= _NOW), CallState.OPEN.value),
    (_moves_by_itself, CallState.CLOSED.value),
    else_=Call.state,
)

CALLS = Listing(
    name="calls",
    title=_l("Calls"),
    rows=_rows,
    key=Call.id,
    columns=(
        Column("number", _l("Number"), Call.number, width="w7"),
        Column("title", _l("Title"), Call.title, label_of=i18n.words, is_sortable=False),
        Column("kind", _l("Kind"), Call.kind, label_of=CALL_KINDS.__getitem__, is_default=False),
        Column("year", _l("Year"), Call.year, ColumnKind.NUMBER, is_default=False),
        Column("state", _l("State"), STATE, ColumnKind.TAG,
               label_of=lambda state: CALL_STATES[CallState(state)],
               tone_of=lambda state: CALL_TONES[CallState(state)]),
        Column("envelope", _l("In all"), Call.envelope, ColumnKind.MONEY),
        Column("closes", _l("Closes"), Call.closes_at, ColumnKind.DATE),
        Column("next", _l("What is next"), Call.id, ColumnKind.TAG, is_sortable=False, width="w6",
               label_of=lambda call_id: desk.turns()[call_id].what,
               tone_of=lambda call_id: "act" if desk.turns()[call_id].is_overdue else None),
        Column("turn", _l("Whose turn"), Call.id, is_sortable=False,
               label_of=lambda call_id: desk.turns()[call_id].said),
    ),
    sort="-closes",
    lead="title",
    href=lambda row: f"/calls/{row.public_id}",
    extra={"public_id": Call.public_id},
    filters=(
        Choice("state", _l("State"), STATE, choices=tuple((s.value, word) for s, word in CALL_STATES.items())),
        Choice("kind", _l("Kind"), Call.kind, choices=tuple(CALL_KINDS.items())),
        Choice("year", _l("Year"), Call.year, name_of=str),
    ),
    empty=_l("A call is one opening of a scheme: its money, standards and dates. Start from a template; everything in it can be changed."),
)  # fmt: skip

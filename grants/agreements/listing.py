"""The list of agreements, declared; whose turn it is follows the same rule as the agreement's own page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Exists, Select, and_, case, exists, not_

from grants.agreements.fields import AGREEMENT_STATES, AGREEMENT_TONES, TURNS, Party, Turn
from grants.agreements.models import Agreement, Grant, Signature
from grants.agreements.queries import visible_to
from grants.core import i18n
from grants.core.i18n import lazy_gettext as _l
from grants.core.list_columns import Column, ColumnKind, Listing
from grants.core.list_filters import Choice
from grants.core.policy import Actor
from grants.organisations.models import Organisation
from grants.proposals.models import Proposal


def _rows(actor: Actor) -> Select[Any]:
    return visible_to(actor).join(Organisation, Organisation.id == Grant.organisation_id)


def _signed(party: Party) -> Exists:
    return exists().where(Signature.agreement_id == Agreement.id, Signature.party == party)


_group_waits = not_(_signed(Party.GROUP))
_host_waits = and_(Grant.payee_id != Grant.organisation_id, not_(_signed(Party.HOST)))
TURN = case(
    (Agreement.signed_at.is_not(None), Turn.NOBODY.value),
    (Agreement.offered_at.is_(None), Turn.OFFICER.value),
    (and_(_group_waits, _host_waits), Turn.BOTH.value),
    (_group_waits, Turn.GROUP.value),
    (_host_waits, Turn.HOST.value),
    else_=Turn.FOUNDATION.value,
)
_URGENCY = case({turn.value: place for place, turn in enumerate(Turn)}, value=TURN)

AGREEMENTS = Listing(
    name="agreements",
    title=_l("Agreements"),
    rows=_rows,
    key=Agreement.id,
    columns=(
        Column("number", _l("Number"), Agreement.number, width="w7"),
        Column("title", _l("Project"), Proposal.title),
        Column("group", _l("Group"), Organisation.name, sort=Organisation.name_folded, label_of=i18n.words,
               width="w6"),
        Column("amount", _l("Grant"), Grant.amount, ColumnKind.MONEY),
        Column("state", _l("State"), Agreement.state, ColumnKind.TAG,
               label_of=AGREEMENT_STATES.__getitem__, tone_of=AGREEMENT_TONES.__getitem__),
        Column("turn", _l("Whose turn"), TURN, sort=_URGENCY, width="w6",
               label_of=lambda turn: TURNS[Turn(turn)]),
        Column("signed", _l("Signed on"), Agreement.signed_at, ColumnKind.DATE),
    ),
    sort="turn",
    lead="title",
    href=lambda row: f"/agreements/{row.public_id}",
    extra={"public_id": Agreement.public_id},
    filters=(
        Choice("state", _l("State"), Agreement.state, choices=tuple(AGREEMENT_STATES.items())),
        Choice("turn", _l("Whose turn"), TURN,
               choices=tuple((turn.value, word) for turn, word in TURNS.items())),
    ),
    empty=_l("Once a proposal is funded and its public notice has ended, its agreement stands here."),
)  # fmt: skip

"""All tranches of all grants as one list: what the desk is a part of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from grants.agreements.models import Grant
from grants.core.i18n import lazy_gettext as _l
from grants.core.i18n import words
from grants.core.list_columns import Column, ColumnKind, Listing
from grants.core.list_filters import Choice, DateRange, MoneyRange
from grants.core.policy import Actor
from grants.organisations.models import Organisation
from grants.payments.fields import GATES, TONES, TRANCHE_STATES
from grants.payments.models import Payment, Tranche
from grants.payments.queries.tranches import staff_visible_to
from grants.projects.models import Project


def _rows(actor: Actor) -> Select[Any]:
    return (
        staff_visible_to(actor)
        .join(Organisation, Grant.organisation_id == Organisation.id)
        .outerjoin(Payment, Payment.tranche_id == Tranche.id)
    )


TRANCHES = Listing(
    name="tranches",
    title=_l("All tranches"),
    rows=_rows,
    key=Tranche.id,
    columns=(
        Column("project", _l("Project"), Project.title),
        Column(
            "group", _l("Group"), Organisation.name, label_of=words, sort=Organisation.name_folded, width="w6"
        ),
        Column("grant", _l("Grant"), Grant.number, width="w7", is_default=False),
        Column("number", _l("Tranche"), Tranche.number, ColumnKind.NUMBER),
        Column("amount", _l("Amount"), Tranche.amount, ColumnKind.MONEY),
        Column(
            "state",
            _l("State"),
            Tranche.state,
            ColumnKind.TAG,
            label_of=TRANCHE_STATES.__getitem__,
            tone_of=TONES.__getitem__,
        ),
        Column("gate", _l("Condition"), Tranche.gate, label_of=GATES.__getitem__),
        Column("due", _l("Due"), Tranche.due_on, ColumnKind.DATE),
        Column("paid", _l("Paid on"), Payment.paid_on, ColumnKind.DATE),
        Column("payment", _l("Payment number"), Payment.number, is_default=False),
        Column("receipt", _l("Number of the receipt"), Payment.receipt_number, is_default=False),
    ),
    sort="-due",
    lead="project",
    href=lambda row: f"/payments/{row.public_id}",
    extra={"public_id": Tranche.public_id},
    filters=(
        Choice("state", _l("State"), Tranche.state, choices=tuple(TRANCHE_STATES.items())),
        Choice("gate", _l("Condition"), Tranche.gate, choices=tuple(GATES.items())),
        DateRange("paid", _l("Paid on"), Payment.paid_on),
        MoneyRange("amount", _l("Amount"), Tranche.amount),
    ),
    empty=_l("Tranches are planned when an agreement is signed."),
)

"""What the public notice of a decision says, in every language of the house."""

from __future__ import annotations

from collections.abc import Callable

from grants.calls.models import Call
from grants.core.i18n import NAMES, ngettext, speaking, words
from grants.core.i18n import gettext as _
from grants.decisions.fields import Outcome
from grants.decisions.queries.table import Table
from grants.notices.rules import Item


def items(shown: Table) -> list[Item]:
    """The funded, in the order of the ranking; `key` is the case, which objections name."""
    return [
        Item(
            key=f"proposal/{row.proposal_id}",
            number=row.number,
            title=row.title,
            organisation=dict(row.organisation),
            amount=row.amount,
        )
        for row in shown.rows
        if row.outcome is Outcome.FUND
    ]


def title(call: Call) -> dict[str, str]:
    return _in_every_language(lambda: _("Projects to be funded: %(call)s", call=words(call.title)))


def introduction(call: Call, shown: Table) -> dict[str, str]:
    count = shown.count(Outcome.FUND)
    return _in_every_language(
        lambda: ngettext(
            "After expert review and the decision of the board, one project is to be funded. Whoever has an "
            "objection may raise it, with their name, until the notice ends.",
            "After expert review and the decision of the board, %(num)s projects are to be funded. Whoever has an "
            "objection may raise it, with their name, until the notice ends.",
            count,
        )
    )


def _in_every_language(say: Callable[[], str]) -> dict[str, str]:
    found = {}
    for code in NAMES:
        with speaking(code):
            found[code] = say()
    return found

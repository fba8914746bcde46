"""What the public notice of a decision says, in every language of the house."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from grants.calls.models import Call
from grants.core.i18n import NAMES, ngettext, speaking, words
from grants.core.i18n import gettext as _
from grants.decisions.fields import Outcome
from grants.decisions.queries.table import Row
from grants.notices.rules import Item
from grants.proposals.models import Proposal


def items(rows: Iterable[Row]) -> list[Item]:
    """The funded, in the order of the ranking; `key` is the case, which objections name."""
    return [
        Item(
            key=f"proposal/{row.proposal_id}",
            number=row.number,
            title=row.title,
            organisation=dict(row.organisation),
            amount=row.amount,
        )
        for row in rows
        if row.outcome is Outcome.FUND
    ]


def title(call: Call) -> dict[str, str]:
    return _in_every_language(lambda: _("Projects to be funded: %(call)s", call=words(call.title)))


def introduction(count: int) -> dict[str, str]:
    return _in_every_language(
        lambda: ngettext(
            "After expert review and the decision of the board, one project is to be funded. Whoever has an "
            "objection may raise it, with their name, until the notice ends.",
            "After expert review and the decision of the board, %(num)s projects are to be funded. Whoever has an "
            "objection may raise it, with their name, until the notice ends.",
            count,
        )
    )


def withdrawn(proposal: Proposal, objection: str) -> dict[str, str]:
    """What stands beside the frozen list once an objection against one of its items was upheld."""
    return _in_every_language(
        lambda: _(
            "%(number)s “%(title)s” is no longer to be funded: objection %(objection)s was upheld.",
            number=proposal.number or "",
            title=proposal.title,
            objection=objection,
        )
    )


def _in_every_language(say: Callable[[], str]) -> dict[str, str]:
    found = {}
    for code in NAMES:
        with speaking(code):
            found[code] = say()
    return found

"""What is told about decisions: the board that a table lies before it, a group what became of its proposal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grants.accounts import queries as people
from grants.core.i18n import lazy_gettext as _l
from grants.messaging.fields import Recipient, Tell, Values
from grants.proposals.queries import writers_of


def _the_board(fact: Values) -> Iterable[Recipient]:
    return people.holders_of("board")


def _the_group(fact: Values) -> Iterable[Recipient]:
    return writers_of(int(fact["organisation_id"]))


def _those_with_the_money(fact: Values) -> Iterable[Recipient]:
    return people.holders_of("officer", "finance", "director")


TELLS: Mapping[str, Sequence[Tell]] = {
    "BoardConvened": (
        Tell(
            "board_convened",
            _the_board,
            _l("The decisions on %(title)s lie before the board: please vote"),
            "/calls/%(call)s/board",
            label=_l("Votes of the board"),
        ),
    ),
    "DecisionWithdrawn": (
        Tell(
            "decision_withdrawn",
            _the_group,
            _l("The decision to fund “%(title)s” was withdrawn after an objection"),
            "/proposals/%(proposal)s",
        ),
        Tell(
            "money_freed",
            _those_with_the_money,
            _l("The decision to fund “%(title)s” was withdrawn; the reserve list may take the money"),
            "/calls/%(call)s/decisions",
            label=_l("Withdrawn decisions"),
        ),
    ),
    "ResultReleased": (
        Tell(
            "result_released",
            _the_group,
            _l("What was decided on “%(title)s”"),
            "/proposals/%(proposal)s",
        ),
    ),
}

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
    "ResultReleased": (
        Tell(
            "result_released",
            _the_group,
            _l("What was decided on “%(title)s”"),
            "/proposals/%(proposal)s",
        ),
    ),
}

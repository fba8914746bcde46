"""What is told about the end of projects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grants.accounts import queries as people
from grants.core.i18n import lazy_gettext as _l
from grants.messaging.fields import Recipient, Tell, Values
from grants.payments.queries.accounts import owners_of

PAGE = "/closeouts/%(closeout)s"


def _leaders(fact: Values) -> Iterable[Recipient]:
    return owners_of([int(fact["organisation_id"])])


def _finance(fact: Values) -> Iterable[Recipient]:
    return people.holders_of("finance")


TELLS: Mapping[str, Sequence[Tell]] = {
    "CloseoutOpened": (
        Tell(
            "closeout_opened", _leaders, _l("“%(title)s” comes to its end: hand in the final account"), PAGE
        ),
    ),
    "FinalAccountReturned": (
        Tell(
            "account_returned", _leaders, _l("The final account of “%(title)s” came back: %(reason)s"), PAGE
        ),
    ),
    "FinalAccountSubmitted": (
        Tell(
            "account_submitted",
            _finance,
            _l("The final account of “%(title)s” came in: ¥%(to_return)s to return"),
            PAGE,
            label=_l("Final accounts"),
        ),
    ),
    "ProjectGraded": (
        Tell("project_graded", _leaders, _l("“%(title)s” was evaluated: %(score)s points"), PAGE),
    ),
    "CloseoutClosed": (
        Tell("closeout_closed", _leaders, _l("“%(title)s” is closed with nothing owed. Thank you!"), PAGE),
    ),
}

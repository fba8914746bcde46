"""What is told about judging: to who is asked, and to the officers when somebody steps back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grants.accounts import queries as people
from grants.core.i18n import lazy_gettext as _l
from grants.messaging.fields import Recipient, Tell, Values


def _who_was_asked(fact: Values) -> Iterable[Recipient]:
    return [int(fact["reviewer_user_id"])]


def _who_runs_it(fact: Values) -> Iterable[Recipient]:
    if fact["holder_kind"] != "call":
        return people.holders_of("awards")
    return people.holders_of("officer", call_id=int(fact["holder_id"]))


TELLS: Mapping[str, Sequence[Tell]] = {
    "ReviewerAsked": (
        Tell(
            "reviewer_asked",
            _who_was_asked,
            _l("You were asked to review “%(title)s”"),
            "/reviews/%(assignment)s",
            label=_l("Reviews I am asked for"),
        ),
    ),
    "ReviewerSteppedBack": (
        Tell(
            "reviewer_stepped_back",
            _who_runs_it,
            _l("A reviewer stepped back from “%(title)s”"),
            "/reviews/entries/%(entry)s",
            label=_l("Reviewers who step back"),
        ),
    ),
}

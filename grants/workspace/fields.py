"""The words for where a proposal stands, and whose turn it is then. Said once for every list and home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.proposals.fields import ProposalState as P


@dataclass(frozen=True)
class Standing:
    """A state as people say it: the word, its tone, how far along the way, whose turn it is in
    a few words for lists, and what comes next, said to the group.
    """

    word: Sentence
    tone: str
    step: int
    turn: Sentence
    next: Sentence


STEPS: tuple[Sentence, ...] = (
    _l("Written"),
    _l("Sent in"),
    _l("Checked"),
    _l("Reviewed"),
    _l("Decided"),
    _l("Signed"),
    _l("Under way"),
    _l("Closed"),
)

PROPOSALS: Mapping[P, Standing] = {
    P.DRAFT: Standing(_l("Draft"), "", 0, _l("the group writes"), _l("Your turn: finish it and send it in.")),
    P.SUBMITTED: Standing(
        _l("Sent in"),
        "wait",
        1,
        _l("the officer checks"),
        _l("The foundation checks whether it meets the conditions."),
    ),
    P.RETURNED: Standing(
        _l("Returned to be mended"),
        "act",
        1,
        _l("the group mends"),
        _l("Your turn: mend what is named and send it in again."),
    ),
    P.ELIGIBLE: Standing(
        _l("Meets the conditions"), "go", 2, _l("goes to review"), _l("It goes to the reviewers next.")
    ),
    P.INELIGIBLE: Standing(
        _l("Does not meet the conditions"),
        "stop",
        2,
        _l("may object"),
        _l("You may object until the date named."),
    ),
    P.IN_REVIEW: Standing(
        _l("Under review"), "go", 3, _l("reviewers read"), _l("Reviewers read it; then the board decides.")
    ),
    P.FUNDED: Standing(
        _l("To be funded"), "done", 4, _l("notice, agreement"), _l("Public notice, then the agreement.")
    ),
    P.RESERVED: Standing(
        _l("On the reserve list"),
        "spare",
        4,
        _l("waits for a place"),
        _l("It is funded if a place becomes free."),
    ),
    P.DECLINED: Standing(
        _l("Not funded"), "off", 4, _l("nothing open"), _l("The comments show what to do better next time.")
    ),
    P.WITHDRAWN: Standing(_l("Withdrawn"), "off", 1, _l("nothing open"), _l("Nothing more happens here.")),
}

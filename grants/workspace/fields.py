"""The words for where a proposal stands, and whose turn it is then. Said once for every list and home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.proposals.fields import ProposalState as P


@dataclass(frozen=True)
class Standing:
    """A state as people say it: the word, its tone, how far along the way, what comes next and from whom."""

    word: Sentence
    tone: str
    step: int
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
    P.DRAFT: Standing(_l("Draft"), "", 0, _l("Your turn: finish it and send it in.")),
    P.SUBMITTED: Standing(
        _l("Sent in"), "wait", 1, _l("The foundation checks whether it meets the conditions.")
    ),
    P.RETURNED: Standing(
        _l("Returned to be mended"), "act", 1, _l("Your turn: mend what is named and send it in again.")
    ),
    P.ELIGIBLE: Standing(_l("Meets the conditions"), "go", 2, _l("It goes to the reviewers next.")),
    P.INELIGIBLE: Standing(
        _l("Does not meet the conditions"), "stop", 2, _l("You may object until the date named.")
    ),
    P.IN_REVIEW: Standing(_l("Under review"), "go", 3, _l("Reviewers read it; then the board decides.")),
    P.FUNDED: Standing(_l("To be funded"), "done", 4, _l("Public notice, then the agreement.")),
    P.RESERVED: Standing(_l("On the reserve list"), "spare", 4, _l("It is funded if a place becomes free.")),
    P.DECLINED: Standing(_l("Not funded"), "off", 4, _l("The comments show what to do better next time.")),
    P.WITHDRAWN: Standing(_l("Withdrawn"), "off", 1, _l("Nothing more happens here.")),
}

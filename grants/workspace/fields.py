"""The words for where a proposal stands, and whose turn it is then. Said once for every list and home."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l
from grants.projects.fields import PROJECT_STATES, PROJECT_TONES
from grants.projects.fields import ProjectState as R
from grants.proposals.fields import ProposalState as P


class Standing(Struct, frozen=True):
    """A state as people say it: the word, its tone, the step of the way it is at, whose turn it is in
    a few words for lists, and what comes next, said to the group.
    """

    word: Sentence
    tone: str
    step: int
    turn: Sentence
    next: Sentence


STEPS: tuple[Sentence, ...] = (
    _l("Writing"),
    _l("Checking"),
    _l("Review"),
    _l("Decision"),
    _l("Work"),
    _l("Close-out"),
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
        _l("Returned for changes"),
        "act",
        1,
        _l("the group mends"),
        _l("Your turn: mend what is named and send it in again."),
    ),
    P.ELIGIBLE: Standing(_l("Eligible"), "go", 2, _l("goes to review"), _l("It goes to the reviewers next.")),
    P.INELIGIBLE: Standing(
        _l("Not eligible"),
        "stop",
        1,
        _l("may object"),
        _l("You may object until the date named."),
    ),
    P.IN_REVIEW: Standing(
        _l("Under review"), "go", 2, _l("reviewers read"), _l("Reviewers read it; then the board decides.")
    ),
    P.FUNDED: Standing(
        _l("Chosen for funding"), "done", 3, _l("notice, agreement"), _l("Public notice, then the agreement.")
    ),
    P.RESERVED: Standing(
        _l("On the reserve list"),
        "spare",
        3,
        _l("waits for a place"),
        _l("It is funded if a place becomes free."),
    ),
    P.DECLINED: Standing(
        _l("Not funded"), "off", 3, _l("nothing open"), _l("The comments show what to do better next time.")
    ),
    P.WITHDRAWN: Standing(_l("Withdrawn"), "off", 1, _l("nothing open"), _l("Nothing more happens here.")),
}

PROMISED = Standing(
    _l("To be signed"),
    "wait",
    3,
    _l("all sign"),
    _l("The agreement: read it, sign it, and the work can begin."),
)


def _project(state: R, step: int, turn: Sentence, next_: Sentence) -> Standing:
    return Standing(PROJECT_STATES[state], PROJECT_TONES[state], step, turn, next_)


PROJECTS: Mapping[R, Standing] = {
    R.PREPARING: _project(
        R.PREPARING, 4, _l("the group prepares"), _l("It starts on the day of the agreement.")
    ),
    R.ACTIVE: _project(
        R.ACTIVE, 4, _l("the group works"), _l("Do the work, record it, report when it is time.")
    ),
    R.SUSPENDED: _project(
        R.SUSPENDED, 4, _l("the officer decides"), _l("Mend what was found; the work rests until then.")
    ),
    R.CLOSING: _project(
        R.CLOSING, 5, _l("closing"), _l("Settle the account; then the foundation gives the grade.")
    ),
    R.CLOSED: _project(R.CLOSED, len(STEPS), _l("nothing open"), _l("All is done. Thank you.")),
    R.TERMINATED: _project(
        R.TERMINATED, 5, _l("nothing open"), _l("It ended early. What is left is settled.")
    ),
}


def standing_of(state: P, *, is_granted: bool, project: R | None) -> Standing:
    """Where a case stands by the furthest thing that grew out of the proposal."""
    if project is not None:
        return PROJECTS[project]
    return PROMISED if is_granted else PROPOSALS[state]


def address_of(proposal_id: str, project_id: str | None) -> str:
    """The page of a case: its project's, once there is one."""
    return f"/projects/{project_id}" if project_id else f"/proposals/{proposal_id}"

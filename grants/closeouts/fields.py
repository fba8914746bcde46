"""The closed sets of words about closing out, and what is used where a call says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l

WORDS = 2000
REFERENCE = 60
GRADE = 40
DAYS_BEFORE_THE_END = 30
DAYS_FOR_THE_ACCOUNT = 30


class CloseoutState(StrEnum):
    """From the first line of the checklist to the sealed archive."""

    OPEN = "open"
    SUBMITTED = "submitted"
    GRADED = "graded"
    CLOSED = "closed"


class Source(StrEnum):
    """Who says how good the work was."""

    STAFF = "staff"
    THIRD_PARTY = "third_party"
    BENEFICIARIES = "beneficiaries"
    VOLUNTEERS = "volunteers"


class Dimension(StrEnum):
    """What staff look at when they mark."""

    COMPLETION = "completion"
    EFFECT = "effect"
    FINANCE = "finance"
    ARCHIVE = "archive"


STATES: Mapping[CloseoutState, Sentence] = {
    CloseoutState.OPEN: _l("waits for the final account"),
    CloseoutState.SUBMITTED: _l("waits for the evaluation"),
    CloseoutState.GRADED: _l("evaluated, to be closed"),
    CloseoutState.CLOSED: _l("settled and closed"),
}
TONES: Mapping[CloseoutState, str] = {
    CloseoutState.OPEN: "act",
    CloseoutState.SUBMITTED: "wait",
    CloseoutState.GRADED: "go",
    CloseoutState.CLOSED: "done",
}
SOURCES: Mapping[Source, Sentence] = {
    Source.STAFF: _l("The foundation's staff"),
    Source.THIRD_PARTY: _l("Outside evaluator"),
    Source.BENEFICIARIES: _l("People who were served"),
    Source.VOLUNTEERS: _l("Volunteers"),
}
DIMENSIONS: Mapping[Dimension, Sentence] = {
    Dimension.COMPLETION: _l("Goals and activities done"),
    Dimension.EFFECT: _l("Effect and satisfaction"),
    Dimension.FINANCE: _l("Care with money"),
    Dimension.ARCHIVE: _l("Records and hours"),
}

# A call may say otherwise in its settings: {"evaluation": {"sources": {…}, "dimensions": {…}}}.
SOURCE_WEIGHTS: Mapping[Source, int] = {
    Source.STAFF: 40,
    Source.THIRD_PARTY: 30,
    Source.BENEFICIARIES: 20,
    Source.VOLUNTEERS: 10,
}
DIMENSION_WEIGHTS: Mapping[Dimension, int] = {
    Dimension.COMPLETION: 40,
    Dimension.EFFECT: 25,
    Dimension.FINANCE: 20,
    Dimension.ARCHIVE: 15,
}

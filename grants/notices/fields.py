"""The closed sets of words and the limits of notices and objections."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from grants.core.i18n import Sentence
from grants.core.i18n import lazy_gettext as _l

# The duty of whoever looks into objections.
DECIDE = "objection.decide"
NAME = 60
CONTACT = 120
CONTENT = 3000
REASON = 2000
CORRECTION = 2000
MOST_DAYS = 60


class NoticeState(StrEnum):
    """How far a notice has come."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class ObjectionState(StrEnum):
    """What became of an objection."""

    RECEIVED = "received"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


NOTICE_STATES: Mapping[NoticeState, Sentence] = {
    NoticeState.DRAFT: _l("Draft notice"),
    NoticeState.PUBLISHED: _l("In public notice"),
    NoticeState.CLOSED: _l("Notice over"),
}
OBJECTION_STATES: Mapping[ObjectionState, Sentence] = {
    ObjectionState.RECEIVED: _l("Being looked into"),
    ObjectionState.UPHELD: _l("Upheld"),
    ObjectionState.DISMISSED: _l("Dismissed"),
}
NOTICE_TONES: Mapping[NoticeState, str] = {
    NoticeState.DRAFT: "",
    NoticeState.PUBLISHED: "go",
    NoticeState.CLOSED: "done",
}
OBJECTION_TONES: Mapping[ObjectionState, str] = {
    ObjectionState.RECEIVED: "act",
    ObjectionState.UPHELD: "stop",
    ObjectionState.DISMISSED: "done",
}

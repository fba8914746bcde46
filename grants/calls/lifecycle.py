"""The legal moves of a call."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from grants.calls.fields import CallState as S
from grants.calls.models import Call
from grants.core.errors import Violation
from grants.core.i18n import gettext as _
from grants.core.lifecycle import Lifecycle, Transition

LIVE = frozenset({S.SCHEDULED, S.OPEN, S.CLOSED, S.IN_REVIEW, S.DECIDED})


def _has_begun(call: Call, at: datetime) -> Iterable[Violation]:
    if call.opens_at is None or at < call.opens_at:
        yield Violation("not_yet", _("The time to open has not come."))


def _is_over(call: Call, at: datetime) -> Iterable[Violation]:
    if call.closes_at is None or at <= call.closes_at:
        yield Violation("not_over", _("Proposals are still taken in."))


CALL = Lifecycle(
    Transition("publish", frozenset({S.DRAFT}), S.SCHEDULED),
    Transition("open", frozenset({S.SCHEDULED}), S.OPEN, guards=(_has_begun,)),
    Transition("close", frozenset({S.OPEN}), S.CLOSED, guards=(_is_over,)),
    Transition("reopen", frozenset({S.CLOSED}), S.OPEN),
    Transition("start_review", frozenset({S.CLOSED}), S.IN_REVIEW),
    Transition("decide", frozenset({S.IN_REVIEW}), S.DECIDED),
    Transition("give_notice", frozenset({S.DECIDED}), S.IN_NOTICE),
    Transition("implement", frozenset({S.IN_NOTICE}), S.IN_IMPLEMENTATION),
    Transition("archive", frozenset({S.IN_IMPLEMENTATION, S.CANCELLED}), S.ARCHIVED),
    Transition("cancel", LIVE, S.CANCELLED),
)

"""The legal moves of notices and objections."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from grants.core.errors import Violation
from grants.core.i18n import gettext as _
from grants.core.lifecycle import Lifecycle, Transition
from grants.notices.fields import NoticeState as N
from grants.notices.fields import ObjectionState as O
from grants.notices.models import Notice, Objection


def _has_ended(notice: Notice, at: datetime) -> Iterable[Violation]:
    if notice.ends_at is None or at < notice.ends_at:
        yield Violation("not_ended", _("The days of the notice are not over."))


def _has_a_reason(objection: Objection, at: datetime) -> Iterable[Violation]:
    if not objection.decision.strip():
        yield Violation("decision", _("Say why the objection is decided so."), "decision")


NOTICE = Lifecycle(
    Transition("publish", frozenset({N.DRAFT}), N.PUBLISHED),
    Transition("close", frozenset({N.PUBLISHED}), N.CLOSED, guards=(_has_ended,)),
)
OBJECTION = Lifecycle(
    Transition("uphold", frozenset({O.RECEIVED}), O.UPHELD, guards=(_has_a_reason,)),
    Transition("dismiss", frozenset({O.RECEIVED}), O.DISMISSED, guards=(_has_a_reason,)),
)

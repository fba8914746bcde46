"""How a cycle, a nomination and a certificate may move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from grants.awards.fields import CertificateState as P
from grants.awards.fields import CycleState as C
from grants.awards.fields import NominationState as N
from grants.awards.models import AwardCycle
from grants.core import clock
from grants.core.errors import Violation
from grants.core.i18n import date_text
from grants.core.i18n import gettext as _
from grants.core.lifecycle import Lifecycle, Transition


def nominations_ended(cycle: AwardCycle, at: datetime) -> Iterator[Violation]:
    if at < clock.end_of(cycle.nominate_to):
        day = date_text(cycle.nominate_to)
        yield Violation("too_early", _("Nominations are open to the end of %(day)s.", day=day))


def jury_ended(cycle: AwardCycle, at: datetime) -> Iterator[Violation]:
    if at < clock.end_of(cycle.score_to):
        yield Violation(
            "too_early", _("The jury works to the end of %(day)s.", day=date_text(cycle.score_to))
        )


CYCLE = Lifecycle(
    Transition("open", frozenset({C.DRAFT}), C.NOMINATING),
    Transition("score", frozenset({C.NOMINATING}), C.SCORING, guards=(nominations_ended,)),
    Transition("publish", frozenset({C.SCORING}), C.IN_NOTICE, guards=(jury_ended,)),
    Transition("award", frozenset({C.IN_NOTICE}), C.AWARDED),
)
NOMINATION = Lifecycle(
    Transition("submit", frozenset({N.DRAFT}), N.SUBMITTED),
    Transition("withdraw", frozenset({N.DRAFT, N.SUBMITTED, N.SHORTLISTED}), N.WITHDRAWN),
    Transition("shortlist", frozenset({N.SUBMITTED}), N.SHORTLISTED),
    Transition("put back", frozenset({N.SHORTLISTED}), N.SUBMITTED),
    Transition("drop", frozenset({N.SUBMITTED, N.SHORTLISTED}), N.DROPPED),
    Transition("award", frozenset({N.SHORTLISTED}), N.WON),
    Transition("revoke", frozenset({N.WON}), N.REVOKED),
)
CERTIFICATE = Lifecycle(Transition("withdraw", frozenset({P.ISSUED}), P.WITHDRAWN))

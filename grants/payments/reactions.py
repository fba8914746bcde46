"""What paying does when agreements are signed, reports read, findings opened and closed, projects stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from grants.agreements.events import AgreementSigned, GrantTerminated
from grants.core import clock, i18n
from grants.core.events import publish
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import SYSTEM
from grants.funds import actions as funds
from grants.funds import queries as books
from grants.funds.fields import BudgetLine
from grants.payments import events, rules
from grants.payments.actions import tranches as actions
from grants.payments.fields import TrancheState
from grants.payments.models import Tranche
from grants.payments.queries import tranches as queries
from grants.projects.events import (
    FindingClosed,
    FindingOpened,
    FindingReopened,
    ProjectResumed,
    ProjectSuspended,
    ProjectTerminated,
    ReportAccepted,
)
from grants.projects.fields import ReportResult

TERMINATED = _l("the project was terminated")


def plan_and_open(fact: AgreementSigned) -> None:
    """The signed agreement brings the plan of the money, and meets the first gate."""
    actions.plan_tranches(queries.grant_to_plan(fact.grant_id), by=SYSTEM, at=fact.occurred_at)
    actions.open_gates(fact.grant_id, by=SYSTEM, at=fact.occurred_at)


def open_or_hold(fact: ReportAccepted) -> None:
    """A report that passed opens its gate; one that did not holds what it would have opened (S000-8)."""
    if fact.result == ReportResult.PASS:
        actions.open_gates(fact.grant_id, by=SYSTEM, at=fact.occurred_at)
        return
    for tranche in queries.tranches_of(fact.grant_id):
        report = rules.report_behind(tranche)
        if report is not None and report.id == fact.report_id and tranche.state is TrancheState.LOCKED:
            _held(tranche, _words(_l("the report did not pass")), fact.occurred_at)


def hold_for_finding(fact: FindingOpened | FindingReopened) -> None:
    if fact.holds_payment:
        reason = _words(_l("the finding “%(name)s” is open", name=fact.name))
        _tell_all(fact.grant_id, lambda tranche: _held(tranche, reason, fact.occurred_at))


def release_for_finding(fact: FindingClosed) -> None:
    """What it held may be paid; a report that had to be rectified now meets its gate."""
    if fact.holds_payment:
        _tell_all(fact.grant_id, lambda tranche: _freed(tranche, fact.occurred_at))
        actions.open_gates(fact.grant_id, by=SYSTEM, at=fact.occurred_at)


def hold_for_suspension(fact: ProjectSuspended) -> None:
    reason = _words(_l("the project is suspended"))
    _tell_all(queries.grant_of_project(fact.project_id), lambda row: _held(row, reason, fact.occurred_at))


def release_for_resumption(fact: ProjectResumed) -> None:
    _tell_all(queries.grant_of_project(fact.project_id), lambda row: _freed(row, fact.occurred_at))


def cancel_for_termination(fact: ProjectTerminated) -> None:
    """What was not paid falls away, and its promise is released."""
    actions.cancel_unpaid(fact.grant_id, reason=str(TERMINATED), by=SYSTEM, at=fact.occurred_at)


def release_what_is_left(fact: GrantTerminated) -> None:
    """Whatever is still promised to the case, planned as tranches or not, is free again."""
    actions.cancel_unpaid(fact.grant_id, reason=fact.reason, by=SYSTEM, at=fact.occurred_at)
    grant = queries.grant_to_plan(fact.grant_id)
    left = books.figures_of_case(grant.case, grant.fund_id, grant.year, BudgetLine.GRANTS).committed
    if left:
        fund = books.by_id(grant.fund_id)
        terms: dict[str, Any] = {"year": grant.year, "amount": left, "case": grant.case}
        funds.release_commitment(fund, **terms, by=SYSTEM, at=fact.occurred_at)


def _words(sentence: Any) -> dict[str, str]:
    return i18n.in_all_languages(sentence)


def _tell_all(grant_id: int, tell: Callable[[Tranche], None]) -> None:
    for tranche in queries.tranches_of(grant_id):
        if tranche.state in rules.OPEN_STATES:
            tell(tranche)


def _held(tranche: Tranche, reason: dict[str, str], at: datetime) -> None:
    publish(events.PaymentHeld(reason=reason, **actions.said(tranche, SYSTEM, at)))


def _freed(tranche: Tranche, at: datetime) -> None:
    if not rules.holds_of(tranche, clock.day_of(at)):
        publish(events.PaymentReleased(**actions.said(tranche, SYSTEM, at)))

"""Pure rules of paying: when a gate is met, what holds money back, what an account must be.

They look at loaded rows: a tranche with its grant, payment, accounts, and its project with findings and reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from grants.agreements.fields import GrantState
from grants.calls.fields import Gate
from grants.core import clock, i18n
from grants.core.errors import Violation
from grants.core.i18n import date_text
from grants.core.i18n import gettext as _
from grants.core.money import Money, total
from grants.core.text import folded
from grants.payments.fields import LONGEST_NUMBER, SHORTEST_NUMBER, TrancheState
from grants.payments.models import Payment, Tranche
from grants.projects.fields import FindingState, ProjectState, ReportKind, ReportResult, ReportState
from grants.projects.models import Finding, Project, Report

REPORT_OF: Mapping[Gate, ReportKind] = {
    Gate.MIDTERM_PASSED: ReportKind.MIDTERM,
    Gate.FINAL_ACCEPTED: ReportKind.FINAL,
}
OPEN_STATES = (TrancheState.PAYABLE, TrancheState.APPLIED, TrancheState.APPROVED)


class Hold(Struct, frozen=True):
    """Something that keeps a tranche from being paid, in words, and who can mend it."""

    code: str
    sentence: str
    whose: str


def gate_is_met(tranche: Tranche) -> bool:
    """Hard rule 5. A report that had to be rectified passes once what it held is closed."""
    if tranche.gate is Gate.AGREEMENT_SIGNED:
        return tranche.grant.state in {GrantState.ACTIVE, GrantState.CLOSED}
    report = report_behind(tranche)
    if report is None or tranche.project is None:
        return False
    return report.result is ReportResult.PASS or _is_rectified(report, tranche.project.findings)


def report_behind(tranche: Tranche) -> Report | None:
    """The accepted report that the gate of this tranche hangs on."""
    kind = REPORT_OF.get(tranche.gate)
    reports = tranche.project.reports if tranche.project is not None else ()
    read = (report for report in reports if report.kind is kind and report.state is ReportState.ACCEPTED)
    return next(read, None)


def report_awaited(tranche: Tranche) -> Report | None:
    """The report that has still to come before the gate can be met."""
    kind = REPORT_OF.get(tranche.gate)
    reports = tranche.project.reports if tranche.project is not None else ()
    return next((row for row in reports if row.kind is kind and row.state is not ReportState.ACCEPTED), None)


def _is_rectified(report: Report, findings: Sequence[Finding]) -> bool:
    if report.result is not ReportResult.RECTIFY or report.submitted_at is None:
        return False
    holding = [finding for finding in findings if finding.holds_payment]
    mended = [row for row in holding if row.closed_at is not None and row.closed_at >= report.submitted_at]
    return bool(mended) and all(row.state is FindingState.CLOSED for row in holding)


def holds_of(tranche: Tranche, on: date) -> tuple[Hold, ...]:
    """Every reason why money must wait, so that all can be mended at once."""
    return (*_project_holds(tranche.project), *_report_holds(tranche), *_account_holds(tranche, on))


def _project_holds(project: Project | None) -> Iterator[Hold]:
    if project is None:
        return
    for finding in project.findings:
        if finding.holds_payment and finding.state is not FindingState.CLOSED:
            whose = _("%(name)s, until %(day)s", name=finding.owner_name, day=date_text(finding.due_on))
            if finding.state is FindingState.ANSWERED:
                whose = _("a second person of the foundation")
            yield Hold("finding", _("The finding “%(title)s” is not closed.", title=finding.title), whose)
    if project.state is ProjectState.SUSPENDED:
        yield Hold("suspended", _("The project is suspended."), _("the programme officer"))
    if project.state is ProjectState.TERMINATED:
        yield Hold("terminated", _("The project was terminated."), _("nobody: no money moves any more"))


def _report_holds(tranche: Tranche) -> Iterator[Hold]:
    report = report_behind(tranche)
    if report is None or gate_is_met(tranche):
        return
    yield Hold(
        "not_passed",
        _("The report was read and did not pass: what was found has to be put right first."),
        _("the group, then a second person of the foundation"),
    )


def _account_holds(tranche: Tranche, on: date) -> Iterator[Hold]:
    account = tranche.account
    if account is None:
        yield Hold(
            "no_account", _("The payee has no confirmed account."), _("the payee's leader, then finance")
        )
        return
    if account.usable_from is not None and on < account.usable_from:
        day = date_text(account.usable_from)
        sentence = _("The account is new: it can be used from %(day)s.", day=day)
        yield Hold("new_account", sentence, _("nobody: the waiting days pass"))
    payment = tranche.payment
    under_way = tranche.state in {TrancheState.APPLIED, TrancheState.APPROVED}
    if under_way and payment is not None and payment.account_id != account.id:
        sentence = _("The payee's account changed after this was applied for: send it back and apply again.")
        yield Hold("account_changed", sentence, _("finance"))


def is_held(tranche: Tranche, on: date) -> bool:
    """Held: due but stopped, or its report was read and did not pass."""
    if tranche.state is TrancheState.LOCKED:
        return report_behind(tranche) is not None and not gate_is_met(tranche)
    return tranche.state in OPEN_STATES and bool(holds_of(tranche, on))


def gate_must_be_met(tranche: Tranche, at: datetime) -> Iterator[Violation]:
    """A guard: no way into paying past the gate (hard rule 5)."""
    if not gate_is_met(tranche):
        yield Violation(
            "gate_not_met",
            _("Tranche %(number)s has to wait: its condition is not met yet.", number=tranche.number),
        )


def nothing_may_hold(tranche: Tranche, at: datetime) -> Iterator[Violation]:
    """A guard: every reason to wait is named."""
    for hold in holds_of(tranche, clock.day_of(at)):
        yield Violation(hold.code, hold.sentence)


def a_second_person_approves(tranche: Tranche, at: datetime) -> Iterator[Violation]:
    """A guard: whoever applies does not approve (hard rule 5)."""
    payment = tranche.payment
    if payment is None or payment.approved_by_id is None or payment.approved_by_id == payment.applied_by_id:
        yield Violation("same_person", _("Whoever applied for a payment cannot approve it."))


def somebody_else_pays(tranche: Tranche, at: datetime) -> Iterator[Violation]:
    """A guard: whoever approves does not pay (hard rule 5)."""
    payment = tranche.payment
    if payment is None or payment.paid_by_id is None or payment.paid_by_id == payment.approved_by_id:
        yield Violation("same_person", _("Whoever approved a payment cannot pay it."))


def parts_of(amount: Money, percents: Sequence[object]) -> tuple[Money, ...]:
    """The grant in parts, to the fen; no plan means no parts."""
    return amount.split(percents) if percents else ()  # type: ignore[arg-type]


def parts_make_the_whole(amount: Money, parts: Sequence[Money]) -> Iterator[Violation]:
    """Tranches sum to the grant, to the fen (hard rule 5)."""
    if total(parts) != amount:
        yield Violation(
            "tranches_do_not_sum",
            _(
                "The tranches make %(sum)s, the grant is %(amount)s.",
                sum=shown(total(parts)),
                amount=shown(amount),
            ),
        )


def payment_faults(payment: Payment, *, paid_on: date, number: str, today: date) -> Iterator[Violation]:
    """What is wrong with the record of a payment."""
    if paid_on > today:
        yield Violation("future", _("This day has not come yet."), "paid_on")
    elif payment.approved_at is not None and paid_on < clock.day_of(payment.approved_at):
        day = date_text(payment.approved_at)
        yield Violation("too_early", _("The payment was only approved on %(day)s.", day=day), "paid_on")
    if not number:
        yield Violation("required", _("Write the number of the receipt."), "receipt_number")


def account_faults(
    holder_name: str, bank: str, number: str, *, allowed: Sequence[str], has_proof: bool
) -> Iterator[Violation]:
    """The name on the account must be the organisation's own, or its host's."""
    if folded(holder_name) not in {folded(name) for name in allowed}:
        names = _(" or ").join(_("“%(name)s”", name=name) for name in dict.fromkeys(allowed))
        yield Violation(
            "name_differs",
            _("The account must be in the name of %(names)s, exactly as registered.", names=names),
            "holder_name",
        )
    if not bank:
        yield Violation("required", _("Write the bank and its branch."), "bank")
    if not re.fullmatch(rf"[0-9]{{{SHORTEST_NUMBER},{LONGEST_NUMBER}}}", number):
        sentence = _(
            "An account number has %(low)s to %(high)s digits.", low=SHORTEST_NUMBER, high=LONGEST_NUMBER
        )
        yield Violation("number_strange", sentence, "number")
    if not has_proof:
        sentence = _(
            "Add a file that shows whose account it is: the bank's letter or a photo of the licence."
        )
        yield Violation("required", sentence, "proof")


def shown(amount: Money) -> str:
    return amount.formatted(i18n.language())

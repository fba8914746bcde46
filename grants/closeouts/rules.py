"""Pure rules of closing out: the checklist from real data, the weighted score, what has to come back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from msgspec import Struct, field

from grants.calls.models import GradeBand
from grants.closeouts.fields import (
    DAYS_BEFORE_THE_END,
    DIMENSION_WEIGHTS,
    SOURCE_WEIGHTS,
    CloseoutState,
    Dimension,
    Source,
)
from grants.closeouts.models import Closeout
from grants.core import i18n
from grants.core.errors import Violation
from grants.core.i18n import gettext as _
from grants.core.money import Money, total
from grants.payments import rules as paying
from grants.payments.fields import TrancheState
from grants.payments.models import Tranche
from grants.projects.fields import (
    ActivityState,
    FindingState,
    HourState,
    MilestoneState,
    ProjectState,
    ReportKind,
    ReportState,
)
from grants.projects.models import Project

NOTHING = Money(0)
HUNDREDTH = Decimal("0.01")
HIGHEST = Decimal(100)
LAST_DAYS = timedelta(days=DAYS_BEFORE_THE_END)


class Line(Struct, frozen=True):
    """One line of the checklist: what must be so, what is missing, whose turn it is."""

    key: str
    label: str
    done: int
    of: int
    missing: tuple[str, ...] = ()
    whose: str = ""
    is_needed: bool = True

    @property
    def is_done(self) -> bool:
        return not self.missing


class Mark(Struct, frozen=True):
    """What one source gave. Staff's is made from `dimensions`."""

    score: Decimal
    note: str = ""
    dimensions: Mapping[str, Decimal] = field(default_factory=dict)


class Share(Struct, frozen=True):
    """One row of the evaluation sheet: a source, its weight, its mark, and what it adds to the whole."""

    source: Source
    weight: Decimal
    score: Decimal | None
    part: Decimal | None
    note: str = ""


def source_weights(settings: Mapping[str, Any]) -> dict[Source, Decimal]:
    """The call's own weights, else the usual ones."""
    given = (settings.get("evaluation") or {}).get("sources") or SOURCE_WEIGHTS
    return {source: Decimal(str(given[source])) for source in Source if given.get(source)}


def dimension_weights(settings: Mapping[str, Any]) -> dict[Dimension, Decimal]:
    given = (settings.get("evaluation") or {}).get("dimensions") or DIMENSION_WEIGHTS
    return {each: Decimal(str(given[each])) for each in Dimension if given.get(each)}


def weighted(marks: Mapping[Any, Decimal], weights: Mapping[Any, Decimal]) -> Decimal | None:
    """Σ weight × mark ÷ Σ weight over what was marked, half up to two places; None when nothing was."""
    there = [key for key in weights if key in marks]
    whole = sum((weights[key] for key in there), Decimal())
    if not whole:
        return None
    exact = sum((weights[key] * marks[key] for key in there), Decimal()) / whole
    return exact.quantize(HUNDREDTH, ROUND_HALF_UP)


def sheet(marks: Mapping[Source, Mark], weights: Mapping[Source, Decimal]) -> list[Share]:
    """Every source with its part of the score (S003-10); one that said nothing leaves its weight to the others."""
    whole = sum((weights[source] for source in weights if source in marks), Decimal())
    rows = []
    for source, weight in weights.items():
        mark = marks.get(source)
        part = (weight * mark.score / whole).quantize(HUNDREDTH, ROUND_HALF_UP) if mark else None
        rows.append(Share(source, weight, mark.score if mark else None, part, mark.note if mark else ""))
    return rows


def grade_of(score: Decimal, bands: Iterable[GradeBand]) -> GradeBand | None:
    """The highest band of the call that the score reaches."""
    reached = [band for band in bands if band.minimum <= score]
    return max(reached, key=lambda band: band.minimum, default=None)


def mark_faults(marks: Mapping[Source, Mark]) -> Iterator[Violation]:
    if Source.STAFF not in marks:
        yield Violation("required", _("Staff have to mark every one of their four points."), "completion")
    for source, mark in marks.items():
        every = [mark.score, *mark.dimensions.values()]
        if any(not 0 <= each <= HIGHEST for each in every):
            yield Violation("out_of_range", _("A mark lies between 0 and 100."), str(source))


def expected(tranches: Iterable[Tranche]) -> Money:
    """What the group has had or will still get: not what was cancelled or can no longer open."""
    return total(row.amount for row in tranches if row.state is not TrancheState.CANCELLED and not _lost(row))


def _lost(tranche: Tranche) -> bool:
    read = paying.report_behind(tranche) is not None
    return tranche.state is TrancheState.LOCKED and read and not paying.gate_is_met(tranche)


def owed(spent: Money, tranches: Iterable[Tranche]) -> Money:
    """What has to come back in all: the money of the grant that was not spent."""
    return max(NOTHING, expected(tranches) - spent)


def account_faults(
    account: Mapping[str, Money], categories: Iterable[str], most: Money
) -> Iterator[Violation]:
    known = set(categories)
    if not account:
        yield Violation("required", _("Write what was spent, in one category at least; 0 is an answer."))
    if any(amount < NOTHING for amount in account.values()):
        yield Violation("negative", _("Nothing can be spent less than nothing."))
    if set(account) - known:
        yield Violation("unknown", _("The account names a category that is not in the budget."))
    spent = total(account.values())
    if spent > most:
        language = i18n.language()
        yield Violation(
            "too_much",
            _(
                "You account for %(spent)s, the grant brings %(most)s. Leave out what others paid for.",
                spent=spent.formatted(language),
                most=most.formatted(language),
            ),
        )


def checklist(closeout: Closeout, tranches: Sequence[Tranche]) -> list[Line]:
    """Everything that should be so before the file is shut, read from the data as it stands."""
    project = closeout.project
    ended = closeout.after_termination
    return [
        _milestones(project, needed=not ended),
        _reports(project, needed=not ended),
        _findings(project),
        _hours(project),
        _payments(tranches),
        _account(closeout),
        *([] if ended else [_evaluation(closeout)]),
        _rest(closeout),
    ]


def _milestones(project: Project, *, needed: bool) -> Line:
    open_ = [row for row in project.milestones if row.state is not MilestoneState.ACCEPTED]
    whose = _("the programme officer")
    if any(row.state is MilestoneState.PLANNED for row in open_):
        whose = _("the group")
    missing = tuple(i18n.words(row.name) for row in open_)
    every = len(project.milestones)
    return Line("milestones", _("Milestones accepted"), every - len(open_), every, missing, whose, needed)


def _reports(project: Project, *, needed: bool) -> Line:
    names = {
        ReportKind.PROGRESS: _("Progress report"),
        ReportKind.MIDTERM: _("Mid-term report"),
        ReportKind.FINAL: _("Final report"),
    }
    open_ = [row for row in project.reports if row.state is not ReportState.ACCEPTED]
    whose = _("the programme officer")
    if any(row.state is ReportState.DUE for row in open_):
        whose = _("the group")
    every = len(project.reports)
    missing = tuple(names[row.kind] for row in open_)
    return Line("reports", _("Reports accepted"), every - len(open_), every, missing, whose, needed)


def _findings(project: Project) -> Line:
    open_ = [row for row in project.findings if row.state is not FindingState.CLOSED]
    whose = _("the programme officer")
    if any(row.state is FindingState.OPEN for row in open_):
        whose = _("the group")
    every = len(project.findings)
    missing = tuple(row.title for row in open_)
    return Line("findings", _("Findings closed"), every - len(open_), every, missing, whose)


def _hours(project: Project) -> Line:
    """Shown, never in the way: hours that nobody verified simply do not count (hard rule 7)."""
    held = [
        row for row in project.activities if row.state in {ActivityState.RECORDED, ActivityState.VERIFIED}
    ]
    open_ = [
        row
        for row in held
        if row.state is ActivityState.RECORDED or any(h.state is HourState.UNVERIFIED for h in row.hours)
    ]
    missing = tuple(row.title for row in open_)
    whose = _("the programme officer")
    return Line(
        "hours", _("Hours verified"), len(held) - len(open_), len(held), missing, whose, is_needed=False
    )


def _payments(tranches: Sequence[Tranche]) -> Line:
    """Paid and confirmed, or cancelled; what can never open is released when the file is shut."""
    counted = [row for row in tranches if row.state is not TrancheState.CANCELLED and not _lost(row)]
    unpaid = [row for row in counted if row.state is not TrancheState.PAID]
    silent = [
        row
        for row in counted
        if row.state is TrancheState.PAID and (row.payment is None or row.payment.acknowledged_at is None)
    ]
    missing = (
        *(_("Tranche %(number)s is not paid", number=row.number) for row in unpaid),
        *(_("Tranche %(number)s is not confirmed by the group", number=row.number) for row in silent),
    )
    whose = _("the officer and finance") if unpaid else _("the group")
    done = len(counted) - len(unpaid) - len(silent)
    return Line("payments", _("Payments made and confirmed"), done, len(counted), missing, whose)


def _account(closeout: Closeout) -> Line:
    is_in = closeout.state is not CloseoutState.OPEN
    missing = () if is_in else (_("The final account"),)
    return Line("account", _("Final account handed in"), int(is_in), 1, missing, _("the group"))


def _evaluation(closeout: Closeout) -> Line:
    is_done = closeout.grade != ""
    missing = () if is_done else (_("The evaluation"),)
    return Line("evaluation", _("Evaluated"), int(is_done), 1, missing, _("the programme officer"))


def _rest(closeout: Closeout) -> Line:
    left = closeout.to_return - closeout.returned
    missing = (_("%(amount)s is still to come back", amount=left.formatted(i18n.language())),) if left else ()
    whose = _("the group pays it back, finance records it")
    return Line("rest", _("Unspent money returned"), int(not left), 1, missing, whose)


def nothing_is_owed(closeout: Closeout, at: datetime) -> Iterator[Violation]:
    """A guard on the row alone: the last wall before the database's own."""
    if closeout.returned != closeout.to_return:
        yield Violation("rest_owed", _("Unspent money has not come back yet."))


def it_was_terminated(closeout: Closeout, at: datetime) -> Iterator[Violation]:
    if not closeout.after_termination:
        yield Violation("not_evaluated", _("The project has to be evaluated before it is closed."))


def missing_before_closing(lines: Iterable[Line]) -> Iterator[Violation]:
    for line in lines:
        if line.is_needed:
            for what in line.missing:
                yield Violation(line.key, _("%(line)s: %(what)s", line=line.label, what=what))


def final_report_is_accepted(closeout: Closeout, at: datetime) -> Iterator[Violation]:
    reports = [row for row in closeout.project.reports if row.kind is ReportKind.FINAL]
    if not closeout.after_termination and not all(row.state is ReportState.ACCEPTED for row in reports):
        yield Violation("no_final_report", _("The final report has to be accepted first."))


def return_faults(amount: Money, left: Money, received_on: date, today: date) -> Iterator[Violation]:
    if amount <= NOTHING:
        yield Violation("nothing", _("The amount must be more than nothing."), "amount")
    if amount > left:
        language = i18n.language()
        sentence = _("Only %(left)s is owed.", left=left.formatted(language))
        yield Violation("too_much", sentence, "amount")
    if received_on > today:
        yield Violation("future", _("This day has not come yet."), "received_on")


def is_near(project: Project, today: date) -> bool:
    """The account is asked for in the last month, or once the work has ended."""
    if project.state is ProjectState.CLOSING:
        return True
    return project.state is ProjectState.ACTIVE and project.ends_on <= today + LAST_DAYS


def may_begin(project: Project, today: date) -> bool:
    """Near its end, or after it came early."""
    return project.state is ProjectState.TERMINATED or is_near(project, today)


def kept(marks: Mapping[Source, Mark]) -> dict[str, Any]:
    """The marks as they are stored."""
    return {
        source.value: {
            "score": str(mark.score),
            "note": mark.note,
            "dimensions": {key: str(value) for key, value in mark.dimensions.items()},
        }
        for source, mark in marks.items()
    }


def read_marks(stored: Mapping[str, Any]) -> dict[Source, Mark]:
    return {
        Source(key): Mark(
            Decimal(row["score"]),
            row.get("note", ""),
            {name: Decimal(value) for name, value in row.get("dimensions", {}).items()},
        )
        for key, row in stored.items()
    }

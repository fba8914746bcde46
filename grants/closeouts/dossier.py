"""What belongs into the archive of a project (S002-27): agreement, proposal, reports, evidence, minutes, money, history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from grants.agreements.models import Agreement
from grants.closeouts import queries
from grants.closeouts.fields import SOURCES
from grants.closeouts.models import Closeout
from grants.closeouts.packing import Piece, table
from grants.core import clock
from grants.core.db import db
from grants.core.events import TimelineEntry
from grants.core.i18n import gettext as _
from grants.core.i18n import words
from grants.core.jinja import rendered
from grants.core.storage import storage
from grants.decisions.models import BoardMeeting
from grants.documents.models import Document
from grants.documents.queries import documents_by_holder
from grants.funds.fields import ENTRY_KINDS
from grants.funds.models import LedgerTransaction
from grants.payments.fields import RECEIPT_TYPES, TRANCHE_STATES
from grants.projects.fields import ReportKind
from grants.proposals import queries as proposals
from grants.questionnaires import queries as forms
from grants.questionnaires import rules as form_rules
from grants.questionnaires.reading import SectionShown, as_handed_in, sections_shown

SEPARATORS = {ord(mark): "_" for mark in '/\\:*?"<>|\n\r\t'}


def pieces(closeout: Closeout) -> list[Piece]:
    """Everything, read in one unit of work; the bytes of files are only read when they are packed."""
    return [
        *_agreements(closeout),
        *_proposal(closeout),
        *_reports(closeout),
        *_evidence(closeout),
        *_minutes(closeout),
        *_money(closeout),
        *_evaluation(closeout),
        *_history(closeout),
    ]


def _made(path: str, what: str, content: bytes) -> Piece:
    return Piece(path, what, lambda: [content])


def _file(folder: str, what: str, document: Document) -> Piece:
    key = document.storage_key
    return Piece(f"{folder}/{_safe(document.name)}", what, lambda: storage().chunks(key))


def _safe(name: str) -> str:
    return name.translate(SEPARATORS).strip(". ")[:120] or "file"


def _files(folder: str, kind: str, named: Mapping[int, str]) -> Iterator[Piece]:
    """The files of many rows of one table, with what each row is."""
    found = documents_by_holder(kind, list(named))
    for holder_id, what in named.items():
        for document in found.get(holder_id, ()):
            yield _file(folder, what, document)


def _page(path: str, title: str, shown: Sequence[SectionShown]) -> Piece:
    content = rendered("closeouts/archived_answers.html", title=title, sections=shown)
    return _made(path, title, content.encode())


def _agreements(closeout: Closeout) -> Iterator[Piece]:
    found = select(Agreement).where(Agreement.grant_id == closeout.project.grant_id).order_by(Agreement.id)
    names = {row.id: _("Agreement %(number)s", number=row.number) for row in db.session.scalars(found)}
    yield from _files(_("01 Agreement"), "agreement", names)


def _proposal(closeout: Closeout) -> Iterator[Piece]:
    folder, proposal_id = _("02 Proposal"), closeout.project.grant.proposal_id
    proposal = proposals.by_id(proposal_id)
    for version in proposals.versions(proposal):
        form = version.snapshot.get("form")
        if form is not None:
            asked = forms.what_is_asked(proposal.sheet.asks)
            title = _("%(title)s, version %(number)s", title=proposal.title, number=version.number)
            yield _page(f"{folder}/{_safe(title)}.html", title, as_handed_in(asked, form))
    yield from _files(folder, "proposal", {proposal_id: _("Attachment of the proposal")})


def _reports(closeout: Closeout) -> Iterator[Piece]:
    folder = _("03 Reports")
    names: dict[int, str] = {}
    kinds = {
        ReportKind.PROGRESS: _("Progress report"),
        ReportKind.MIDTERM: _("Mid-term report"),
        ReportKind.FINAL: _("Final report"),
    }
    for report in closeout.project.reports:
        title = f"{report.due_on:%Y-%m-%d} {kinds[report.kind]}"
        names[report.id] = title
        if report.sheet_id is not None:
            sheet = forms.sheet(report.sheet_id)
            filled = form_rules.Filled(forms.answers_of(sheet))
            yield _page(
                f"{folder}/{title}.html", title, sections_shown(forms.what_is_asked(sheet.asks), filled)
            )
    yield from _files(folder, "report", names)


def _evidence(closeout: Closeout) -> Iterator[Piece]:
    project = closeout.project
    milestones = {
        row.id: _("Milestone %(number)s: %(name)s", number=row.number, name=words(row.name))
        for row in project.milestones
    }
    activities = {row.id: f"{row.on:%Y-%m-%d} {row.title}" for row in project.activities}
    findings = {row.id: _("Finding: %(title)s", title=row.title) for row in project.findings}
    yield from _files(_("04 Evidence"), "milestone", milestones)
    yield from _files(_("04 Evidence"), "activity", activities)
    yield from _files(_("04 Evidence"), "finding", findings)
    heads = [_("Date"), _("Activity"), _("Place"), _("Beneficiaries"), _("State")]
    rows = [(row.on, row.title, row.place, row.beneficiaries, row.state.value) for row in project.activities]
    yield _made(_("04 Evidence/activities.csv"), _("Activities"), table(heads, sorted(rows)))


def _minutes(closeout: Closeout) -> Iterator[Piece]:
    met = select(BoardMeeting).where(BoardMeeting.call_id == closeout.project.grant.call_id)
    names = {row.id: _("Minutes %(number)s", number=row.minutes_number) for row in db.session.scalars(met)}
    yield from _files(_("05 Minutes"), "board_meeting", names)


def _money(closeout: Closeout) -> Iterator[Piece]:
    yield _made(_("06 Money/ledger.csv"), _("Extract of the ledger"), _ledger(closeout.project.case))
    yield _made(_("06 Money/payments.csv"), _("Payments"), _payments(closeout))
    yield _made(_("06 Money/final account.csv"), _("Final account"), _account(closeout))


def _ledger(case: str) -> bytes:
    found = (
        select(LedgerTransaction)
        .where(LedgerTransaction.case == case)
        .options(selectinload(LedgerTransaction.entries))
        .order_by(LedgerTransaction.id)
    )
    heads = [_("Number"), _("Date"), _("Movement"), _("Amount"), _("Note")]
    rows = [
        (
            row.number,
            clock.day_of(row.at),
            ENTRY_KINDS[row.kind],
            max(e.amount for e in row.entries),
            row.note,
        )
        for row in db.session.scalars(found)
    ]
    return table(heads, rows)


def _payments(closeout: Closeout) -> bytes:
    heads = [_("Tranche"), _("Amount"), _("State"), _("Payment number"), _("Paid on"), _("Receipt")]
    rows = []
    for row in queries.tranches_of(closeout.project.grant_id):
        paid = row.payment
        receipt = (
            f"{RECEIPT_TYPES[paid.receipt_type]} {paid.receipt_number}" if paid and paid.receipt_type else ""
        )
        number, day = (paid.number, paid.paid_on) if paid else ("", "")
        rows.append((row.number, row.amount, TRANCHE_STATES[row.state], number, day, receipt))
    return table(heads, rows)


def _account(closeout: Closeout) -> bytes:
    heads = [_("Category"), _("Budget"), _("Spent")]
    rows: list[tuple[Any, ...]] = [
        (words(row.name), row.amount, row.spent) for row in queries.budget_of(closeout)
    ]
    rows.append((_("Total"), closeout.project.grant.amount, closeout.spent))
    rows.append((_("Returned"), "", closeout.returned))
    return table(heads, rows)


def _evaluation(closeout: Closeout) -> Iterator[Piece]:
    heads = [_("Source"), _("Weight"), _("Mark"), _("Adds"), _("Note")]
    shares = queries.file_of(closeout).shares
    rows: list[Iterable[object]] = [
        (SOURCES[row.source], row.weight, row.score, row.part, row.note) for row in shares
    ]
    rows.append((_("Total"), "", closeout.score, "", closeout.grade))
    if closeout.grade:
        yield _made(_("07 Evaluation/evaluation.csv"), _("Evaluation"), table(heads, rows))


def _history(closeout: Closeout) -> Iterator[Piece]:
    """Every fact of the case, up to the day it was shut: what the packing itself adds is not in it."""
    until = closeout.closed_at
    told = select(TimelineEntry).where(TimelineEntry.case == closeout.project.case)
    if until is not None:
        told = told.where(TimelineEntry.at <= until)
    heads = [_("Date"), _("What happened"), _("Details")]
    rows = [
        (f"{clock.local(row.at):%Y-%m-%d %H:%M}", row.kind, _details(row.values))
        for row in db.session.scalars(told.order_by(TimelineEntry.at, TimelineEntry.id))
    ]
    yield _made(_("08 History/history.csv"), _("History of the case"), table(heads, rows))


def _details(values: Mapping[str, Any]) -> str:
    """Names and amounts of a fact; ids mean nothing outside the house."""
    hidden = {"occurred_at", "actor_id", "case"}
    told = {name: value for name, value in values.items() if name not in hidden and not name.endswith("_id")}
    return "; ".join(f"{name}: {told[name]}" for name in sorted(told))

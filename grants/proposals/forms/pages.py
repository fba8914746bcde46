"""What the pages of a draft show: sections with how far they are, one section's fields, the money beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from msgspec import Struct, field

from grants.calls.models import Call
from grants.calls.rules.eligibility import Answer, Verdict
from grants.core import clock
from grants.core.errors import Violation
from grants.core.i18n import gettext as _
from grants.core.i18n import ngettext, words
from grants.core.policy import Actor
from grants.organisations.models import Organisation
from grants.proposals import queries, rules
from grants.proposals.models import Proposal, ProposalReturn
from grants.proposals.panels import MoneyPanel, money_panel
from grants.proposals.rules import Paper, SectionFindings
from grants.questionnaires.definition import Section
from grants.questionnaires.forms import FieldShown, Problem, fields_shown, problems_in
from grants.questionnaires.models import SectionAnswers
from grants.questionnaires.queries import Companion
from grants.questionnaires.reading import SectionShown, sections_shown
from grants.questionnaires.rules import Filled

# What somebody typed cannot mean anything yet: the page comes back before it goes on.
STAY = frozenset({"unread", "too_long", "too_small", "too_large", "too_early", "too_late", "too_many"})


class Workspace(Struct, frozen=True):
    """A draft as a whole: its sections, its deadline, what was returned."""

    proposal: Proposal
    paper: Paper
    findings: tuple[SectionFindings, ...]
    tasks: list[dict[str, Any]]
    deadline: datetime | None
    sent_back: ProposalReturn | None
    may_edit: bool

    @property
    def done(self) -> int:
        return sum(task["state"] == "done" for task in self.tasks)

    @property
    def problems(self) -> list[tuple[Section, tuple[Problem, ...]]]:
        """What stands between the draft and handing in, section by section."""
        return [
            (one.section, problems_in(one.section, one.violations)) for one in self.findings if one.violations
        ]

    @property
    def next_section(self) -> str:
        """The first section that still owes something, else the first."""
        waiting = [one.section.key for one in self.findings if one.violations]
        return (waiting or [self.findings[0].section.key])[0]


class SectionPage(Struct, frozen=True):
    """One section to be written, with what stands beside it."""

    workspace: Workspace
    section: Section
    place: int
    fields: list[FieldShown]
    findings: SectionFindings
    row: SectionAnswers
    money: MoneyPanel | None
    companions: Sequence[Companion]
    editable: bool
    before: Section | None
    after: Section | None
    problems: tuple[Violation, ...] = ()
    theirs: list[FieldShown] | None = None
    acknowledged: str = ""

    @property
    def found(self) -> tuple[Problem, ...]:
        return problems_in(self.section, (*self.findings.violations, *self.problems))

    @property
    def saved_at(self) -> str:
        """The wall clock's time of the last save; empty before the first."""
        return f"{clock.local(self.row.updated_at):%H:%M}" if self.row.updated_at else ""

    @property
    def titles(self) -> dict[str, Mapping[str, str]]:
        return {section.key: section.title for section in self.workspace.paper.definition.sections}


def workspace(proposal: Proposal, *, may_edit: bool, current: str = "") -> Workspace:
    paper = queries.paper_of(proposal)
    findings = rules.check_all(paper)
    return Workspace(
        proposal=proposal,
        paper=paper,
        findings=findings,
        tasks=[_task(proposal, paper, one, current=current) for one in findings],
        deadline=rules.deadline(proposal),
        sent_back=queries.open_return(proposal),
        may_edit=may_edit,
    )


def read(paper: Paper) -> tuple[SectionShown, ...]:
    """The draft as its readers will see it."""
    return sections_shown(paper.definition, paper.filled)


def _task(proposal: Proposal, paper: Paper, findings: SectionFindings, *, current: str) -> dict[str, Any]:
    """One entry of the list of sections: where it stands in a word, and how many things are to mend."""
    missing = sum(violation.code == "missing" for violation in findings.violations)
    wrong = len(findings.violations) - missing
    answers = paper.filled.of(findings.section.key)
    state = "half" if answers else ""
    note = ngettext("%(num)s to answer", "%(num)s to answer", missing) if answers and missing else ""
    if not findings.violations:
        state, note = ("done", "") if answers or _owes(findings.section) else ("", _("optional"))
    if wrong:
        note = ngettext("%(num)s to mend", "%(num)s to mend", wrong)
    return {
        "key": findings.section.key,
        "label": words(findings.section.title),
        "href": url_for("proposal_drafts.section", public_id=proposal.public_id, key=findings.section.key),
        "state": state,
        "note": note,
        "late": bool(wrong),
        "current": findings.section.key == current,
    }


def _owes(section: Section) -> bool:
    return any(question.required for question in section.questions)


class Asked(Struct, frozen=True):
    """How a section is to be shown: empty rows to add, what somebody sent, what was wrong with it.

    `typed` stands in place of what is kept; `theirs` also gives what is kept, to be read beside it.
    """

    more: Mapping[str, int] = field(default_factory=dict)
    typed: Mapping[str, Any] | None = None
    problems: tuple[Violation, ...] = ()
    theirs: bool = False
    acknowledged: str = ""


def section_page(
    proposal: Proposal, section: Section, asked: Asked, *, may_edit: bool, companions: Sequence[Companion]
) -> SectionPage:
    """The page of a section."""
    whole = workspace(proposal, may_edit=may_edit, current=section.key)
    row = next(row for row in proposal.sheet.sections if row.section == section.key)
    findings = rules.check_section(whole.paper, section, complete=False)
    wrong = (*findings.violations, *asked.problems)
    kept = fields_shown(section, whole.paper.filled, wrong, more=asked.more)
    sections = whole.paper.definition.sections
    place = sections.index(section)
    sent_back = whole.sent_back
    money = any(question.fills == "budget" for question in section.questions)
    return SectionPage(
        workspace=whole,
        section=section,
        place=place + 1,
        fields=kept if asked.typed is None else _as_typed(whole.paper, section, row, wrong, asked),
        findings=findings,
        row=row,
        money=money_panel(whole.paper, follows=findings.follows) if money else None,
        companions=companions,
        editable=may_edit and (sent_back is None or section.key in sent_back.sections),
        before=sections[place - 1] if place else None,
        after=sections[place + 1] if place + 1 < len(sections) else None,
        problems=asked.problems,
        theirs=kept if asked.theirs else None,
        acknowledged=asked.acknowledged,
    )


def _as_typed(
    paper: Paper, section: Section, row: SectionAnswers, wrong: tuple[Violation, ...], asked: Asked
) -> list[FieldShown]:
    answers = {**paper.filled.answers, section.key: {**row.answers, **(asked.typed or {})}}
    return fields_shown(section, Filled(answers, paper.filled.facts), wrong, more=asked.more)


def totals_told(paper: Paper) -> dict[str, str]:
    """The figures that a page shows beside the fields, by the names templates give them."""
    money = money_panel(paper)
    done = sum(not found.violations for found in rules.check_all(paper))
    told = {
        "sections": _("%(done)s of %(total)s sections ready", done=done, total=len(paper.definition.sections))
    }
    if money is None:
        return told
    return told | {
        "share": f"{money.share}%",
        "per_person": money.per_person.formatted() if money.per_person is not None else "–",
        "per_hour": money.per_hour.formatted() if money.per_hour is not None else "–",
        "people": str(paper.people),
    }


class StartPage(Struct, frozen=True):
    """Whether one's group may apply to a call, condition by condition."""

    call: Call
    groups: tuple[Organisation, ...]
    group: Organisation | None
    answers: tuple[Answer, ...]
    live: Proposal | None
    is_open: bool

    @property
    def keys(self) -> list[str]:
        """The conditions that only the group itself can answer."""
        return [answer.rule.key for answer in self.answers if answer.verdict is Verdict.UNKNOWN]

    @property
    def may_start(self) -> bool:
        refused = any(answer.verdict is Verdict.NO for answer in self.answers)
        return self.is_open and self.group is not None and self.live is None and not refused


def start_page(call: Call, actor: Actor, chosen: str, at: datetime) -> StartPage:
    """`chosen` names the group; somebody who writes for one only need not choose."""
    groups = queries.groups_written_for(actor)
    picked = [group for group in groups if group.public_id == chosen] or (groups if len(groups) == 1 else [])
    group = picked[0] if picked else None
    return StartPage(
        call=call,
        groups=tuple(groups),
        group=group,
        answers=tuple(queries.eligibility(call, group, {}, at)) if group else (),
        live=queries.live_of(group.id, call.id) if group else None,
        is_open=not list(rules.open_for(call, at)),
    )

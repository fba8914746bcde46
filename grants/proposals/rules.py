"""Pure rules about a proposal: what its answers mean, what stands in the way of handing it in, and until when."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from grants.calls.fields import CallState
from grants.calls.models import Call
from grants.calls.rules import timetable
from grants.calls.rules.eligibility import Answer, Verdict
from grants.core.errors import Violation
from grants.core.i18n import Sentence, date_text, datetime_text, words
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money
from grants.core.policy import Actor
from grants.proposals import budget
from grants.proposals.budget import Cap, Limits
from grants.proposals.fields import TITLE_CHARACTERS, Risk
from grants.proposals.models import Proposal, ProposalReturn
from grants.questionnaires import rules as forms
from grants.questionnaires.answers import is_unread
from grants.questionnaires.definition import Definition, Section
from grants.questionnaires.rules import Answers, Filled
from grants.reference.fields import NUMBER_FORMATS

_ORDER = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)
MINORS = ("left_behind_children", "migrant_children", "minors")
DANGEROUS = "injury"
NO_TASK = "none"
_NOT_TAKING = frozenset({CallState.DRAFT, CallState.CANCELLED, CallState.ARCHIVED})


class Paper(Struct, frozen=True):
    """A proposal as the rules see it: what is asked, what was answered, what the call allows."""

    definition: Definition
    filled: Filled
    limits: Limits
    months_maximum: int
    earliest: date | None = None

    def value(self, column: str) -> Any:
        """The answer to the question that fills `column`; nothing while it cannot be read."""
        found = self.definition.filled_by(column)
        if found is None:
            return None
        value = self.filled.of(found[0].key).get(found[1].key)
        return None if is_unread(value) else value

    def field(self, column: str) -> str:
        found = self.definition.filled_by(column)
        return f"answers.{found[1].key}" if found else ""

    @property
    def budget(self) -> tuple[budget.Line, ...]:
        return budget.lines(self.value("budget"))

    @property
    def volunteers(self) -> int:
        return _count(self.value("volunteers"))

    @property
    def people(self) -> int:
        rows = self.value("beneficiaries")
        return sum(_count(row.get("people")) for row in rows) if isinstance(rows, list) else 0

    @property
    def hours(self) -> int:
        return _count(self.value("hours"))


class SectionFindings(Struct, frozen=True):
    """What is wrong in one section; `follows` mends itself with the rest."""

    section: Section
    violations: tuple[Violation, ...]
    follows: tuple[Sentence, ...] = ()


def limits_of(call: Call) -> Limits:
    """The money rules of a call; its caps must be loaded."""
    caps = tuple(
        Cap(cap.category, cap.percent_of_grant, cap.unit_price, cap.required_if) for cap in call.caps
    )
    return Limits(call.floor, call.ceiling, call.cofunding_percent, caps)


def paper(
    definition: Definition, answers: Mapping[str, Answers], call: Call, risks: Mapping[str, str]
) -> Paper:
    """Put a proposal before the rules. `risks` says how dangerous each field of work is."""
    bare = Paper(definition, Filled(answers), limits_of(call), call.months_maximum, call.starts_on)
    return Paper(
        definition, Filled(answers, facts(bare, risks)), bare.limits, call.months_maximum, call.starts_on
    )


def facts(bare: Paper, risks: Mapping[str, str]) -> dict[str, str]:
    """What conditions in the form may ask for: the class of risk, minors, insurance."""
    risk = risk_of(bare, risks)
    kinds = bare.value("beneficiaries")
    minors = isinstance(kinds, list) and any(row.get("type") in MINORS for row in kinds)
    uninsured = budget.is_uninsured(bare.budget, bare.limits, volunteers=bare.volunteers)
    return {
        "risk": risk.value,
        "minors": _yes(minors),
        "careful": _yes(minors or risk is not Risk.LOW),
        "uninsured": _yes(uninsured),
        "staff_check": _yes(bool(forbidden_tasks(bare))),
    }


def risk_of(bare: Paper, risks: Mapping[str, str]) -> Risk:
    """The highest class among the fields of work; work that may hurt people is high."""
    if DANGEROUS in forbidden_tasks(bare):
        return Risk.HIGH
    chosen = bare.value("fields")
    classes = [Risk(risks.get(key, Risk.LOW)) for key in chosen] if isinstance(chosen, list) else []
    return max(classes, key=_ORDER.index, default=Risk.LOW)


def forbidden_tasks(bare: Paper) -> list[str]:
    """What the declaration says volunteers would carry: staff talk with the group first (S004-24)."""
    chosen = bare.value("forbidden_tasks")
    return [key for key in chosen if key != NO_TASK] if isinstance(chosen, list) else []


def columns(filled_in: Paper) -> dict[str, Any]:
    """The columns of a proposal that repeat its answers."""
    sums = budget.totals(filled_in.budget)
    return {
        "title": str(filled_in.value("title") or "")[:TITLE_CHARACTERS],
        "requested": sums.grant,
        "total_cost": sums.all,
        "kind": str(filled_in.value("kind") or ""),
        "risk": Risk(filled_in.filled.facts["risk"]),
        "starts_on": _day(filled_in.value("starts_on")),
        "ends_on": _day(filled_in.value("ends_on")),
    }


def check_section(filled_in: Paper, section: Section, *, complete: bool) -> SectionFindings:
    """Everything wrong in a section: as a form, by the call's money rules, and by its dates."""
    found = list(forms.check(section, filled_in.filled, complete=complete))
    money = budget.Findings(())
    if any(question.fills == "budget" for question in section.questions):
        money = budget.check(filled_in.budget, filled_in.limits, complete=complete)
    if any(question.fills == "ends_on" for question in section.questions):
        found += _dates(filled_in)
    found += _contradictions(filled_in, section)
    return SectionFindings(section, (*found, *money.violations), money.follows)


def check_all(filled_in: Paper) -> tuple[SectionFindings, ...]:
    """Every section, judged as if it were handed in now."""
    return tuple(
        check_section(filled_in, section, complete=True) for section in filled_in.definition.sections
    )


def deadline(proposal: Proposal) -> datetime | None:
    """When the call closes for this group."""
    ends = [end for end in (proposal.call.closes_at, proposal.extended_until) if end is not None]
    return max(ends, default=None)


def within_window(proposal: Proposal, at: datetime) -> Iterator[Violation]:
    """Arrival at the very instant of the closing is in; whatever comes after is out (hard rule 2)."""
    call, end = proposal.call, deadline(proposal)
    if call.state in _NOT_TAKING or end is None or call.opens_at is None:
        yield Violation("not_open", _l("This call takes no proposals."))
    elif at < call.opens_at:
        yield Violation("not_open", _l("This call opens on %(at)s.", at=datetime_text(call.opens_at)))
    elif at > end:
        message = _l("This call closed at %(at)s. Your draft stays here to be read.", at=datetime_text(end))
        yield Violation("too_late", message)


def open_for(call: Call, at: datetime) -> Iterator[Violation]:
    """Whether a draft may be begun now."""
    if not timetable.is_open(call.state, call.opens_at, call.closes_at, at):
        yield Violation("not_open", _l("This call takes no proposals now."))


def refusals(answers: Iterable[Answer]) -> Iterator[Violation]:
    """Each condition that is not met, with its reason; and each that nobody has answered."""
    for answer in answers:
        if answer.verdict is Verdict.NO:
            reason = answer.reason or words(answer.rule.text)
            yield Violation("not_eligible", reason, f"declared.{answer.rule.key}")
        elif answer.verdict is Verdict.UNKNOWN:
            message = _l("Say whether this is so.")
            yield Violation("not_declared", message, f"declared.{answer.rule.key}")


def within_return(sent_back: ProposalReturn, at: datetime) -> Iterator[Violation]:
    if at > sent_back.due_at:
        message = _l("The changes were due by %(at)s.", at=datetime_text(sent_back.due_at))
        yield Violation("too_late", message)


def series(call: Call) -> str:
    """The series of numbers of a call: its kind's own where there is one."""
    own = f"proposal_{call.kind.value}"
    return own if own in NUMBER_FORMATS else "proposal"


def district_of(region_path: str) -> str:
    """The path of the district a place lies in; the city's own where it lies in none."""
    return "/".join(region_path.split("/")[:2])


def about(proposal: Proposal, *, by: Actor, at: datetime) -> dict[str, Any]:
    """What every fact about a proposal says."""
    return {
        "proposal_id": proposal.id,
        "proposal": proposal.public_id,
        "number": proposal.number or "",
        "call_id": proposal.call_id,
        "organisation_id": proposal.organisation_id,
        "title": proposal.title,
        "case": proposal.case,
        "occurred_at": at,
        "actor_id": by.user_id,
    }


def _dates(filled_in: Paper) -> Iterator[Violation]:
    first, last = _day(filled_in.value("starts_on")), _day(filled_in.value("ends_on"))
    where = filled_in.field("ends_on")
    if first and filled_in.earliest and first < filled_in.earliest:
        day = date_text(filled_in.earliest)
        yield Violation(
            "too_early", _l("Projects of this call begin on %(day)s.", day=day), filled_in.field("starts_on")
        )
    if first and last and last < first:
        yield Violation("order", _l("The last day comes before the first."), where)
    elif first and last and last >= months_later(first, filled_in.months_maximum):
        message = _l("A project lasts %(months)s months at most.", months=filled_in.months_maximum)
        yield Violation("too_long", message, where)


def _contradictions(filled_in: Paper, section: Section) -> Iterator[Violation]:
    """“None of these” together with one of these."""
    for question in section.questions:
        chosen = filled_in.filled.of(section.key).get(question.key)
        if question.fills != "forbidden_tasks" or not isinstance(chosen, list):
            continue
        if NO_TASK in chosen and len(chosen) > 1:
            message = _l("“None of these” does not go with the others.")
            yield Violation("contradiction", message, f"answers.{question.key}")


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day when it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def costs(filled_in: Paper) -> dict[str, Money | None]:
    """What one person helped and one hour of service cost (S003-50), over everything that is spent."""
    whole = budget.totals(filled_in.budget).all
    return {
        "person": budget.cost_per(whole, filled_in.people),
        "hour": budget.cost_per(whole, filled_in.hours),
    }


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"

"""May this group apply? One answer a rule, with the reason for each no; on plain facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from grants.calls.fields import CheckKind
from grants.core.i18n import date_text, ngettext, words
from grants.core.i18n import gettext as _

Words = Mapping[str, str]
MONTHS_IN_A_YEAR = 12


class Verdict(StrEnum):
    """What can be said about one rule."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Rule(Struct, frozen=True):
    """One condition of a call. `check` names what can be looked up; all of it must hold."""

    key: str
    text: Words
    reason: Words = field(default_factory=dict)
    check: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[CheckKind, ...]:
        return tuple(CheckKind(kind) for kind in self.check.get("kinds", ()))


class GroupFacts(Struct, frozen=True):
    """What is known about a group; None is unknown. `declared` are its own answers, rule by rule."""

    on: date
    legal_status: str | None = None
    has_host: bool | None = None
    founded_on: date | None = None
    region_path: str | None = None
    is_blocked: bool | None = None
    blocked_until: date | None = None
    earlier_project_is_closed: bool | None = None
    annual_check_passed: bool | None = None
    other_proposals: int | None = None
    members: int | None = None
    declared: Mapping[str, bool] = field(default_factory=dict)


class Answer(Struct, frozen=True):
    """What one rule says to one group, and why."""

    rule: Rule
    verdict: Verdict
    reason: str = ""


Found = tuple[Verdict, str]
_UNKNOWN: Found = (Verdict.UNKNOWN, "")
_YES: Found = (Verdict.YES, "")


def assess(rules: Sequence[Rule], facts: GroupFacts) -> list[Answer]:
    """One answer a rule, in their order. What nobody can look up is the group's own word, or unknown."""
    return [_assess(rule, facts) for rule in rules]


def may_apply(answers: Sequence[Answer]) -> Verdict:
    """No beats unknown, unknown beats yes."""
    said = {answer.verdict for answer in answers}
    return next((v for v in (Verdict.NO, Verdict.UNKNOWN) if v in said), Verdict.YES)


def _assess(rule: Rule, facts: GroupFacts) -> Answer:
    found = [_CHECKS[kind](rule, facts) for kind in rule.kinds]
    refused = next((one for one in found if one[0] is Verdict.NO), None)
    if refused:
        return Answer(rule, *refused)
    if found and all(verdict is Verdict.YES for verdict, _reason in found):
        return Answer(rule, Verdict.YES)
    if rule.key in facts.declared:
        return _as_declared(rule, stands=facts.declared[rule.key])
    return Answer(rule, Verdict.UNKNOWN)


def _as_declared(rule: Rule, *, stands: bool) -> Answer:
    if stands:
        return Answer(rule, Verdict.YES)
    return Answer(rule, Verdict.NO, words(rule.reason) or _("You said that this is not so."))


def _legal(rule: Rule, facts: GroupFacts) -> Found:
    if facts.legal_status is None:
        return _UNKNOWN
    if facts.legal_status in rule.check.get("statuses", ()):
        return _YES
    if not rule.check.get("host"):
        return Verdict.NO, _("This legal status is not among those that may apply.")
    if facts.has_host is None:
        return _UNKNOWN
    return _YES if facts.has_host else (Verdict.NO, _("Without registration you need a host organisation."))


def _age(rule: Rule, facts: GroupFacts) -> Found:
    needed = int(rule.check["months"])
    if facts.founded_on is None:
        return _UNKNOWN
    if facts.founded_on <= months_before(facts.on, needed):
        return _YES
    text = _(
        "Founded on %(founded)s: not yet %(age)s on %(on)s.",
        founded=date_text(facts.founded_on),
        age=ngettext("%(num)s month", "%(num)s months", needed),
        on=date_text(facts.on),
    )
    return Verdict.NO, text


def _region(rule: Rule, facts: GroupFacts) -> Found:
    wanted = str(rule.check["region"])
    if facts.region_path is None:
        return _UNKNOWN
    if facts.region_path == wanted or facts.region_path.startswith(f"{wanted}/"):
        return _YES
    return Verdict.NO, _("The place of the project is outside the region of this call.")


def _not_blocked(rule: Rule, facts: GroupFacts) -> Found:
    if facts.is_blocked is None:
        return _UNKNOWN
    if not facts.is_blocked:
        return _YES
    if facts.blocked_until is None:
        return Verdict.NO, _("The group is blocked from applying.")
    return Verdict.NO, _("The group is blocked until %(day)s.", day=date_text(facts.blocked_until))


def _last_grade(rule: Rule, facts: GroupFacts) -> Found:
    if facts.earlier_project_is_closed is None:
        return _UNKNOWN
    if facts.earlier_project_is_closed:
        return _YES
    return Verdict.NO, _("An earlier project of the group is not closed with a passing grade.")


def _annual_check(rule: Rule, facts: GroupFacts) -> Found:
    if facts.annual_check_passed is None:
        return _UNKNOWN
    if facts.annual_check_passed:
        return _YES
    return Verdict.NO, _("The yearly check of the group was not passed.")


def _one_proposal(rule: Rule, facts: GroupFacts) -> Found:
    if facts.other_proposals is None:
        return _UNKNOWN
    if facts.other_proposals == 0:
        return _YES
    return Verdict.NO, _("The group has a proposal in this call already.")


def _members(rule: Rule, facts: GroupFacts) -> Found:
    needed = int(rule.check["members"])
    if facts.members is None:
        return _UNKNOWN
    if facts.members >= needed:
        return _YES
    return Verdict.NO, _("The team needs %(needed)s people at least.", needed=needed)


_CHECKS: Mapping[CheckKind, Callable[[Rule, GroupFacts], Found]] = {
    CheckKind.LEGAL: _legal,
    CheckKind.AGE: _age,
    CheckKind.REGION: _region,
    CheckKind.NOT_BLOCKED: _not_blocked,
    CheckKind.LAST_GRADE: _last_grade,
    CheckKind.ANNUAL_CHECK: _annual_check,
    CheckKind.ONE_PROPOSAL: _one_proposal,
    CheckKind.MEMBERS: _members,
}


def months_before(day: date, months: int) -> date:
    """The same day `months` earlier; the last of the month where there is no such day."""
    place = day.year * MONTHS_IN_A_YEAR + day.month - 1 - months
    year, month = divmod(place, MONTHS_IN_A_YEAR)
    for number in range(day.day, 0, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")

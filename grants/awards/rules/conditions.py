"""Conditions of a category as checks on real figures: what they ask, and which a nominee does not meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import asdict

from grants.awards import fields
from grants.awards.fields import Check, Recipient
from grants.core.errors import Violation
from grants.core.i18n import LOCALES, Sentence, filled, speaking
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l

Condition = Mapping[str, Any]
_GRADE_ORDER = ("fail", *fields.GRADES)
_GOOD_CHECKS = frozenset({"passed", "mostly_passed"})
_RUNNING = frozenset({"active", "suspended", "closing", "closed"})


class Figures(Struct, frozen=True):
    """What the system knows about a nominee by itself; frozen with the nomination when it is sent in."""

    minutes: int = 0
    services: int = 0
    all_minutes: int = 0
    stars: int = 0
    grade: str = ""
    annual_check: str = ""
    open_findings: int = 0
    project_state: str = ""
    birth_year: int | None = None

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        return cls(**{name: values[name] for name in cls.__struct_fields__ if name in values})


class Agreed(Struct, frozen=True):
    """Who agreed to be nominated: the nominee, and for the young a guardian, on paper."""

    consent: bool
    guardian_file: bool


def stars(minutes: int) -> int:
    return sum(minutes >= hours * 60 for hours in fields.STAR_HOURS)


def may_be_minor(birth_year: int | None, on: date) -> bool:
    """Only the year of birth is kept: whoever may still be seventeen on that day counts as young."""
    return birth_year is not None and on.year - birth_year <= fields.COMING_OF_AGE


def unmet(
    conditions: Iterable[Condition], figures: Figures, agreed: Agreed, *, on: date
) -> list[dict[str, str]]:
    """Each condition the nominee does not meet: what was asked, and what is there. Plain values, worded by `said`."""
    found = [flag for condition in conditions if (flag := _failing(condition, figures)) is not None]
    if not agreed.consent:
        found.append({"check": Check.CONSENT.value, "asked": "", "is": ""})
    if may_be_minor(figures.birth_year, on) and not agreed.guardian_file:
        found.append({"check": Check.GUARDIAN.value, "asked": "", "is": ""})
    return found


def _failing(condition: Condition, figures: Figures) -> dict[str, str] | None:
    check, asked = Check(condition["check"]), str(condition.get("value", ""))
    found, fails = _measured(check, asked, figures)
    return {"check": check.value, "asked": asked, "is": found} if fails else None


def _measured(check: Check, asked: str, figures: Figures) -> tuple[str, bool]:
    match check:
        case Check.HOURS:
            return hours_text(figures.minutes), figures.minutes < Decimal(asked) * 60
        case Check.STARS:
            return str(figures.stars), figures.stars < int(asked)
        case Check.GRADE:
            return figures.grade, _rank(figures.grade) < _rank(asked)
        case Check.ANNUAL_CHECK:
            return figures.annual_check, figures.annual_check not in _GOOD_CHECKS
        case Check.NO_OPEN_FINDING:
            return str(figures.open_findings), figures.open_findings > 0
        case Check.RUNNING:
            return figures.project_state, figures.project_state not in _RUNNING
        case _:
            return "", False


def _rank(grade: str) -> int:
    return _GRADE_ORDER.index(grade) if grade in _GRADE_ORDER else -1


def hours_text(minutes: int) -> str:
    """Hours as people write them: 21.5, never rounded up."""
    hours = Decimal(minutes) / 60
    return f"{hours.quantize(Decimal('0.01'), rounding='ROUND_DOWN').normalize():f}"


_ASKED: Mapping[Check, Sentence] = {
    Check.HOURS: _l("At least %(value)s verified hours in the period"),
    Check.STARS: _l("At least %(value)s stars of service"),
    Check.GRADE: _l("Last project graded %(value)s or better"),
    Check.ANNUAL_CHECK: _l("Passed the last annual check"),
    Check.NO_OPEN_FINDING: _l("No major finding is open"),
    Check.RUNNING: _l("The project is running or closed in good order"),
    Check.CONSENT: _l("Agrees to be nominated"),
    Check.GUARDIAN: _l("A guardian agrees, if the nominee may be under 18"),
}
_SAID: Mapping[Check, Sentence] = {
    Check.HOURS: _l("%(is)s verified hours in the period; %(asked)s are needed."),
    Check.STARS: _l("%(is)s stars of service; %(asked)s are needed."),
    Check.GRADE: _l("The last project was not graded %(asked)s or better."),
    Check.ANNUAL_CHECK: _l("The last annual check was not passed."),
    Check.NO_OPEN_FINDING: _l("Major findings still open: %(is)s."),
    Check.RUNNING: _l("The project is not running, and was not closed in good order."),
    Check.CONSENT: _l("The nominee has not agreed yet."),
    Check.GUARDIAN: _l("The nominee may be under 18: a guardian's signed consent is needed."),
}


def asked(condition: Condition) -> str:
    """One condition in words, for everybody who thinks of nominating."""
    return filled(_ASKED[Check(condition["check"])], {"value": _worded(str(condition.get("value", "")))})


def said(flag: Mapping[str, str]) -> str:
    """Why a nominee does not meet a condition."""
    return filled(_SAID[Check(flag["check"])], {"asked": _worded(flag["asked"]), "is": _worded(flag["is"])})


def said_in_all(flag: Mapping[str, str]) -> dict[str, str]:
    """The same in every language, for what is frozen."""
    return _in_all(lambda: said(flag))


def asked_in_all(flag: Mapping[str, str]) -> dict[str, str]:
    return _in_all(lambda: asked({"check": flag["check"], "value": flag["asked"]}))


def _in_all(sentence: Callable[[], str]) -> dict[str, str]:
    found = {}
    for code in LOCALES:
        with speaking(code):
            found[code] = sentence()
    return found


def _worded(value: str) -> str:
    return str(fields.GRADES.get(value, value))


def condition_faults(recipient: Recipient, conditions: Iterable[Condition]) -> Iterator[Violation]:
    """A condition must be about something this recipient has, and ask for something that can be measured."""
    allowed = fields.CHECKS_FOR[recipient]
    for condition in conditions:
        check, value = Check(condition["check"]), str(condition.get("value", ""))
        if check not in allowed:
            yield Violation(
                "condition", _("This condition does not fit who is recognised."), f"check_{check.value}"
            )
        elif check is Check.HOURS and not _positive(value):
            yield Violation("condition", _("Give the hours as a number above 0."), "check_hours")
        elif check is Check.STARS and value not in {"1", "2", "3", "4", "5"}:
            yield Violation("condition", _("Stars go from 1 to 5."), "check_stars")
        elif check is Check.GRADE and value not in fields.GRADES:
            yield Violation("condition", _("Choose a grade."), "check_grade")


def _positive(text: str) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return number.is_finite() and 0 < number <= fields.MOST_HOURS

"""The parts of a call as staff write them, and what is wrong with each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from grants.calls.fields import CallKind, CheckKind, Gate
from grants.core.errors import Violation
from grants.core.i18n import gettext as _
from grants.core.i18n import words
from grants.core.money import Money
from grants.reviews.rules import CriterionDraft

Words = Mapping[str, str]
WHOLE = Decimal(100)
NOTHING = Money(0)
MOST_MONTHS = 60
MOST_NOTICE_DAYS = 60


class Basics(Struct, frozen=True):
    """What the call is called and what it is for."""

    title: Words
    kind: CallKind
    lead: Words
    purpose: Words
    officer_id: int | None = None


class Amounts(Struct, frozen=True):
    """What may be given, from which fund, for how long."""

    fund_id: int | None
    year: int
    envelope: Money
    floor: Money
    ceiling: Money
    cofunding_percent: Decimal
    months_maximum: int
    starts_on: date | None
    ends_on: date | None


class FieldShare(Struct, frozen=True):
    """A favoured field and its target share of the money."""

    field: str
    target_percent: Decimal


class RuleDraft(Struct, frozen=True):
    """A condition for applying."""

    key: str
    text: Words
    reason: Words = field(default_factory=dict)
    check: Mapping[str, Any] = field(default_factory=dict)


class CapDraft(Struct, frozen=True):
    """A limit on one budget category."""

    category: str
    percent_of_grant: Decimal | None = None
    unit_price: Money | None = None
    required_if: str = ""


class TrancheDraft(Struct, frozen=True):
    """One part of the grant and its gate."""

    percent: Decimal
    gate: Gate


class BandDraft(Struct, frozen=True):
    """A grade, from this score on."""

    key: str
    name: Words
    minimum: Decimal


class Grades(Struct, frozen=True):
    """How finished projects are graded, and how long results are shown."""

    notice_days: int
    bands: Sequence[BandDraft]


class QuestionAnswer(Struct, frozen=True):
    """What people asked, and what they were told."""

    question: Words
    answer: Words


class Standard(Struct, frozen=True):
    """By what is judged, and by how many."""

    reviews_per_entry: int
    external_minimum: int
    pass_score: Decimal | None
    criteria: Sequence[CriterionDraft]


class FormChoice(Struct, frozen=True):
    """Which version of which form is filled in."""

    questionnaire_version_id: int | None


def basics_faults(draft: Basics) -> Iterator[Violation]:
    if not said(draft.title):
        yield Violation("title", _("The call needs a title."), "title_zh")
    if not said(draft.purpose):
        yield Violation("purpose", _("Say what the call is for."), "purpose_zh")


def amounts_faults(draft: Amounts) -> Iterator[Violation]:
    if draft.fund_id is None:
        yield Violation("fund", _("Choose the fund that the money comes from."), "fund_id")
    yield from _money_faults(draft)
    if not 0 <= draft.cofunding_percent <= WHOLE:
        yield Violation("cofunding", _("A share lies between 0 and 100 per cent."), "cofunding_percent")
    if not 1 <= draft.months_maximum <= MOST_MONTHS:
        text = _("Projects last 1 to %(most)s months.", most=MOST_MONTHS)
        yield Violation("months", text, "months_maximum")
    if draft.starts_on and draft.ends_on and draft.starts_on > draft.ends_on:
        yield Violation("period", _("Projects cannot end before they begin."), "ends_on")


def _money_faults(draft: Amounts) -> Iterator[Violation]:
    if draft.envelope <= NOTHING:
        yield Violation("envelope", _("The call needs money to give."), "envelope")
    if draft.floor < NOTHING or draft.ceiling <= NOTHING:
        yield Violation("amounts", _("The amounts must be more than nothing."), "ceiling")
    elif draft.floor > draft.ceiling:
        yield Violation("floor", _("The least amount is more than the most."), "floor")
    elif draft.ceiling > draft.envelope:
        yield Violation("ceiling", _("One grant cannot be more than the whole call gives."), "ceiling")


def shares_faults(shares: Sequence[FieldShare], known: Collection[str]) -> Iterator[Violation]:
    yield from _twice([share.field for share in shares], _("A field is named twice."))
    for share in shares:
        if share.field not in known:
            yield Violation("unknown_field", _("There is no such field of service."))
        if not 0 < share.target_percent <= WHOLE:
            yield Violation("share", _("A target share lies between 0 and 100 per cent."))
    total = sum((share.target_percent for share in shares), Decimal())
    if shares and total != WHOLE:
        text = _("The target shares sum to %(total)s %%; they must sum to 100 %%.", total=bare(total))
        yield Violation("shares", text)


def rules_faults(drafts: Sequence[RuleDraft]) -> Iterator[Violation]:
    if not drafts:
        yield Violation("no_rules", _("Say who may apply: one condition at least."))
    yield from _twice([draft.key for draft in drafts], _("Two conditions have the same key."))
    for draft in drafts:
        if not said(draft.text):
            yield Violation("rule_text", _("A condition has no words."))
        yield from _check_faults(draft)


def _check_faults(draft: RuleDraft) -> Iterator[Violation]:
    kinds = set(draft.check.get("kinds", ()))
    needs = {CheckKind.AGE: "months", CheckKind.MEMBERS: "members", CheckKind.REGION: "region"}
    for kind, value in needs.items():
        if kind in kinds and not draft.check.get(value):
            text = _("“%(rule)s”: say how much or where the machine shall check.", rule=words(draft.text))
            yield Violation("check_value", text)


def caps_faults(drafts: Sequence[CapDraft], known: Collection[str]) -> Iterator[Violation]:
    yield from _twice([draft.category for draft in drafts], _("A budget category is named twice."))
    for draft in drafts:
        if draft.category not in known:
            yield Violation("unknown_category", _("There is no such budget category."))
        if draft.percent_of_grant is not None and not 0 <= draft.percent_of_grant <= WHOLE:
            yield Violation("cap", _("A cap lies between 0 and 100 per cent."))
        if draft.unit_price is not None and draft.unit_price <= NOTHING:
            yield Violation("unit_price", _("A highest unit price must be more than nothing."))
        if draft.percent_of_grant is None and draft.unit_price is None and not draft.required_if:
            yield Violation("empty_cap", _("A limit needs a share, a unit price or a duty to be there."))


def tranches_faults(drafts: Sequence[TrancheDraft]) -> Iterator[Violation]:
    if not drafts:
        yield Violation("no_tranches", _("Say in which parts the money is paid."))
        return
    if any(draft.percent <= 0 for draft in drafts):
        yield Violation("tranche", _("Each part must be more than nothing."))
    total = sum((draft.percent for draft in drafts), Decimal())
    if total != WHOLE:
        text = _("The parts sum to %(total)s %%; they must sum to 100 %%.", total=bare(total))
        yield Violation("tranches", text)
    order = [list(Gate).index(draft.gate) for draft in drafts]
    if order != sorted(order):
        yield Violation("gates", _("A later part cannot have an earlier gate."))


def grades_faults(draft: Grades) -> Iterator[Violation]:
    if not 1 <= draft.notice_days <= MOST_NOTICE_DAYS:
        text = _("Results are shown for 1 to %(most)s working days.", most=MOST_NOTICE_DAYS)
        yield Violation("notice_days", text, "notice_days")
    minima = [band.minimum for band in draft.bands]
    if 0 not in minima:
        yield Violation("bands", _("One grade must begin at 0, so that every score has a grade."))
    yield from _twice(minima, _("Two grades begin at the same score."))
    yield from _twice([band.key for band in draft.bands], _("Two grades have the same key."))
    if any(not 0 <= minimum <= WHOLE for minimum in minima):
        yield Violation("band", _("A grade begins between 0 and 100."))
    if any(not said(band.name) for band in draft.bands):
        yield Violation("band_name", _("A grade has no name."))


def questions_faults(drafts: Sequence[QuestionAnswer]) -> Iterator[Violation]:
    if any(not said(draft.question) or not said(draft.answer) for draft in drafts):
        yield Violation("question", _("A question needs its answer, and an answer its question."))


def grade_of(bands: Sequence[tuple[str, Decimal]], score: Decimal) -> str:
    """The key of the highest band that the score reaches. Raises ValueError where none begins low enough."""
    reached = [(minimum, key) for key, minimum in bands if score >= minimum]
    if not reached:
        raise ValueError(f"no grade begins at or below {score}")
    return max(reached)[1]


def said(text: Words) -> bool:
    return any(part.strip() for part in text.values())


def bare(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _twice(values: Sequence[object], sentence: str) -> Iterator[Violation]:
    if len(set(values)) != len(values):
        yield Violation("twice", sentence)

"""Categories: what is recognised, by which conditions and weights, and by what the jury marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

from grants.awards import fields
from grants.awards.actions.cycles import still_in_preparation, windows_that_meet
from grants.awards.fields import Recipient
from grants.awards.models import AwardCategory, AwardCycle
from grants.awards.queries import cycles
from grants.awards.rules.conditions import condition_faults
from grants.awards.rules.cycles import Cost, prizes_too_high
from grants.awards.rules.scores import Weights, weight_faults
from grants.core import audit
from grants.core.db import db
from grants.core.errors import RulesBroken, StaleVersion, Violation
from grants.core.i18n import gettext as _
from grants.core.i18n import in_all_languages
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money
from grants.core.policy import Actor, authorise
from grants.reviews.actions import stages
from grants.reviews.models import ReviewStage
from grants.reviews.rules import CriterionDraft

_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
LOW, HIGH, STEP = Decimal(0), Decimal(100), Decimal("0.1")


class Line(Struct, frozen=True):
    """One line of what the jury marks, from 0 to 100."""

    name: Mapping[str, str]
    weight: Decimal
    key: str = ""


class CategoryDraft(Struct, frozen=True):
    """A category as staff write it."""

    key: str
    name: Mapping[str, str]
    recipient: Recipient
    quota: int
    prize: Money
    period_years: int
    conditions: Sequence[Mapping[str, Any]]
    weights: Weights
    lines: Sequence[Line]
    reviews_per_entry: int = 2
    purpose: Mapping[str, str] = field(default_factory=dict)


def add_category(cycle: AwardCycle, draft: CategoryDraft, *, by: Actor, at: datetime) -> AwardCategory:
    """Needs the cycle's `categories` loaded."""
    authorise(by, "award_cycle.edit", cycle)
    cycles.hold_all()
    cycle = cycles.for_writing(cycle)
    still_in_preparation(cycle)
    category = AwardCategory(cycle_id=cycle.id, position=len(cycle.categories), **_columns(draft))
    _refuse_if_faulty(category, cycle, draft)
    stage = stages.set_up_stage(
        ("category", 0),
        title=draft.name,
        reviews_per_entry=draft.reviews_per_entry,
        external_minimum=0,
        pass_score=None,
        by=by,
        at=at,
    )
    category.stage_id = stage.id
    cycle.categories.append(category)
    db.session.flush()
    stage.holder_id = category.id
    stages.set_standard(stage, criteria(draft.lines), by=by, at=at)
    category.stage = stage
    after = {"key": draft.key, "prize": draft.prize, "quota": draft.quota}
    audit.record("add", category, by=by, at=at, before={}, after=after)
    return category


def edit_category(
    category: AwardCategory, draft: CategoryDraft, *, version: int, by: Actor, at: datetime
) -> None:
    """Needs the category's cycle with its categories, and its stage with its criteria, loaded."""
    authorise(by, "award_cycle.edit", category.cycle)
    cycles.hold_all()
    category = cycles.category_for_writing(category)
    cycle = category.cycle
    still_in_preparation(cycle)
    if version != category.version:
        raise StaleVersion(
            _l("Somebody else saved this in the meantime. Look at it again before you change it.")
        )
    for name, value in _columns(draft).items():
        setattr(category, name, value)
    with db.session.no_autoflush:
        _refuse_if_faulty(category, cycle, draft)
    audit.record("edit", category, by=by, at=at)
    stage = _stage(category)
    stage.title = dict(draft.name)
    stages.set_panel(
        stage,
        reviews_per_entry=draft.reviews_per_entry,
        external_minimum=0,
        pass_score=None,
        by=by,
        at=at,
    )
    stages.set_standard(stage, criteria(draft.lines), by=by, at=at)


def _stage(category: AwardCategory) -> ReviewStage:
    assert category.stage is not None  # noqa: S101 - every category is made with one
    return category.stage


def _columns(draft: CategoryDraft) -> dict[str, Any]:
    return {
        "key": draft.key,
        "name": dict(draft.name),
        "purpose": dict(draft.purpose),
        "recipient": draft.recipient,
        "quota": draft.quota,
        "prize": draft.prize,
        "period_years": draft.period_years,
        "conditions": [dict(condition) for condition in draft.conditions],
        "weights": draft.weights.plain(),
    }


def _refuse_if_faulty(category: AwardCategory, cycle: AwardCycle, draft: CategoryDraft) -> None:
    broken = list(_plain_faults(draft))
    broken += condition_faults(draft.recipient, draft.conditions)
    broken += weight_faults(draft.weights)
    if any(row.key == draft.key and row is not category for row in cycle.categories):
        broken.append(Violation("key", _("This year has a category with this key already."), "key"))
    if not broken:
        others = [Cost(row.prize, row.quota) for row in cycle.categories if row is not category]
        costs = [*others, Cost(draft.prize, draft.quota)]
        broken += prizes_too_high(costs, cycle.amount, field="prize")
        broken += windows_that_meet(category, cycle)
    if broken:
        raise RulesBroken(broken)


def _plain_faults(draft: CategoryDraft) -> Iterable[Violation]:
    if not _KEY.fullmatch(draft.key):
        text = _("The key is 2 to 40 small letters, digits and underscores, a letter first.")
        yield Violation("key", text, "key")
    if not any(text.strip() for text in draft.name.values()):
        yield Violation("name", _("The category needs a name."), "name_zh")
    if not 1 <= draft.quota <= fields.MOST_WINNERS:
        yield Violation("quota", _("1 to %(most)s winners.", most=fields.MOST_WINNERS), "quota")
    if draft.prize < Money(0):
        yield Violation("prize", _("The prize cannot be less than nothing."), "prize")
    if not 1 <= draft.period_years <= fields.MOST_YEARS:
        yield Violation("period_years", _("1 to %(most)s years.", most=fields.MOST_YEARS), "period_years")
    if not 1 <= draft.reviews_per_entry <= fields.MOST_JURORS:
        yield Violation(
            "jury",
            _("1 to %(most)s people mark each nomination.", most=fields.MOST_JURORS),
            "reviews_per_entry",
        )


def criteria(lines: Sequence[Line]) -> list[CriterionDraft]:
    anchors = {
        "0": in_all_languages(_l("Nothing of it can be seen")),
        "50": in_all_languages(_l("Good and steady work")),
        "100": in_all_languages(_l("An example to the whole city")),
    }
    return [
        CriterionDraft(
            line.key or f"c{place}", line.name, line.weight, LOW, HIGH, STEP, anchors=anchors, required=True
        )
        for place, line in enumerate(lines, start=1)
    ]

"""A year of recognition: planned, opened for nominations, handed to the jury."""

from __future__ import annotations

from datetime import datetime

from grants.awards.events import NominationsOpened, ScoringBegan
from grants.awards.fields import CycleState, NominationState
from grants.awards.lifecycle import CYCLE
from grants.awards.models import AwardCategory, AwardCycle, Nomination
from grants.awards.queries import cycles, nominations
from grants.awards.rules.cycles import (
    CycleDraft,
    beyond_the_fund,
    draft_faults,
    prizes_too_high,
    windows_meeting,
)
from grants.core import audit, clock
from grants.core.db import db
from grants.core.errors import IllegalTransition, RulesBroken, StaleVersion, Violation
from grants.core.events import publish
from grants.core.i18n import gettext as _
from grants.core.i18n import in_chinese
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money, total
from grants.core.policy import Actor, authorise
from grants.funds import queries as funds
from grants.funds.fields import BudgetLine
from grants.obligations import actions as obligations
from grants.obligations.fields import role
from grants.reviews.actions import entries, stages

TO_JURY, TO_NOTICE, TO_GIVE = "award_to_jury", "award_notice", "award_give"


def create_cycle(draft: CycleDraft, *, by: Actor, at: datetime) -> AwardCycle:
    authorise(by, "award_cycle.create")
    _refuse(list(draft_faults(draft)))
    taken = cycles.numbers_taken(draft.ceremony_on.year)
    number = f"AW{draft.ceremony_on.year}" + (f"-{taken + 1}" if taken else "")
    cycle = AwardCycle(number=number, categories=[], **_columns(draft))
    db.session.add(cycle)
    db.session.flush()
    audit.record("create", cycle, by=by, at=at, before={}, after={"number": number, "amount": draft.amount})
    return cycle


def _columns(draft: CycleDraft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in CycleDraft.__struct_fields__} | {
        "title": dict(draft.title)
    }


def edit_cycle(cycle: AwardCycle, draft: CycleDraft, *, version: int, by: Actor, at: datetime) -> None:
    """While it is being prepared. What the categories need must still fit in. Needs `categories` loaded."""
    authorise(by, "award_cycle.edit", cycle)
    cycles.hold_all()
    cycle = cycles.for_writing(cycle)
    still_in_preparation(cycle)
    if version != cycle.version:
        raise StaleVersion(
            _l("Somebody else saved this in the meantime. Look at it again before you change it.")
        )
    broken = list(draft_faults(draft))
    broken += prizes_too_high(cycles.costs(cycle.categories), draft.amount, field="amount")
    _refuse(broken)
    for name, value in _columns(draft).items():
        setattr(cycle, name, value)
    _refuse([fault for row in cycle.categories for fault in windows_that_meet(row, cycle)])
    audit.record("edit", cycle, by=by, at=at)


def windows_that_meet(category: AwardCategory, cycle: AwardCycle) -> list[Violation]:
    window = cycles.window_of(category, cycle)
    return list(windows_meeting(window, cycles.windows(key=category.key, but=category.id)))


def still_in_preparation(cycle: AwardCycle) -> None:
    if cycle.state is not CycleState.DRAFT:
        raise IllegalTransition(_l("Nominations have opened: what was published is no longer changed."))


def open_nominations(cycle: AwardCycle, *, by: Actor, at: datetime) -> None:
    """Publish the standards; from `nominate_from` on nominations are taken. Needs categories and fund loaded."""
    authorise(by, "award_cycle.edit", cycle)
    cycle = cycles.for_writing(cycle)
    _refuse(_not_ready(cycle))
    CYCLE.fire("open", cycle, by=by, at=at)
    for category in cycle.categories:
        if category.stage is not None:
            stages.set_dates(
                category.stage,
                opens_at=clock.at_local(cycle.score_from),
                closes_at=clock.end_of(cycle.score_to),
                by=by,
                at=at,
            )
    _owe(TO_JURY, cycle, due_at=clock.end_of(cycle.score_from), at=at)
    publish(
        NominationsOpened(
            occurred_at=at,
            actor_id=by.user_id,
            case=cycle.case,
            cycle_id=cycle.id,
            public_id=cycle.public_id,
            title=dict(cycle.title),
            until=cycle.nominate_to.isoformat(),
        )
    )


def _not_ready(cycle: AwardCycle) -> list[Violation]:
    needed = total(cost.whole for cost in cycles.costs(cycle.categories))
    broken = []
    if not cycle.categories:
        broken.append(Violation("no_categories", _("Add at least one category first.")))
    broken += prizes_too_high(cycles.costs(cycle.categories), cycle.amount, field=None)
    if needed > Money(0) and cycle.fund is None:
        broken.append(Violation("no_fund", _("Say which fund the prizes are paid from.")))
    elif needed > Money(0) and cycle.fund is not None:
        broken += beyond_the_fund(needed, funds.room(cycle.fund.id, cycle.year, BudgetLine.AWARDS))
    return broken


def begin_scoring(cycle: AwardCycle, *, by: Actor, at: datetime) -> int:
    """Nominations are over: put each before the jury of its category. Answers with how many there are."""
    authorise(by, "award_cycle.edit", cycle)
    cycle = cycles.for_writing(cycle)
    CYCLE.fire("score", cycle, by=by, at=at)
    sent_in = nominations.of_cycle(cycle.id, NominationState.SUBMITTED)
    for nomination in sent_in:
        _enter(nomination, by=by, at=at)
    obligations.meet(TO_JURY, subject=(cycles.HOLDER, cycle.id), by=by, at=at)
    _owe(TO_NOTICE, cycle, due_at=clock.end_of(cycle.notice_from), at=at)
    publish(
        ScoringBegan(
            occurred_at=at, actor_id=by.user_id, case=cycle.case, cycle_id=cycle.id, entries=len(sent_in)
        )
    )
    return len(sent_in)


def _enter(nomination: Nomination, *, by: Actor, at: datetime) -> None:
    stage = nomination.category.stage
    assert stage is not None and nomination.content_hash is not None  # noqa: S101, PT018 - sent in means frozen
    behind = [nomination.nominee_organisation_id, nomination.by_organisation_id]
    entries.add_entry(
        stage,
        entries.Judged(
            subject_kind="nomination",
            subject_id=nomination.id,
            case=nomination.case,
            title=in_chinese(nomination.nominee_name),
            snapshot=nomination.facts["snapshot"],
            content_hash=nomination.content_hash,
            organisations=[number for number in behind if number is not None],
        ),
        by=by,
        at=at,
    )


def _owe(kind: str, cycle: AwardCycle, *, due_at: datetime, at: datetime) -> None:
    obligations.open_duty(
        kind,
        subject=(cycles.HOLDER, cycle.id),
        owner=role("awards"),
        due_at=due_at,
        case=cycle.case,
        values={"title": dict(cycle.title), "cycle": cycle.public_id},
        at=at,
    )


def owe_notice_work(kind: str, cycle: AwardCycle, *, due_at: datetime, by: Actor, at: datetime) -> None:
    """The next duty of the desk takes the place of the one before it."""
    obligations.meet(TO_NOTICE, subject=(cycles.HOLDER, cycle.id), by=by, at=at)
    _owe(kind, cycle, due_at=due_at, at=at)


def _refuse(broken: list[Violation]) -> None:
    if broken:
        raise RulesBroken(broken)

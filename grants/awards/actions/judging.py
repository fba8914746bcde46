"""From the jury's marks to the winners: chosen with reasons, shown to the public, given the award."""

from __future__ import annotations

from datetime import datetime

from grants.awards.actions import certificates, nominating
from grants.awards.actions.cycles import TO_GIVE, owe_notice_work
from grants.awards.events import NominationChosen, NominationDropped
from grants.awards.fields import CycleState, NominationState
from grants.awards.lifecycle import CYCLE, NOMINATION
from grants.awards.models import AwardCycle, Nomination
from grants.awards.queries import cycles, nominations
from grants.awards.rules import nominations as rules
from grants.core import clock
from grants.core.errors import IllegalTransition, RulesBroken, Violation
from grants.core.events import publish
from grants.core.i18n import date_text, in_all_languages, words
from grants.core.i18n import gettext as _
from grants.core.i18n import lazy_gettext as _l
from grants.core.money import Money
from grants.core.policy import SYSTEM, Actor, authorise
from grants.core.text import clean
from grants.funds import actions as funds
from grants.funds.fields import BudgetLine
from grants.notices import actions as notices
from grants.notices import queries as shown
from grants.notices.rules import Item
from grants.obligations import actions as obligations


def demand_choosing(nomination: Nomination) -> None:
    """Raises IllegalTransition unless this nomination lies before the jury now, not chosen yet."""
    _while_scoring(nomination)
    NOMINATION.demand("shortlist", nomination)


def shortlist(nomination: Nomination, *, reason: str, by: Actor, at: datetime) -> None:
    """Choose a winner within the quota, with the reason; whoever misses a condition today cannot be chosen."""
    authorise(by, "nomination.judge", nomination)
    nomination = nominations.for_writing(nomination)
    demand_choosing(nomination)
    category = nomination.category
    broken = list(rules.reason_missing(reason))
    broken += rules.room_left(category.quota, nominations.chosen_count(category.id))
    broken += nominating.flag_violations(nominating.flags_now(nomination, at=at))
    if broken:
        raise RulesBroken(broken)
    nomination.reason = clean(reason).strip()
    NOMINATION.fire("shortlist", nomination, by=by, at=at, note=nomination.reason)
    publish(
        NominationChosen(
            occurred_at=at,
            actor_id=by.user_id,
            case=nomination.case,
            nomination_id=nomination.id,
            category=dict(category.name),
            reason=nomination.reason,
        )
    )


def put_back(nomination: Nomination, *, by: Actor, at: datetime) -> None:
    authorise(by, "nomination.judge", nomination)
    nomination = nominations.for_writing(nomination)
    _while_scoring(nomination)
    nomination.reason = ""
    NOMINATION.fire("put back", nomination, by=by, at=at)


def _while_scoring(nomination: Nomination) -> None:
    if nomination.category.cycle.state is not CycleState.SCORING:
        raise IllegalTransition(_l("Winners are chosen after nominations ended and before the notice."))


def publish_results(cycle: AwardCycle, *, by: Actor, at: datetime) -> None:
    """Keep the scores, tell the others, show the chosen to the public. Needs categories with stages loaded."""
    authorise(by, "award_cycle.edit", cycle)
    cycle = cycles.for_writing(cycle)
    chosen = nominations.of_cycle(cycle.id, NominationState.SHORTLISTED)
    if not chosen:
        raise RulesBroken([Violation("nobody", _("Choose the winners first."))])
    CYCLE.fire("publish", cycle, by=by, at=at)
    for category in cycle.categories:
        for standing in nominations.standings(category, seen_by=SYSTEM):
            standing.nomination.score = standing.parts.kept if standing.parts else None
    for nomination in nominations.of_cycle(cycle.id, NominationState.SUBMITTED):
        _drop(nomination, nomination.reason, by=by, at=at)
    notice = notices.draft_notice(
        (cycles.HOLDER, cycle.id),
        case=cycle.case,
        title=cycle.title,
        items=[_item(row, place) for place, row in enumerate(chosen, start=1)],
        working_days=cycle.notice_days,
        introduction=in_all_languages(
            _l("These nominees were chosen by the jury. Names are shown as each of them agreed.")
        ),
        by=by,
        at=at,
    )
    notices.publish_notice(notice, starts_on=max(cycle.notice_from, clock.day_of(at)), by=by, at=at)
    owe_notice_work(TO_GIVE, cycle, due_at=clock.at_local(cycle.ceremony_on), by=by, at=at)


def _item(nomination: Nomination, place: int) -> Item:
    name = rules.shown_name(
        nomination.nominee_name, is_person=is_person(nomination), publicity=nomination.publicity
    )
    prize = nomination.category.prize
    return Item(
        key=nomination.case,
        number=str(place),
        title=words(name),
        organisation=dict(nomination.nominee_organisation.name),
        amount=prize or None,
        detail=dict(nomination.category.name),
    )


def is_person(nomination: Nomination) -> bool:
    return nomination.nominee_kind.value == "volunteer"


def _drop(nomination: Nomination, reason: str, *, by: Actor, at: datetime) -> None:
    nomination.reason, nomination.decided_at = reason, at
    NOMINATION.fire("drop", nomination, by=by, at=at, note=reason)
    publish(
        NominationDropped(
            occurred_at=at,
            actor_id=by.user_id,
            case=nomination.case,
            nomination_id=nomination.id,
            public_id=nomination.public_id,
            category=dict(nomination.category.name),
            nominee=dict(nomination.nominee_name),
            organisation_id=nomination.by_organisation_id,
            reason=reason,
        )
    )


def give_awards(cycle: AwardCycle, *, by: Actor, at: datetime) -> int:
    """After the notice: everybody against whom no objection stands. The others wait for theirs alone."""
    authorise(by, "award_cycle.edit", cycle)
    shown.hold_shown((cycles.HOLDER, cycle.id))
    cycle = cycles.for_writing(cycle)
    notice = cycles.notice_of(cycle)
    if notice is not None and notice.ends_at is not None and at < notice.ends_at:
        text = _(
            "The public notice lasts to the end of %(day)s.", day=date_text(clock.day_of(notice.ends_at))
        )
        raise RulesBroken([Violation("in_notice", text)])
    CYCLE.fire("award", cycle, by=by, at=at)
    free = shown.who_may_proceed((cycles.HOLDER, cycle.id), at)
    winners = [
        row for row in nominations.of_cycle(cycle.id, NominationState.SHORTLISTED) if free.get(row.case)
    ]
    for nomination in winners:
        _give(nomination, by=by, at=at)
    obligations.meet(TO_GIVE, subject=(cycles.HOLDER, cycle.id), by=by, at=at)
    return len(winners)


def give_late(nomination: Nomination, *, by: Actor, at: datetime) -> None:
    """One whose objection was dismissed after the others had their awards."""
    authorise(by, "nomination.award", nomination)
    shown.hold_shown((cycles.HOLDER, nomination.category.cycle_id))
    nomination = nominations.for_writing(nomination)
    cycle = nomination.category.cycle
    if cycle.state is not CycleState.AWARDED:
        raise IllegalTransition(_l("The awards of this year have not been given yet."))
    if not shown.may_proceed((cycles.HOLDER, cycle.id), nomination.case, at):
        raise RulesBroken([Violation("objection", _("An objection against this nomination stands."))])
    _give(nomination, by=by, at=at)


def _give(nomination: Nomination, *, by: Actor, at: datetime) -> None:
    """The prize is promised and payable, the certificate numbered (hard rule 10: the ledger refuses beyond it)."""
    cycle, prize = nomination.category.cycle, nomination.category.prize
    if prize > Money(0):
        assert cycle.fund is not None  # noqa: S101 - a year with prizes cannot open without a fund
        for move in (funds.commit_money, funds.make_payable):
            move(
                cycle.fund,
                year=cycle.year,
                amount=prize,
                case=nomination.case,
                line=BudgetLine.AWARDS,
                by=by,
                at=at,
            )
    nomination.decided_at = at
    NOMINATION.fire("award", nomination, by=by, at=at, note=nomination.reason)
    certificates.issue(nomination, by=by, at=at)


def objection_upheld(nomination: Nomination, *, at: datetime) -> None:
    """An objection was right: this one does not go on; all others do."""
    nomination = nominations.for_writing(nomination)
    if nomination.state is NominationState.SHORTLISTED:
        _drop(nomination, _("An objection was upheld."), by=SYSTEM, at=at)

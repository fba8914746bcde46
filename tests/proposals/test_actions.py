"""Drafting, handing in, screening and recommending: what is kept, what is refused, and what is proved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grants.core.audit import AuditEntry
from grants.core.checkcodes import content_hash
from grants.core.clock import day_of
from grants.core.db import db
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken
from grants.core.events import TimelineEntry
from grants.core.money import Money
from grants.obligations.models import Obligation
from grants.organisations.fields import StandingKind
from grants.organisations.models import Organisation, Standing
from grants.proposals import queries
from grants.proposals.actions import drafting, going_on, handing_in, screening
from grants.proposals.actions.screening import Finding
from grants.proposals.fields import Opinion, Outcome, ProposalState, Risk
from grants.proposals.models import Proposal, ProposalField, ProposalVersion, Recommendation, ScreeningResult
from grants.questionnaires.actions import StaleSection
from grants.questionnaires.models import SectionAnswers
from tests.proposals.conftest import CLOSES, GOOD, NOW, OPENS, Room, line, make_group, section_of

MILLISECOND = timedelta(milliseconds=1)


def codes(broken: pytest.ExceptionInfo[RulesBroken]) -> list[tuple[str, str | None]]:
    return [(violation.code, violation.field) for violation in broken.value.violations]


def open_duties(rows: Session) -> list[str]:
    rows.rollback()
    found = select(Obligation.kind).where(Obligation.closed_at.is_(None)).order_by(Obligation.id)
    return list(rows.scalars(found))


# Beginning.


def test_a_draft_begins_empty_with_a_duty_until_the_closing(room: Room, rows: Session) -> None:
    room.start(by="bo")
    proposal = rows.scalars(select(Proposal)).one()
    assert (proposal.state, proposal.number, proposal.requested) == (ProposalState.DRAFT, None, Money(0))
    duty = rows.scalars(select(Obligation)).one()
    assert (duty.kind, duty.due_at) == ("proposal.submit", CLOSES)


@pytest.mark.parametrize("by", ["vi", "cy", "olu", "fay"])
def test_only_those_who_write_for_the_group_begin(room: Room, by: str) -> None:
    with pytest.raises(Forbidden):
        room.start(by=by)


@pytest.mark.parametrize(
    ("at", "is_open"), [(OPENS, True), (OPENS - MILLISECOND, False), (CLOSES + MILLISECOND, False)]
)
def test_a_draft_begins_only_while_the_call_is_open(room: Room, at: Any, is_open: bool) -> None:
    if is_open:
        room.start(at=at)
        return
    with pytest.raises(RulesBroken) as broken:
        room.start(at=at)
    assert codes(broken) == [("not_open", None)]


def test_a_group_has_one_live_proposal_in_a_call(room: Room, rows: Session) -> None:
    first = room.start()
    with pytest.raises(RulesBroken) as broken:
        room.start(by="bo")
    assert codes(broken) == [("already", None)]
    with room.proposal(first, by="ada") as (proposal, ada):
        handing_in.withdraw(proposal, "", by=ada, at=NOW)
    room.start()
    rows.rollback()
    assert rows.scalar(select(func.count(Proposal.id))) == 2


def test_a_refusal_to_begin_names_every_condition_with_its_reason(room: Room) -> None:
    with room.inside():
        host = db.session.get_one(Organisation, room.other_id)
        group_id = make_group(
            "没登记队", {room.cast.id("ada"): "owner"}, legal_status="unregistered", host_id=host.id
        )
        call = queries.call_by_id(room.call_id)
        call.rules[0].check = {"kinds": ["legal", "not_blocked"], "statuses": ["filed"], "host": False}
        db.session.add(
            Standing(
                organisation_id=group_id,
                kind=StandingKind.BLOCKED,
                value="1",
                from_on=day_of(NOW),
                source="foundation",
                case="",
            )
        )
    ada = room.cast.actor("ada")
    with room.inside(), pytest.raises(RulesBroken) as broken:
        group = db.session.get_one(Organisation, group_id)
        drafting.start(queries.call_by_id(room.call_id), group, {}, by=ada, at=NOW)
    assert codes(broken) == [
        ("not_eligible", "declared.legal"),
        ("not_declared", "declared.nodouble"),
    ]


# Writing.


def save(
    room: Room, public_id: str, key: str, given: dict[str, Any], *, version: int, by: str = "ada"
) -> int:
    with room.proposal(public_id, by=by) as (proposal, actor):
        section = section_of(proposal, key)
        return drafting.save_section(proposal, section, given, version=version, by=actor, at=NOW).row.version


def test_what_is_saved_moves_the_version_and_saying_the_same_again_does_not(room: Room) -> None:
    draft = room.start()
    assert save(room, draft, "basics", {"title": "暖巷"}, version=1) == 2
    assert save(room, draft, "basics", {"title": "暖巷"}, version=2) == 2
    assert save(room, draft, "basics", {"summary": "一句"}, version=2, by="bo") == 3


def test_words_whose_answer_was_lost_may_be_sent_again(room: Room) -> None:
    draft = room.start()
    assert save(room, draft, "basics", {"title": "暖巷"}, version=1) == 2
    assert save(room, draft, "basics", {"title": "暖巷"}, version=1) == 2


def test_two_people_never_overwrite_each_other_silently(room: Room, rows: Session) -> None:
    draft = room.start()
    save(room, draft, "basics", {"title": "艾达写的"}, version=1)
    with pytest.raises(StaleSection) as stale:
        save(room, draft, "basics", {"title": "阿波写的"}, version=1, by="bo")
    assert (stale.value.version, stale.value.answers) == (2, {"title": "艾达写的"})
    assert save(room, draft, "need", {"need": "别的节不受影响"}, version=1, by="bo") == 2


def test_the_columns_follow_the_answers(room: Room, rows: Session) -> None:
    draft = room.start()
    room.fill(draft, basics={"fields": ["elderly", "environment"], "place": "440106006"})
    proposal = rows.scalars(select(Proposal)).one()
    assert (proposal.title, proposal.kind, proposal.risk) == ("暖巷敲门", "traditional", Risk.MEDIUM)
    assert (proposal.requested, proposal.total_cost) == (Money.yuan("32600"), Money.yuan("41600"))
    assert proposal.region_path == "440100/440106/440106006"


@pytest.mark.parametrize("chosen", [["environment"], ["elderly"], []])
def test_other_fields_of_work_take_the_place_of_the_first(
    room: Room, rows: Session, chosen: list[str]
) -> None:
    draft = room.start()
    room.fill(draft, basics={"fields": ["elderly", "environment"]})
    room.fill(draft, basics={"fields": chosen})
    assert set(rows.scalars(select(ProposalField.field))) == set(chosen)


def test_what_cannot_be_read_is_kept_as_typed_and_too_much_is_not_kept_at_all(
    room: Room, rows: Session
) -> None:
    draft = room.start()
    save(room, draft, "activities", {"volunteers": "六十来个\x00", "activities": "写" * 5000}, version=1)
    kept = rows.scalars(select(SectionAnswers).where(SectionAnswers.section == "activities")).one()
    assert kept.answers == {"volunteers": {"unread": "六十来个"}, "activities": "写" * 5000}
    with pytest.raises(RulesBroken) as broken:
        save(room, draft, "activities", {"activities": "写" * 20_001}, version=2)
    assert codes(broken) == [("too_much", "answers.activities")]


def test_readers_and_strangers_do_not_write(room: Room) -> None:
    draft = room.start()
    for by in ("vi", "cy", "olu", "max"):
        with pytest.raises(Forbidden):
            save(room, draft, "basics", {"title": "不该写"}, version=1, by=by)


# Handing in.


def test_handing_in_freezes_the_words_and_proves_them(room: Room, rows: Session) -> None:
    public_id = room.handed_in()
    proposal = rows.scalars(select(Proposal)).one()
    version = rows.scalars(select(ProposalVersion)).one()
    assert (proposal.state, proposal.number, proposal.submitted_at) == (
        ProposalState.SUBMITTED,
        "MM2026-001",
        NOW,
    )
    assert proposal.content_hash == version.content_hash == content_hash(version.snapshot)
    assert content_hash({**version.snapshot, "title": "暖巷敲们"}) != version.content_hash
    assert version.snapshot["form"]["sections"][0]["answers"]["title"] == "暖巷敲门"
    assert (version.snapshot["signed_by"], len(version.check_code)) == ("Ada", 16)
    audited = select(AuditEntry.verb).where(AuditEntry.case == proposal.case).order_by(AuditEntry.number)
    assert list(rows.scalars(audited)) == ["start", "submit"]
    line = select(TimelineEntry.kind).where(TimelineEntry.case == proposal.case).order_by(TimelineEntry.id)
    told = list(rows.scalars(line))
    assert told == ["ProposalStarted", "ProposalSubmitted"]
    assert open_duties(rows) == ["proposal.screen", "proposal.recommend"]
    with pytest.raises(IllegalTransition):
        save(room, public_id, "basics", {"title": "晚了"}, version=2)


def test_the_closing_instant_is_in_and_a_millisecond_later_is_out(room: Room, rows: Session) -> None:
    """Hard rule 2. The arrival counts, however late the commit comes."""
    draft = room.start()
    room.fill(draft)
    with pytest.raises(RulesBroken) as broken:
        room.submit(draft, at=CLOSES + MILLISECOND)
    assert codes(broken) == [("too_late", None)]
    assert rows.scalars(select(Proposal)).one().state is ProposalState.DRAFT
    room.submit(draft, at=CLOSES)
    rows.rollback()
    assert rows.scalars(select(Proposal)).one().submitted_at == CLOSES


def test_more_time_for_one_group_counts_for_that_group_only(room: Room) -> None:
    draft, other = room.start(), room.start(by="cy", group_id=room.other_id)
    room.fill(draft)
    room.fill(other, by="cy")
    until = CLOSES + timedelta(hours=2)
    olu = room.cast.actor("olu")
    with room.inside():
        group = db.session.get_one(Organisation, room.group_id)
        handing_in.extend(queries.call_by_id(room.call_id), group, until, "停电", by=olu, at=NOW)
    with pytest.raises(RulesBroken):
        room.submit(other, by="cy", at=until)
    room.submit(draft, at=until)


def test_only_the_owner_signs(room: Room) -> None:
    draft = room.start()
    room.fill(draft)
    for by in ("bo", "vi", "cy", "olu"):
        with pytest.raises(Forbidden):
            room.submit(draft, by=by)


def test_everything_missing_is_named_at_once_with_its_section(room: Room) -> None:
    draft = room.start()
    room.fill(
        draft,
        basics={"title": "", "fields": ["environment"], "ends_on": "2020-01-01"},
        beneficiaries={"reached": [{"type": "minors", "people": 3}]},
        budget={"budget": [line("meals", "30.01", 100)]},
    )
    with pytest.raises(RulesBroken) as broken:
        room.submit(draft)
    assert codes(broken) == [
        ("missing", "basics:answers.title"),
        ("order", "basics:answers.ends_on"),
        ("missing", "budget:answers.insurance_reason"),
        ("unit_price", "budget:answers.budget.0.unit_price"),
        ("floor", "budget:answers.budget"),
        ("cofunding", "budget:answers.budget"),
        ("missing", "risk:answers.safety_plan"),
        ("missing", "risk:answers.child_protection"),
    ]


def test_numbers_follow_each_other(room: Room, rows: Session) -> None:
    room.handed_in()
    room.handed_in(by="cy", group_id=room.other_id)
    assert list(rows.scalars(select(Proposal.number).order_by(Proposal.id))) == ["MM2026-001", "MM2026-002"]


def test_withdrawing_what_was_handed_in_needs_a_reason_and_ends_every_duty(room: Room, rows: Session) -> None:
    public_id = room.handed_in()
    with pytest.raises(RulesBroken), room.proposal(public_id, by="ada") as (proposal, ada):
        handing_in.withdraw(proposal, "", by=ada, at=NOW)
    with room.proposal(public_id, by="ada") as (proposal, ada):
        handing_in.withdraw(proposal, "获得了别的支持", by=ada, at=NOW)
    proposal_row = rows.scalars(select(Proposal)).one()
    assert (proposal_row.state, proposal_row.withdrawn_at) == (ProposalState.WITHDRAWN, NOW)
    assert open_duties(rows) == []


# Screening and what follows.


def passed(proposal: Proposal) -> list[Finding]:
    return [Finding(rule.key, Outcome.PASS) for rule in proposal.call.rules]


def test_a_proposal_passes_only_when_every_condition_does(room: Room, rows: Session) -> None:
    public_id = room.handed_in()
    with pytest.raises(RulesBroken) as broken, room.proposal(public_id, by="olu") as (proposal, olu):
        screening.record_screening(proposal, passed(proposal)[:1], by=olu, at=NOW)
        screening.pass_screening(proposal, by=olu, at=NOW)
    assert codes(broken) == [("not_passed", "result-nodouble")]
    assert rows.scalar(select(func.count(ScreeningResult.id))) == 0
    rows.rollback()
    with room.proposal(public_id, by="olu") as (proposal, olu):
        screening.record_screening(proposal, passed(proposal), by=olu, at=NOW)
        screening.pass_screening(proposal, by=olu, at=NOW)
    assert rows.scalars(select(Proposal)).one().state is ProposalState.ELIGIBLE
    assert open_duties(rows) == ["proposal.recommend"]


def test_a_no_needs_its_reason_and_may_be_appealed_and_taken_back(room: Room, rows: Session) -> None:
    public_id = room.handed_in()
    with pytest.raises(RulesBroken) as broken, room.proposal(public_id, by="olu") as (proposal, olu):
        screening.record_screening(proposal, [Finding("legal", Outcome.FAIL)], by=olu, at=NOW)
    assert codes(broken) == [("no_reason", "note-legal")]
    until = day_of(NOW) + timedelta(days=5)
    with room.proposal(public_id, by="olu") as (proposal, olu):
        screening.reject(proposal, "没有备案", until, by=olu, at=NOW)
    found = rows.scalars(select(Proposal)).one()
    assert (found.state, found.refusal_reason, found.appeal_until) == (
        ProposalState.INELIGIBLE,
        "没有备案",
        until,
    )
    with room.proposal(public_id, by="olu") as (proposal, olu):
        screening.reinstate(proposal, "补来了证明", by=olu, at=NOW)
    rows.rollback()
    assert rows.scalars(select(Proposal)).one().state is ProposalState.SUBMITTED


def test_only_the_returned_sections_may_be_mended_and_both_versions_stay(room: Room, rows: Session) -> None:
    public_id = room.handed_in()
    due = NOW + timedelta(days=3)
    with room.proposal(public_id, by="olu") as (proposal, olu):
        screening.send_back(proposal, ["need"], "需求要有数字", due, by=olu, at=NOW)
    assert open_duties(rows) == ["proposal.recommend", "proposal.mend"]
    with pytest.raises(IllegalTransition):
        save(room, public_id, "basics", {"title": "换个名字"}, version=2)
    save(room, public_id, "need", {"need": "五成长者一周没有与人说话。"}, version=2)
    with pytest.raises(RulesBroken) as broken:
        room.submit(public_id, at=due + MILLISECOND)
    assert codes(broken) == [("too_late", None)]
    room.submit(public_id, at=due)
    rows.rollback()
    versions = rows.scalars(select(ProposalVersion).order_by(ProposalVersion.number)).all()
    texts = [version.snapshot["form"]["sections"][1]["answers"]["need"][:2] for version in versions]
    assert texts == ["四成", "五成"]
    proposal_row = rows.scalars(select(Proposal)).one()
    assert (proposal_row.number, proposal_row.submitted_at) == ("MM2026-001", NOW)
    assert proposal_row.content_hash == versions[1].content_hash


def test_without_the_districts_recommendation_it_does_not_reach_the_panel(room: Room, rows: Session) -> None:
    public_id = room.handed_in()
    with room.proposal(public_id, by="olu") as (proposal, olu):
        screening.record_screening(proposal, passed(proposal), by=olu, at=NOW)
        screening.pass_screening(proposal, by=olu, at=NOW)
    with pytest.raises(RulesBroken) as broken, room.proposal(public_id, by="olu") as (proposal, olu):
        going_on.admit(proposal, None, by=olu, at=NOW)  # type: ignore[arg-type]
    assert codes(broken) == [("not_recommended", None)]
    with room.proposal(public_id, by="di") as (proposal, di):
        going_on.recommend(proposal, Opinion.RECOMMEND, "情况属实", by=di, at=NOW)
    with pytest.raises(RulesBroken) as broken, room.proposal(public_id, by="di") as (proposal, di):
        going_on.recommend(proposal, Opinion.NOT, "又不同意了", by=di, at=NOW)
    assert codes(broken) == [("given", None)]
    assert rows.scalars(select(Recommendation)).one().opinion is Opinion.RECOMMEND


def test_a_district_speaks_only_for_its_own_places(room: Room) -> None:
    elsewhere = room.handed_in(basics={"place": "440106006"})
    with pytest.raises(Forbidden), room.proposal(elsewhere, by="di") as (proposal, di):
        going_on.recommend(proposal, Opinion.RECOMMEND, "不归我管", by=di, at=NOW)


def test_the_good_answers_are_good(room: Room, rows: Session) -> None:
    assert set(GOOD) == {"basics", "need", "activities", "beneficiaries", "team", "budget", "risk", "files"}

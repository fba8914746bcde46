"""The demo's proposals, written section by section by their own groups, handed in, screened and recommended.

Call `publish_forms` before the calls are made. `load_proposals` plays a call up to the end of its
screening; `admit_proposals` then puts the eligible ones before the reviewers of its stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from grants.accounts.models import User
from grants.core import clock
from grants.core.policy import SYSTEM, Actor
from grants.demo.organisations import People
from grants.demo.proposal_answers import answers_to, full_width
from grants.organisations.models import Organisation
from grants.proposals import queries, waiting
from grants.proposals.actions import drafting, going_on, handing_in, screening
from grants.proposals.fields import Opinion, Outcome
from grants.proposals.models import Proposal
from grants.questionnaires import actions as forms
from grants.questionnaires import queries as form_queries
from grants.reviews.models import ReviewStage

Data = Mapping[str, Any]
_SECOND_HAND = {"A01": "activities"}
_WRITING_TAKES = timedelta(days=3)
_BETWEEN_SECTIONS = timedelta(minutes=20)
_DRAFTS_SEEN = timedelta(days=4)
_RETURN_DAYS = timedelta(days=10)


def publish_forms(*, at: datetime) -> None:
    forms.publish_shipped(by=SYSTEM, at=at)


def load_proposals(
    data: Data, call_key: str, call_id: int, *, people: People, groups: Mapping[str, Organisation]
) -> dict[str, int]:
    """The proposals of one call, by the data's ids, in the order in which they came in."""
    rows = [row for row in data["proposals"] if row["call_id"] == call_key]
    timetable = next(row["timetable"] for row in data["calls"] if row["id"] == call_key)
    found: dict[str, int] = {}
    as_of = datetime.fromisoformat(data["meta"]["as_of"] + "T09:00:00+08:00")
    for row in sorted(rows, key=lambda row: row["submitted_at"] or data["meta"]["as_of"]):
        handed_in = _moment(row["submitted_at"]) if row["submitted_at"] else as_of - _DRAFTS_SEEN
        found[row["id"]] = _write(row, data, call_id, handed_in, people, groups)
        if row["submitted_at"]:
            _hand_in(found[row["id"]], row, timetable, people)
    looked_after = {row["proposal_id"]: row["officer_id"] for row in data["projects"]}
    for row in rows:
        if row["submitted_at"] and row["status"] != "submitted":
            officer = people.user(looked_after.get(row["id"], "officer"))
            _take_on(queries.by_id(found[row["id"]]), row, officer, people)
            _screen(found[row["id"]], row, timetable, people)
    return found


def admit_proposals(
    data: Data, call_key: str, found: Mapping[str, int], stage: ReviewStage, *, people: People
) -> None:
    """Everything eligible goes to the reviewers on their first day; who took theirs back later does so then."""
    timetable = next(row["timetable"] for row in data["calls"] if row["id"] == call_key)
    at = clock.at_local(date.fromisoformat(timetable["review_from"]), time(9))
    for proposal in waiting.to_admit(queries.by_id(next(iter(found.values()))).call_id):
        going_on.admit(proposal, stage, by=people.actor("officer"), at=at)
    for row in data["proposals"]:
        if row["id"] in found and "withdrawn" in row:
            when = clock.at_local(date.fromisoformat(row["withdrawn"]["on"]), time(15))
            reason = full_width(row["withdrawn"]["reason_zh"])
            proposal = queries.by_id(found[row["id"]])
            handing_in.withdraw(proposal, reason, by=people.actor(row["group_id"]), at=when)


def _write(
    row: Data,
    data: Data,
    call_id: int,
    handed_in: datetime,
    people: People,
    groups: Mapping[str, Organisation],
) -> int:
    """A draft, begun days before it was handed in and saved one section after the other."""
    call = queries.call_by_id(call_id)
    begun = max(handed_in - _WRITING_TAKES, call.opens_at or handed_in)
    leader = people.actor(row["group_id"])
    group = groups[row["group_id"]]
    declared = {rule.key: True for rule in call.rules}
    proposal = drafting.start(call, group, declared, by=leader, at=begun)
    definition = form_queries.what_is_asked(proposal.sheet.asks)
    answered = answers_to(row, data, definition)
    whole = row["status"] != "draft"
    for number, section in enumerate(definition.sections, start=1):
        if not whole and number == len(definition.sections):
            break
        writer = people.actor("group1b") if _SECOND_HAND.get(row["id"]) == section.key else leader
        given = answered.get(section.key, {})
        when = begun + number * _BETWEEN_SECTIONS
        drafting.save_section(proposal, section, given, version=1, by=writer, at=when)
    return proposal.id


def _hand_in(proposal_id: int, row: Data, timetable: Data, people: People) -> None:
    """One group was late and had been given time until the next noon."""
    proposal, at = queries.by_id(proposal_id), _moment(row["submitted_at"])
    closes = datetime.fromisoformat(timetable["close"])
    if at > closes:
        until = clock.at_local(clock.day_of(closes) + timedelta(days=1), time(12))
        reason = "申报截止当日平台所在楼宇停电，经核实延长至次日中午。"
        group, before = proposal.organisation, closes - timedelta(hours=2)
        handing_in.extend(proposal.call, group, until, reason, by=people.actor("officer"), at=before)
    handing_in.submit(proposal, by=people.actor(row["group_id"]), at=at)


def _take_on(proposal: Proposal, row: Data, officer: User, people: People) -> None:
    """The day after it came in, one of the officers has it; what came in last nobody has yet."""
    at = clock.at_local(clock.day_of(_moment(row["submitted_at"])) + timedelta(days=1), time(9, 30))
    screening.assign_officer(proposal, officer, by=people.actor("director"), at=at)


def _screen(proposal_id: int, row: Data, timetable: Data, people: People) -> None:
    """What the officer found, as far as the data says, two days before it was due; then the district's word."""
    proposal, officer = queries.by_id(proposal_id), people.actor("officer")
    if "returned" in row:
        _send_back(proposal, row, officer)
        return
    due = clock.at_local(date.fromisoformat(timetable["eligibility_due"]), time(16))
    at = min(due - timedelta(days=2), _moment(row["submitted_at"]) + timedelta(days=2))
    at = max(at, due - timedelta(days=2)) if timetable["recommendation_due"] else at
    screening.record_screening(proposal, list(_findings(proposal, row)), by=officer, at=at)
    if "eligibility" in row:
        said = row["eligibility"]
        until = date.fromisoformat(said["appeal_until"])
        screening.reject(proposal, full_width(said["reason_zh"]), until, by=officer, at=at)
        return
    screening.pass_screening(proposal, by=officer, at=at)
    if timetable["recommendation_due"]:
        _recommend(proposal_id, timetable, people)


def _findings(proposal: Proposal, row: Data) -> Iterator[screening.Finding]:
    failed = row.get("eligibility", {}).get("check")
    for rule in queries.call_by_id(proposal.call_id).rules:
        if rule.key == failed:
            reason = full_width(row["eligibility"]["reason_zh"])
            yield screening.Finding(rule.key, Outcome.FAIL, reason)
        else:
            yield screening.Finding(rule.key, Outcome.PASS)


def _send_back(proposal: Proposal, row: Data, officer: Actor) -> None:
    at = clock.at_local(date.fromisoformat(row["returned"]["on"]), time(10))
    reason = full_width(row["returned"]["reason_zh"])
    screening.send_back(proposal, ["promise"], reason, at + _RETURN_DAYS, by=officer, at=at)


def _recommend(proposal_id: int, timetable: Data, people: People) -> None:
    """The district of the place; where no district office signs in, the officer enters what it sent."""
    proposal = queries.by_id(proposal_id)
    at = clock.at_local(date.fromisoformat(timetable["recommendation_due"]), time(11)) - timedelta(days=1)
    text = "情况属实，服务对象确有需要，同意推荐。"
    going_on.recommend(proposal, Opinion.RECOMMEND, text, by=_district(proposal, people), at=at)


def _district(proposal: Proposal, people: People) -> Actor:
    for name in ("district", "district2"):
        actor = people.actor(name)
        if actor.holds_within("district", region_path=proposal.region_path):
            return actor
    return people.actor("officer")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)

"""Rules of groups, ties and records, each with its effect on what is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import asdict
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grants.accounts.queries import user_by_id
from grants.core import clock
from grants.core.audit import AuditEntry
from grants.core.errors import Forbidden, IllegalTransition, RulesBroken, StaleVersion
from grants.core.web import is_taken
from grants.organisations import queries
from grants.organisations.actions import conflicts, groups, members, standing
from grants.organisations.fields import (
    AnnualCheck,
    ConflictKind,
    ConflictState,
    Contact,
    LegalStatus,
    MemberRole,
    StandingKind,
)
from grants.organisations.models import Conflict, Organisation
from grants.organisations.rules import Host, Legal
from grants.reference import actions as reference
from grants.reference import queries as reference_queries
from tests.album import Photographed
from tests.cast import Cast
from tests.city import build_city
from tests.organisations.test_queries import CODE, profile

Inside = Callable[..., AbstractContextManager[None]]
AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
NEW_HOST = Legal(LegalStatus.UNREGISTERED, host=Host(name="代管", credit_code=CODE))


@pytest.fixture
def group(cast: Cast, inside: Inside, photographed: Photographed) -> int:
    """Ada's group, with a contact on a domain of its own."""
    made: int = photographed(lambda: _group(cast, inside))
    return made


def _group(cast: Cast, inside: Inside) -> int:
    ada = cast.actor("ada")
    with inside():
        build_city()
        contact = Contact("陈慕兰", "负责人", "13800138000", "office@kapok.example")
        about = profile("木棉队", "440103006", contact=contact, group_kind="community")
        return groups.register_group(about, NEW_HOST, by=ada, at=AT).id


def broken(error: pytest.ExceptionInfo[RulesBroken]) -> set[str | None]:
    return {violation.field for violation in error.value.violations}


def test_everything_wrong_is_said_at_once_and_nothing_is_kept(
    cast: Cast, inside: Inside, rows: Session
) -> None:
    ada = cast.actor("ada")
    with inside():
        build_city()
    wrong = profile("", "440116", founded_on=date(2999, 1, 1), origin="nothing", contact=Contact(phone="?"))
    with pytest.raises(RulesBroken) as error, inside():
        groups.register_group(wrong, Legal(LegalStatus.UNREGISTERED), by=ada, at=AT)
    assert broken(error) == {"name_zh", "region", "founded_on", "origin", "contact_phone", "host"}
    assert rows.scalar(select(func.count()).select_from(Organisation)) == 0


def test_the_database_refuses_an_unregistered_group_without_a_host(inside: Inside, group: int) -> None:
    with pytest.raises(IntegrityError), inside():
        queries.by_id(group).host_id = None


def test_who_comes_second_with_what_may_be_there_once_is_told_apart_from_a_bug(
    inside: Inside, group: int
) -> None:
    """The forms refuse a code that is taken; two at once are refused by the database."""
    with pytest.raises(IntegrityError) as twice, inside():
        queries.by_id(group).credit_code = CODE
    assert is_taken(twice.value)
    with pytest.raises(IntegrityError) as bug, inside():
        queries.by_id(group).host_id = group
    assert not is_taken(bug.value)


def test_a_host_named_twice_is_one_body(cast: Cast, inside: Inside, group: int, rows: Session) -> None:
    cy = cast.actor("cy")
    with inside():
        groups.register_group(profile("又一队", "440103"), NEW_HOST, by=cy, at=AT)
    assert rows.scalar(select(func.count()).where(Organisation.credit_code == CODE)) == 1


@pytest.mark.parametrize(
    ("legal", "field"),
    [
        (Legal(LegalStatus.REGISTERED_SSA), "credit_code"),
        (Legal(LegalStatus.REGISTERED_SSA, "52440103DEM000014H"), "credit_code"),
        (Legal(LegalStatus.REGISTERED_SSA, CODE), "credit_code"),
        (Legal(LegalStatus.UNREGISTERED), "host"),
        (Legal(LegalStatus.UNREGISTERED, CODE, Host(1)), "credit_code"),
        (Legal(LegalStatus.FILED, host=Host(987654)), "host"),
    ],
)
def test_the_legal_status_holds_together(
    legal: Legal, field: str, cast: Cast, inside: Inside, group: int
) -> None:
    with pytest.raises(RulesBroken) as error, inside():
        groups.change_legal_status(queries.by_id(group), legal, by=cast.actor("ada"), at=AT)
    assert field in broken(error)


def test_a_group_cannot_host_itself(cast: Cast, inside: Inside, group: int) -> None:
    with pytest.raises(RulesBroken), inside():
        legal = Legal(LegalStatus.FILED, host=Host(group))
        groups.change_legal_status(queries.by_id(group), legal, by=cast.actor("ada"), at=AT)


def test_a_filed_group_without_a_host_has_nobody_who_takes_the_money(
    cast: Cast, inside: Inside, group: int
) -> None:
    with inside():
        legal = Legal(LegalStatus.FILED)
        groups.change_legal_status(queries.by_id(group), legal, by=cast.actor("ada"), at=AT)
    with inside(read_only=True):
        assert queries.by_id(group).payee_id is None


def test_a_word_retired_later_may_stay_but_not_come(cast: Cast, inside: Inside, group: int) -> None:
    ada, fay = cast.actor("ada"), cast.actor("fay")
    with inside():
        for key in ("elderly", "environment"):
            reference.retire_term(reference_queries.term_in("field", key), by=fay, at=AT)
    with inside():
        row = queries.by_id(group)
        about = profile("木棉队", "440103006")
        groups.edit_profile(row, about, version=row.version, by=ada, at=AT)
    with pytest.raises(RulesBroken) as error, inside():
        row = queries.by_id(group)
        wider = profile("木棉队", "440103006")
        wider = type(wider)(**{**asdict(wider), "service_fields": ("elderly", "environment")})
        groups.edit_profile(row, wider, version=row.version, by=ada, at=AT)
    assert broken(error) == {"service_fields"}


def test_a_stale_edit_is_refused(cast: Cast, inside: Inside, group: int) -> None:
    with pytest.raises(StaleVersion), inside():
        about = profile("旧", "440103006")
        groups.edit_profile(queries.by_id(group), about, version=99, by=cast.actor("ada"), at=AT)


def test_contacts_stay_out_of_the_audit(group: int, rows: Session) -> None:
    entries = rows.scalars(select(AuditEntry)).all()
    assert entries
    assert not any("13800138000" in str(entry.after) + str(entry.before) for entry in entries)


def test_only_an_officer_can_be_liaison(cast: Cast, inside: Inside, group: int) -> None:
    olu, ada, otis, eve = cast.actor("olu"), cast.actor("ada"), cast.user("otis"), cast.user("eve")
    with inside():
        groups.name_liaison(queries.by_id(group), otis, by=olu, at=AT)
    with inside(read_only=True):
        assert queries.by_id(group).liaison_id == otis.id
    with pytest.raises(RulesBroken), inside():
        groups.name_liaison(queries.by_id(group), eve, by=olu, at=AT)
    with pytest.raises(Forbidden), inside():
        groups.name_liaison(queries.by_id(group), otis, by=ada, at=AT)


def test_the_checklist_follows_the_kind_of_group_and_keeps_retired_items(
    cast: Cast, inside: Inside, group: int
) -> None:
    ada, fay = cast.actor("ada"), cast.actor("fay")
    with inside():
        groups.tick_checklist(queries.by_id(group), ["rules", "sign"], by=ada, at=AT)
        reference.retire_term(reference_queries.term_in("six_haves", "sign"), by=fay, at=AT)
    with inside():
        groups.tick_checklist(queries.by_id(group), [], by=ada, at=AT)
    with inside(read_only=True):
        row = queries.by_id(group)
        assert row.checklist == {"sign": {"at": "2026-11-21"}}
        assert [item.key for item in queries.checklist_items(row)] == ["rules", "sign"]
    with pytest.raises(RulesBroken), inside():
        groups.tick_checklist(queries.by_id(group), ["sign"], by=ada, at=AT)


def test_the_record_keeps_what_was_and_tells_what_counts(cast: Cast, inside: Inside, group: int) -> None:
    olu = cast.actor("olu")
    with inside():
        for day, points in ((date(2026, 1, 1), "100"), (date(2026, 6, 1), "92")):
            standing.note_standing(
                group, StandingKind.CREDIT, points, source="foundation", from_on=day, by=olu, at=AT
            )
        standing.block(queries.by_id(group), until_on=date(2026, 12, 31), reason="报告逾期", by=olu, at=AT)
        standing.record_annual_check(queries.by_id(group), 2025, AnnualCheck.FAILED, by=olu, at=AT)
        standing.record_annual_check(queries.by_id(group), 2025, AnnualCheck.PASSED, by=olu, at=AT)

    def on(day: date) -> Mapping[StandingKind, list[str]]:
        with inside(read_only=True):
            found = queries.standing_of([group], day).get(group, {})
            return {kind: [row.value for row in rows] for kind, rows in found.items()}

    assert on(date(2026, 3, 1)) == {StandingKind.CREDIT: ["100"]}
    assert on(date(2026, 6, 1)) == {StandingKind.CREDIT: ["92"]}
    assert on(date(2026, 12, 31)) == {StandingKind.CREDIT: ["92"], StandingKind.BLOCKED: ["报告逾期"]}
    assert on(date(2027, 1, 1)) == {StandingKind.CREDIT: ["92"]}
    assert on(date(2025, 7, 1)) == {StandingKind.ANNUAL_CHECK: ["passed"]}


def test_ties_are_found_by_membership_host_domain_and_phone(
    cast: Cast, inside: Inside, group: int, rows: Session
) -> None:
    ids = {name: cast.id(name) for name in ("ada", "bo", "cy", "dee", "olu")}
    ada, fay = cast.actor("ada"), cast.actor("fay")
    with inside():
        user_by_id(ids["bo"]).phone = "+8613800138000"
        user_by_id(ids["cy"]).email = "cy@kapok.example"
        host = queries.by_id(queries.by_id(group).host_id or 0)
        members.join(host, user_by_id(ids["olu"]), MemberRole.VIEWER, by=ada, at=AT)
    with inside():
        assert len(conflicts.detect_conflicts(ids.values(), [group], by=fay, at=AT)) == 4
        assert conflicts.detect_conflicts(ids.values(), [group], by=fay, at=AT) == []
    ties = rows.scalars(select(Conflict).where(Conflict.organisation_id == group))
    found = {(row.user_id, row.kind.value, row.state.value) for row in ties}
    assert found == {
        (ids["ada"], "member", "suspected"),
        (ids["bo"], "phone", "suspected"),
        (ids["cy"], "mail_domain", "suspected"),
        (ids["olu"], "host", "suspected"),
    }
    assert cast.actor("bo").ids("organisation", "conflicted") == (group,)


def test_a_suspected_tie_keeps_out_until_it_is_cleared(cast: Cast, inside: Inside, group: int) -> None:
    fay, dee = cast.actor("fay"), cast.id("dee")
    with inside():
        conflicts.note_conflict(dee, group, kind=ConflictKind.FAMILY, by=fay, at=AT)
    assert cast.actor("dee").ids("organisation", "conflicted") == (group,)
    with inside():
        (tie,) = queries.conflicts_of(group)
        conflicts.clear_conflict(tie, note="没有关系", by=fay, at=AT)
    assert cast.actor("dee").ids("organisation", "conflicted") == ()
    with pytest.raises(IllegalTransition), inside():
        (tie,) = queries.conflicts_of(group)
        conflicts.clear_conflict(tie, by=fay, at=AT)
    herself = cast.actor("dee")
    with inside():
        conflicts.declare_conflict(group, kind=ConflictKind.FAMILY, by=herself, at=AT)
        (tie,) = queries.conflicts_of(group)
        assert tie.state is ConflictState.CONFIRMED


def test_nobody_settles_a_tie_of_their_own(cast: Cast, inside: Inside, group: int) -> None:
    olu = cast.actor("olu")
    with inside():
        conflicts.declare_conflict(group, kind=ConflictKind.BOARD, by=olu, at=AT)
    with pytest.raises(Forbidden), inside():
        (tie,) = queries.conflicts_of(group)
        conflicts.clear_conflict(tie, by=olu, at=clock.now())

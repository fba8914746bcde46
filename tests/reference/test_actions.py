"""Changing the terms of the city: who may, what stays, numbers that never clash and leave no gap."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.audit import AuditEntry
from grants.core.db import db
from grants.core.errors import Forbidden, RulesBroken, StaleVersion
from grants.core.policy import SYSTEM, Actor, Held
from grants.core.unit_of_work import unit_of_work
from grants.reference import actions, queries
from grants.reference.fields import CalendarSource, Level, Taxonomy, VolunteerWord
from grants.reference.models import NumberSeries, Region, Term

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
DIRECTOR = Actor(user_id=1, name="姚承愿", roles=(Held("director"),))
OFFICER = Actor(user_id=2, name="邝项楠", roles=(Held("officer"),))
Inside = Callable[..., AbstractContextManager[None]]
WORDS = {"zh-Hans": "助老", "en": "Elder care"}


def guangzhou() -> None:
    for code, name, level, parent, first, last in [
        ("440100", "广州市", Level.CITY, None, None, None),
        ("440106", "天河区", Level.DISTRICT, "440100", 1985, None),
        ("440116", "萝岗区", Level.DISTRICT, "440100", 2005, 2014),
        ("440106009", "林和街道", Level.STREET, "440106", None, None),
    ]:
        actions.add_region(
            code,
            {"zh-Hans": name},
            level,
            parent_code=parent,
            valid_from_year=first,
            valid_to_year=last,
            by=DIRECTOR,
            at=AT,
        )


def test_only_those_who_run_the_house_change_its_terms(inside: Inside, rows: Session) -> None:
    with pytest.raises(Forbidden), inside():
        actions.add_term(Taxonomy.FIELD, WORDS, by=OFFICER, at=AT)
    assert rows.scalars(select(Term)).all() == []


def test_a_place_knows_its_path_and_is_offered_only_while_it_exists(inside: Inside) -> None:
    with inside():
        guangzhou()
    with inside(read_only=True):
        city = queries.region_by_code("440100")
        assert city is not None
        assert [row.code for row in queries.regions_below(city.id, year=2010)] == ["440106", "440116"]
        assert [row.code for row in queries.regions_below(city.id, year=2026)] == ["440106"]
        street = queries.region_by_code("440106009")
        assert street is not None
        assert street.path == "440100/440106/440106009"
        assert queries.region_label(street.id) == "天河区 · 林和街道"
        gone = queries.region_by_code("440116")
        assert gone is not None
        assert queries.region_label(gone.id) == "萝岗区"
        assert [row.code for row in queries.regions_found("天河")] == ["440106"]
        assert [row.code for row in queries.regions_found("萝岗")] == []


def test_a_place_hangs_on_the_level_above_and_is_there_once(inside: Inside, rows: Session) -> None:
    with inside():
        guangzhou()
    for code, level, parent in [("440106009", Level.STREET, "440106"), ("440106901", Level.STREET, "440100")]:
        with pytest.raises(RulesBroken), inside():
            actions.add_region(code, {"zh-Hans": "又一个"}, level, parent_code=parent, by=DIRECTOR, at=AT)
    assert len(rows.scalars(select(Region)).all()) == 4


def test_a_retired_word_is_shown_where_it_was_used_and_offered_nowhere_else(inside: Inside) -> None:
    with inside():
        actions.add_term(Taxonomy.FIELD, WORDS, key="elderly", by=DIRECTOR, at=AT)
        pets = actions.add_term(Taxonomy.FIELD, {"zh-Hans": "养宠"}, key="pets", by=DIRECTOR, at=AT)
        actions.retire_term(pets, by=DIRECTOR, at=AT)
    with inside(read_only=True):
        assert queries.term_choices(Taxonomy.FIELD) == [("elderly", "助老")]
        assert queries.term_choices(Taxonomy.FIELD, kept=["pets"]) == [("elderly", "助老"), ("pets", "养宠")]
        assert queries.term_label(Taxonomy.FIELD, "pets") == "养宠"
    with inside():
        actions.restore_term(queries.term_in("field", "pets"), by=DIRECTOR, at=AT)
    with inside(read_only=True):
        assert queries.term_choices(Taxonomy.FIELD) == [("elderly", "助老"), ("pets", "养宠")]


def test_a_list_holds_a_word_once_whatever_its_case_or_width(inside: Inside, rows: Session) -> None:
    with inside():
        actions.add_term(Taxonomy.FIELD, WORDS, key="elderly", by=DIRECTOR, at=AT)
    for name in ({"zh-Hans": "助老 "}, {"zh-Hans": "养老", "en": "ＥＬＤＥＲ care"}, {"zh-Hans": " "}):
        with pytest.raises(RulesBroken), inside():
            actions.add_term(Taxonomy.FIELD, name, by=DIRECTOR, at=AT)
    with inside():
        actions.add_term(Taxonomy.BENEFICIARY, WORDS, key="elderly", by=DIRECTOR, at=AT)
    assert len(rows.scalars(select(Term)).all()) == 2


def test_renaming_a_word_is_seen_by_who_reads_next_and_kept_in_the_audit(
    inside: Inside, rows: Session
) -> None:
    with inside():
        actions.add_term(Taxonomy.FIELD, WORDS, key="elderly", by=DIRECTOR, at=AT)
    with inside(read_only=True):
        assert queries.term_label(Taxonomy.FIELD, "elderly") == "助老"
    with inside():
        actions.rename_term(queries.term_in("field", "elderly"), {"zh-Hans": "敬老"}, by=DIRECTOR, at=AT)
        assert queries.term_label(Taxonomy.FIELD, "elderly") == "敬老"
    with inside(read_only=True):
        assert queries.term_label(Taxonomy.FIELD, "elderly") == "敬老"
    entry = rows.scalars(select(AuditEntry).where(AuditEntry.verb == "rename")).one()
    assert (entry.before["name"], entry.after["name"]) == (WORDS, {"zh-Hans": "敬老"})


def test_a_change_that_is_not_kept_is_not_remembered(inside: Inside) -> None:
    with inside():
        actions.add_term(Taxonomy.FIELD, WORDS, key="elderly", by=DIRECTOR, at=AT)
    with pytest.raises(RuntimeError), inside():
        actions.rename_term(queries.term_in("field", "elderly"), {"zh-Hans": "敬老"}, by=DIRECTOR, at=AT)
        assert queries.term_label(Taxonomy.FIELD, "elderly") == "敬老"
        raise RuntimeError
    with inside(read_only=True):
        assert queries.term_label(Taxonomy.FIELD, "elderly") == "助老"


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(inside: Inside) -> None:
    with inside():
        actions.edit_foundation({"name": {"zh-Hans": "穗城基金会"}}, version=None, by=DIRECTOR, at=AT)
    with inside(read_only=True):
        seen = queries.foundation().version
    with inside():
        actions.edit_foundation({"phone": "020-00000100"}, version=seen, by=DIRECTOR, at=AT)
    with pytest.raises(StaleVersion), inside():
        actions.edit_foundation({"phone": "020-00000999"}, version=seen, by=DIRECTOR, at=AT)
    with inside(read_only=True):
        assert queries.foundation().phone == "020-00000100"


def test_our_bank_account_is_unreadable_in_the_database_and_in_the_audit(
    inside: Inside, rows: Session
) -> None:
    with inside():
        actions.edit_foundation({"bank_account": "6222 0000 1234"}, version=None, by=DIRECTOR, at=AT)
    with inside(read_only=True):
        assert queries.foundation().bank_account == "6222 0000 1234"
    stored = rows.connection().exec_driver_sql("SELECT bank_account FROM foundation_profile").scalar_one()
    assert "6222" not in stored
    entry = rows.scalars(select(AuditEntry).where(AuditEntry.verb == "edit")).one()
    assert entry.after["bank_account"] == "•••"


def test_our_own_days_come_before_the_shipped_calendar(inside: Inside) -> None:
    monday, saturday = date(2026, 11, 23), date(2026, 11, 28)
    with inside():
        actions.set_day(monday, is_working=False, source=CalendarSource.LOCAL, by=DIRECTOR, at=AT)
        actions.set_day(saturday, is_working=True, source=CalendarSource.LOCAL, by=DIRECTOR, at=AT)
    with inside(read_only=True):
        calendar = queries.calendar()
        assert (calendar.is_working_day(monday), calendar.is_working_day(saturday)) == (False, True)
        assert calendar.is_provisional(date(2028, 1, 3))
    with inside():
        actions.set_day(monday, is_working=True, source=CalendarSource.LOCAL, by=DIRECTOR, at=AT)
        actions.set_day(date(2028, 1, 3), is_working=False, source=CalendarSource.NOTICE, by=DIRECTOR, at=AT)
    with inside(read_only=True):
        assert queries.calendar().is_working_day(monday)
        assert not queries.calendar().is_provisional(date(2028, 5, 5))


def test_numbers_run_by_kind_and_year_in_the_format_in_force(inside: Inside) -> None:
    with inside():
        first = [actions.take_number("grant", 2026), actions.take_number("grant", 2026)]
        assert first == ["穗志资-2026-0001", "穗志资-2026-0002"]
        assert actions.take_number("grant", 2027) == "穗志资-2027-0001"
        assert actions.take_number("proposal", 2026) == "MM2026-001"
        actions.edit_foundation(
            {"number_prefix": "羊城", "number_formats": {"grant": "{prefix}{year}{n:03}"}},
            version=None,
            by=SYSTEM,
            at=AT,
        )
        assert actions.take_number("grant", 2026) == "羊城2026003"


def test_a_number_that_is_not_kept_leaves_no_gap(inside: Inside) -> None:
    with inside():
        actions.take_number("grant", 2026)
    with pytest.raises(RuntimeError), inside():
        assert actions.take_number("grant", 2026) == "穗志资-2026-0002"
        raise RuntimeError
    with inside():
        assert actions.take_number("grant", 2026) == "穗志资-2026-0002"


def test_two_who_number_at_once_never_share_a_number_and_leave_no_gap(app: Flask, rows: Session) -> None:
    """Eight threads with their own connections; every third unit of work is not kept."""
    kept: list[int] = []
    start = threading.Barrier(8)

    def work() -> None:
        start.wait(timeout=20)
        for turn in range(6):
            with app.app_context():
                try:
                    with unit_of_work():
                        number = int(actions.take_number("grant", 2026)[-4:])
                        _ = 1 // (turn % 3 - 2)
                    kept.append(number)
                except ZeroDivisionError:
                    continue

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    with app.app_context():
        db.engine.dispose()
    assert sorted(kept) == list(range(1, 33))
    assert all(later == earlier + 1 for earlier, later in pairwise(sorted(kept)))
    assert rows.scalars(select(NumberSeries.last)).all() == [32]


def test_labels_of_a_whole_page_cost_one_query_once_they_are_known(
    inside: Inside, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with inside():
        guangzhou()
        actions.add_term(Taxonomy.FIELD, WORDS, key="elderly", by=DIRECTOR, at=AT)
    with inside(read_only=True):
        queries.snapshot()
    with inside(read_only=True), statements() as seen:
        for row in queries.snapshot().regions.values():
            queries.region_label(row.id)
            queries.term_label(Taxonomy.FIELD, "elderly")
        queries.calendar()
    assert len([said for said in seen if said.startswith("SELECT")]) == 1


def test_the_word_for_a_volunteer_is_the_foundations_own(inside: Inside, app: Flask) -> None:
    from grants.core.i18n import gettext, speaking

    app.extensions["grants.vocabulary"] = queries.vocabulary

    def said(language: str) -> str:
        with speaking(language):
            return gettext("志愿者、志願者")

    with inside(read_only=True):
        assert said("zh-Hans") == "志愿者、志願者"
    for word, expected in ((VolunteerWord.YIGONG, "义工、義工"), (VolunteerWord.ZHIGONG, "志工、志工")):
        with inside():
            actions.edit_foundation({"volunteer_word": word}, version=None, by=DIRECTOR, at=AT)
        with inside(read_only=True):
            assert (said("zh-Hans"), said("zh-Hant"), said("en")) == (expected, expected, "志愿者、志願者")

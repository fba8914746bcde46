"""The whole of the reference data in memory, read once per process and revision, for `queries`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from grants.core import i18n
from grants.core.db import db
from grants.core.once import once
from grants.reference.fields import CalendarSource, Level, Taxonomy, VolunteerWord
from grants.reference.models import CalendarDay, FoundationProfile, Region, Speciality, Term
from grants.reference.workdays import Calendar, shipped_calendar


class TermRow(Struct, frozen=True):
    """A word of a list."""

    id: int
    key: str
    name: Mapping[str, str]
    attributes: Mapping[str, Any]
    position: int
    is_live: bool


class RegionRow(Struct, frozen=True):
    """A place, with its place in the tree."""

    id: int
    code: str
    path: str
    name: Mapping[str, str]
    name_folded: str
    level: Level
    parent_id: int | None
    valid_from_year: int | None
    valid_to_year: int | None

    def in_force(self, year: int) -> bool:
        return (self.valid_from_year or year) <= year <= (self.valid_to_year or year)


class SpecialityRow(Struct, frozen=True):
    """A node of the tree of specialities."""

    id: int
    code: str
    path: str
    name: Mapping[str, str]
    parent_id: int | None
    is_live: bool


class Node(Protocol):
    """A row of either tree."""

    @property
    def id(self) -> int: ...

    @property
    def parent_id(self) -> int | None: ...


NodeRow = TypeVar("NodeRow", bound=Node)


class Snapshot(Struct, frozen=True, dict=True):
    """The whole of the reference data as of one revision, in memory."""

    terms: Mapping[Taxonomy, Mapping[str, TermRow]]
    regions: Mapping[int, RegionRow]
    specialities: Mapping[int, SpecialityRow]
    calendar: Calendar

    @cached_property
    def regions_below(self) -> Mapping[int | None, Sequence[RegionRow]]:
        return _by_parent(self.regions.values())

    @cached_property
    def specialities_below(self) -> Mapping[int | None, Sequence[SpecialityRow]]:
        return _by_parent(self.specialities.values())

    @cached_property
    def regions_by_code(self) -> Mapping[str, RegionRow]:
        return {row.code: row for row in self.regions.values()}


def _by_parent(rows: Iterable[NodeRow]) -> Mapping[int | None, Sequence[NodeRow]]:
    below: dict[int | None, list[NodeRow]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    return below


class Heading(Struct, frozen=True):
    """What every page needs of the reference data: our words, our name, how we are reached."""

    volunteer_word: VolunteerWord
    revision: str | None
    name: Mapping[str, str]
    phone: str
    email: str


_shelf: dict[str, Snapshot] = {}
_SHELF_HOLDS = 4


def heading() -> Heading:
    """The one row of the reference data that every request reads. Never flushes what is being changed."""

    def read() -> Heading:
        with db.session.no_autoflush:
            row = db.session.execute(
                select(
                    FoundationProfile.volunteer_word,
                    FoundationProfile.revision,
                    FoundationProfile.name,
                    FoundationProfile.phone,
                    FoundationProfile.email,
                )
            ).one_or_none()
        return Heading(*row) if row else Heading(VolunteerWord.ZHIYUANZHE, None, {}, "", "")

    return once("reference.heading", read)


def snapshot() -> Snapshot:
    """All reference data, read once per process and revision."""
    revision = heading().revision
    if revision is None:
        return once("reference.snapshot", _read)
    found = _shelf.get(revision)
    if found is None:
        found = _read()
        if len(_shelf) >= _SHELF_HOLDS:
            _shelf.clear()
        _shelf[revision] = found
    return found


def _read() -> Snapshot:
    terms: dict[Taxonomy, dict[str, TermRow]] = {taxonomy: {} for taxonomy in Taxonomy}
    for term in db.session.scalars(select(Term).order_by(Term.taxonomy, Term.position, Term.id)):
        live = term.retired_at is None
        terms[term.taxonomy][term.key] = TermRow(
            term.id, term.key, i18n.Ours(term.name), term.attributes, term.position, live
        )
    regions = {
        row.id: row for row in map(_region_row, db.session.scalars(select(Region).order_by(Region.path)))
    }
    specialities = {
        row.id: SpecialityRow(row.id, row.code, row.path, row.name, row.parent_id, row.retired_at is None)
        for row in db.session.scalars(select(Speciality).order_by(Speciality.path))
    }
    return Snapshot(terms, regions, specialities, _read_calendar())


def _region_row(row: Region) -> RegionRow:
    return RegionRow(
        row.id,
        row.code,
        row.path,
        row.name,
        row.name_folded,
        row.level,
        row.parent_id,
        row.valid_from_year,
        row.valid_to_year,
    )


def _read_calendar() -> Calendar:
    """The shipped calendar with our own days; a year of which a notice was entered counts as official."""
    days = db.session.scalars(select(CalendarDay)).all()
    shipped = shipped_calendar()
    working = frozenset(row.day for row in days if row.is_working)
    off = frozenset(row.day for row in days if not row.is_working)
    announced = frozenset(row.day.year for row in days if row.source is CalendarSource.NOTICE)
    return replace(
        shipped,
        days_off=(shipped.days_off - working) | off,
        make_up_days=(shipped.make_up_days - off) | working,
        official_years=shipped.official_years | announced,
    )

"""Reading the terms of the city. One small query a request; the rest each process keeps until it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from grants.core import clock, i18n
from grants.core.checkcodes import public_id
from grants.core.db import db
from grants.core.errors import NotFound, existing
from grants.core.once import once
from grants.core.text import folded
from grants.reference import fields, rules
from grants.reference.fields import Level, Taxonomy, VolunteerWord
from grants.reference.models import CalendarDay, FoundationProfile, Region, Term
from grants.reference.snapshot import NodeRow, RegionRow, SpecialityRow, TermRow, heading, snapshot
from grants.reference.workdays import Calendar

_VOCABULARY: Mapping[VolunteerWord, Mapping[str, str]] = {
    VolunteerWord.ZHIYUANZHE: {},
    VolunteerWord.YIGONG: {"志愿者": "义工", "志願者": "義工"},
    VolunteerWord.ZHIGONG: {"志愿者": "志工", "志願者": "志工"},
}
MOST_FOUND = 30


def vocabulary() -> Mapping[str, str]:
    """What to say in place of 志愿者; asked by `core.i18n` for every sentence. Nothing while the database is away."""
    if i18n.language() == "en":
        return {}
    try:
        return _VOCABULARY[heading().volunteer_word]
    except SQLAlchemyError:
        return {}


def foundation() -> FoundationProfile:
    """Ourselves; an empty profile that is not kept, before anybody has filled it in."""

    def read() -> FoundationProfile:
        with db.session.no_autoflush:
            return db.session.get(FoundationProfile, 1) or blank_foundation()

    return once("reference.foundation", read)


def blank_foundation() -> FoundationProfile:
    return FoundationProfile(
        id=1,
        name={},
        credit_code="",
        address={},
        phone="",
        email="",
        bank_name="",
        bank_account=None,
        board_chair={},
        secretary_general={},
        seal_holder="",
        kind=fields.FoundationKind.CHARITY,
        public_fundraising=False,
        volunteer_word=VolunteerWord.ZHIYUANZHE,
        level_labels={level: dict(words) for level, words in fields.LEVEL_LABELS.items()},
        number_prefix=fields.NUMBER_PREFIX,
        number_formats=dict(fields.NUMBER_FORMATS),
        shared_mail_domains=list(fields.SHARED_MAIL_DOMAINS),
        revision=public_id(),
    )


def foundation_name() -> str:
    return i18n.words(foundation().name)


def letterhead() -> tuple[str, str]:
    """Our name and how we are reached, as they stand on every page; nothing before they are written."""
    known = heading()
    return i18n.words(known.name), " · ".join(filter(None, (known.phone, known.email)))


def calendar() -> Calendar:
    """Working days as they stand now, the foundation's own exceptions included."""
    return snapshot().calendar


def terms(taxonomy: Taxonomy) -> list[TermRow]:
    """Every word of a list in its order, retired ones included."""
    return list(snapshot().terms[taxonomy].values())


def term_choices(taxonomy: Taxonomy, *, kept: Iterable[str] = ()) -> list[tuple[str, str]]:
    """What a picker offers: live words, and those that this record has already."""
    held = set(kept)
    return [(row.key, i18n.words(row.name)) for row in terms(taxonomy) if row.is_live or row.key in held]


def term_label(taxonomy: Taxonomy | str, key: str | None) -> str:
    """The word in the reader's language, retired or not; the key itself when the list never had it."""
    if not key:
        return ""
    row = snapshot().terms[Taxonomy(taxonomy)].get(key)
    return i18n.words(row.name) if row else key


def term_row(taxonomy: Taxonomy, key: str) -> TermRow | None:
    return snapshot().terms[taxonomy].get(key)


def term_in(taxonomy: str, key: str) -> Term:
    """The word an address names. Raises NotFound."""
    wanted = select(Term).where(Term.taxonomy == taxonomy_named(taxonomy), Term.key == key)
    return existing(db.session.scalar(wanted))


def taxonomy_named(taxonomy: str) -> Taxonomy:
    """The list an address names. Raises NotFound."""
    if taxonomy not in {member.value for member in Taxonomy}:
        raise NotFound
    return Taxonomy(taxonomy)


def region_at(code: str) -> Region:
    """The place an address names. Raises NotFound."""
    return existing(db.session.scalar(select(Region).where(Region.code == code)))


def region_with_room(code: str) -> Region:
    """As `region_at`, for a place below which another level can be."""
    place = region_at(code)
    if place.level is Level.COMMUNITY:
        raise NotFound
    return place


def region_row(region_id: int) -> RegionRow | None:
    return snapshot().regions.get(region_id)


def region_by_code(code: str) -> RegionRow | None:
    return snapshot().regions_by_code.get(code)


def regions_below(parent_id: int | None, *, year: int | None = None) -> list[RegionRow]:
    """The places right below one (the cities for None) that are in force in `year` (default this year)."""
    when = year or clock.today().year
    return [row for row in snapshot().regions_below.get(parent_id, ()) if row.in_force(when)]


def all_regions_below(parent_id: int | None) -> list[RegionRow]:
    """The places right below one, those of other years included."""
    return list(snapshot().regions_below.get(parent_id, ()))


def region_trail(region_id: int | None) -> list[RegionRow]:
    """From the city down to the place itself."""
    return _trail(snapshot().regions, region_id)


def region_label(region_id: int | None, *, long: bool = False) -> str:
    """荔湾区 · 逢源街道: the place with those above it, the city left out unless it is all there is."""
    trail = region_trail(region_id)
    shown = trail if long or len(trail) == 1 else trail[1:]
    return " · ".join(i18n.words(row.name) for row in shown)


def regions_found(query: str, *, year: int | None = None) -> list[RegionRow]:
    """Places in force whose name or code holds what was typed, the higher levels first."""
    wanted = folded(query)
    when = year or clock.today().year
    if not wanted:
        return []
    found = [
        row
        for row in snapshot().regions.values()
        if row.in_force(when) and (wanted in row.name_folded or row.code.startswith(wanted))
    ]
    return sorted(found, key=lambda row: (len(row.code), row.path))[:MOST_FOUND]


def specialities_below(parent_id: int | None) -> list[SpecialityRow]:
    return [row for row in snapshot().specialities_below.get(parent_id, ()) if row.is_live]


def speciality_row(speciality_id: int) -> SpecialityRow | None:
    return snapshot().specialities.get(speciality_id)


def speciality_by_code(code: str) -> SpecialityRow | None:
    return next((row for row in snapshot().specialities.values() if row.code == code), None)


def speciality_trail(speciality_id: int | None) -> list[SpecialityRow]:
    return _trail(snapshot().specialities, speciality_id)


def speciality_label(speciality_id: int | None) -> str:
    trail = speciality_trail(speciality_id)
    return i18n.words(trail[-1].name) if trail else ""


def speciality_choices(*, kept: int | None = None) -> list[tuple[int, str]]:
    """The whole tree as one list, indented by depth; live nodes and the one this record has."""
    return [(row.id, _indented(row)) for row in all_specialities() if row.is_live or row.id == kept]


def speciality_parents() -> list[tuple[str, str]]:
    """Below what a new speciality may hang: codes and indented names."""
    return [(row.code, _indented(row)) for row in all_specialities() if row.is_live]


def _indented(row: SpecialityRow) -> str:
    return "　" * row.path.count("/") + i18n.words(row.name)


def all_specialities() -> list[SpecialityRow]:
    """The whole tree from the top down."""
    return sorted(snapshot().specialities.values(), key=lambda row: row.path)


def level_label(level: Level) -> str:
    """How the organisation of this level is called: 市总队, 区大队 …"""
    return i18n.words(foundation().level_labels.get(level) or fields.LEVEL_LABELS[level])


def number_formats() -> Mapping[str, str]:
    return dict(fields.NUMBER_FORMATS) | dict(foundation().number_formats)


def number_examples() -> Mapping[str, str]:
    """The first number of this year, kind by kind, as it would be written."""
    prefix, year = foundation().number_prefix, clock.today().year
    return {
        kind: rules.number_text(form, prefix=prefix, year=year, n=1)
        for kind, form in number_formats().items()
    }


def calendar_days() -> Sequence[CalendarDay]:
    return db.session.scalars(select(CalendarDay).order_by(CalendarDay.day.desc())).all()


def _trail(rows: Mapping[int, NodeRow], row_id: int | None) -> list[NodeRow]:
    trail: list[NodeRow] = []
    while row_id is not None and (row := rows.get(row_id)) is not None:
        trail.insert(0, row)
        row_id = row.parent_id
    return trail

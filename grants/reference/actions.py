"""Every change of the terms of the city; each leaves an audit entry and makes every process read anew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from grants.core import audit, once
from grants.core.checkcodes import public_id
from grants.core.db import db, upsert
from grants.core.errors import NotFound, RulesBroken, StaleVersion, Violation
from grants.core.events import publish
from grants.core.holding import hold
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.core.text import clean_line, folded
from grants.reference import fields, queries, rules
from grants.reference.credit_code import credit_code
from grants.reference.events import FoundationEdited, TermsChanged
from grants.reference.fields import CalendarSource, Level, Taxonomy
from grants.reference.models import CalendarDay, FoundationProfile, NumberSeries, Region, Speciality, Term

Words = Mapping[str, str]
USUAL_TERMS = Path(__file__).parent / "data" / "terms.json"


def foundation_profile() -> FoundationProfile:
    """The foundation's row, made on first use."""
    row = db.session.get(FoundationProfile, 1)
    if row is None:
        row = queries.blank_foundation()
        db.session.add(row)
        db.session.flush()
    return row


def _in_turn(by: Actor) -> None:
    """First in every action here: what is compared with what is there already changes one after another."""
    authorise(by, "settings.edit")
    hold(FoundationProfile, [1])


def _changed() -> None:
    """Last in every action here: from now on nobody uses what was read before."""
    foundation_profile()
    db.session.flush()
    db.session.execute(
        update(FoundationProfile).values(revision=public_id()).execution_options(synchronize_session=False)
    )
    once.forget("reference.heading", "reference.foundation", "reference.snapshot")


def edit_foundation(values: Mapping[str, Any], *, version: int | None, by: Actor, at: datetime) -> None:
    """Change what our papers say of us.

    `version` is what the editor saw, 0 when there was nothing yet; None where nobody looked at a form.
    Raises StaleVersion when somebody else saved in between.
    """
    _in_turn(by)
    known = db.session.get(FoundationProfile, 1)
    if version is not None and version != (known.version if known else 0):
        raise StaleVersion(_l("Somebody else changed the foundation's profile. Look at it again."))
    broken = list(_profile_faults(values))
    if broken:
        raise RulesBroken(broken)
    profile = foundation_profile()
    for name, value in values.items():
        setattr(profile, name, value)
    if values.get("credit_code"):
        profile.credit_code = credit_code(values["credit_code"])
    audit.record("edit", profile, by=by, at=at)
    _changed()
    publish(FoundationEdited(occurred_at=at, actor_id=by.user_id, case="foundation/1"))


def _profile_faults(values: Mapping[str, Any]) -> Iterable[Violation]:
    if "name" in values and not any(values["name"].values()):
        yield Violation("required", _l("The foundation needs a name."), "name_zh")
    if values.get("credit_code"):
        yield from rules.credit_code_faults(values["credit_code"], field="credit_code")
    for kind, form in values.get("number_formats", {}).items():
        yield from rules.format_faults(form, field=f"format_{kind}")


def add_region(
    code: str,
    name: Words,
    level: Level,
    *,
    parent_code: str | None,
    valid_from_year: int | None = None,
    valid_to_year: int | None = None,
    by: Actor,
    at: datetime,
) -> Region:
    """Put a place into the tree. Raises RulesBroken for a code that cannot be, or is there already."""
    _in_turn(by)
    parent = db.session.scalar(select(Region).where(Region.code == parent_code)) if parent_code else None
    broken = [
        *rules.code_faults(code, level, parent_code=parent_code, from_year=valid_from_year),
        *rules.year_faults(valid_from_year, valid_to_year),
        *_place_faults(code, level, parent),
    ]
    if broken:
        raise RulesBroken(broken)
    row = Region(
        code=code,
        path=f"{parent.path}/{code}" if parent else code,
        name=dict(name),
        name_folded=folded(" ".join(name.values()))[: fields.TEXT],
        level=level,
        parent_id=parent.id if parent else None,
        valid_from_year=valid_from_year,
        valid_to_year=valid_to_year,
    )
    db.session.add(row)
    audit.record("add", row, by=by, at=at)
    _changed()
    return row


def _place_faults(code: str, level: Level, parent: Region | None) -> Iterable[Violation]:
    if (parent.level if parent else None) is not rules.level_above(level):
        yield Violation("parent", _l("A place of this level hangs on one of the level above."), "parent_code")
    if db.session.scalar(select(Region.id).where(Region.code == code)) is not None:
        yield Violation("taken", _l("There is a place with this code already."), "code")


def rename_region(region: Region, name: Words, *, valid_to_year: int | None, by: Actor, at: datetime) -> None:
    """Change what a place is called and the last year in which it is offered; old records keep it."""
    _in_turn(by)
    broken = list(rules.year_faults(region.valid_from_year, valid_to_year))
    if broken:
        raise RulesBroken(broken)
    region.name = dict(name)
    region.name_folded = folded(" ".join(name.values()))[: fields.TEXT]
    region.valid_to_year = valid_to_year
    audit.record("edit", region, by=by, at=at)
    _changed()


def add_speciality(code: str, name: Words, *, parent_code: str | None, by: Actor, at: datetime) -> Speciality:
    _in_turn(by)
    parent = None
    if parent_code:
        parent = db.session.scalar(select(Speciality).where(Speciality.code == parent_code))
        if parent is None:
            raise NotFound
    if db.session.scalar(select(Speciality.id).where(Speciality.code == code)) is not None:
        raise RulesBroken([Violation("taken", _l("There is a speciality with this code already."), "code")])
    path = f"{parent.path}/{code}" if parent else code
    row = Speciality(code=code, path=path, name=dict(name), parent_id=parent.id if parent else None)
    db.session.add(row)
    audit.record("add", row, by=by, at=at)
    _changed()
    return row


def add_term(
    taxonomy: Taxonomy,
    name: Words,
    *,
    key: str = "",
    attributes: Mapping[str, Any] | None = None,
    by: Actor,
    at: datetime,
) -> Term:
    """Put a word at the end of a list. Without `key` one is made; it is never shown."""
    _in_turn(by)
    key = key or f"t{public_id().lower()}"
    broken = [*rules.key_faults(key), *_word_faults(taxonomy, name, except_id=None)]
    if db.session.scalar(select(Term.id).where(Term.taxonomy == taxonomy, Term.key == key)) is not None:
        broken.append(Violation("taken", _l("The list has a word with this key already."), "key"))
    if broken:
        raise RulesBroken(broken)
    last = db.session.scalar(select(func.max(Term.position)).where(Term.taxonomy == taxonomy)) or 0
    row = Term(
        taxonomy=taxonomy, key=key, name=_tidy(name), attributes=dict(attributes or {}), position=last + 1
    )
    db.session.add(row)
    audit.record("add", row, by=by, at=at)
    _terms_changed(taxonomy, by=by, at=at)
    return row


def enter_usual_terms(*, by: Actor, at: datetime) -> int:
    """Fill each list that has no word yet with those that come with the release; how many were added."""
    added = 0
    for name, rows in json.loads(USUAL_TERMS.read_text("utf-8")).items():
        taxonomy = Taxonomy(name)
        if queries.terms(taxonomy):
            continue
        for row in rows:
            attributes = row.get("attributes")
            add_term(taxonomy, row["name"], key=row["key"], attributes=attributes, by=by, at=at)
            added += 1
    return added


def rename_term(
    term: Term, name: Words, *, attributes: Mapping[str, Any] | None = None, by: Actor, at: datetime
) -> None:
    """Give a word another wording, everywhere it is shown."""
    _in_turn(by)
    broken = list(_word_faults(term.taxonomy, name, except_id=term.id))
    if broken:
        raise RulesBroken(broken)
    term.name = _tidy(name)
    if attributes is not None:
        term.attributes = dict(attributes)
    audit.record("rename", term, by=by, at=at)
    _terms_changed(term.taxonomy, by=by, at=at)


def retire_term(term: Term, *, by: Actor, at: datetime) -> None:
    """Offer a word no more; records that have it keep showing it. Again: nothing happens."""
    _in_turn(by)
    if term.retired_at is not None:
        return
    term.retired_at = at
    audit.record("retire", term, by=by, at=at)
    _terms_changed(term.taxonomy, by=by, at=at)


def restore_term(term: Term, *, by: Actor, at: datetime) -> None:
    """Offer a retired word again."""
    _in_turn(by)
    if term.retired_at is None:
        return
    term.retired_at = None
    audit.record("restore", term, by=by, at=at)
    _terms_changed(term.taxonomy, by=by, at=at)


def _terms_changed(taxonomy: Taxonomy, *, by: Actor, at: datetime) -> None:
    _changed()
    publish(TermsChanged(occurred_at=at, actor_id=by.user_id, case="foundation/1", taxonomy=taxonomy.value))


def _tidy(name: Words) -> dict[str, str]:
    return {code: clean_line(text) for code, text in name.items() if clean_line(text)}


def _word_faults(taxonomy: Taxonomy, name: Words, *, except_id: int | None) -> Iterable[Violation]:
    tidy = _tidy(name)
    if not tidy:
        yield Violation("required", _l("Write the word in one language at least."), "name_zh")
        return
    others = db.session.scalars(
        select(Term).where(Term.taxonomy == taxonomy, Term.retired_at.is_(None), Term.id != (except_id or 0))
    )
    for other in others:
        if any(folded(other.name.get(code, "")) == folded(text) for code, text in tidy.items()):
            yield Violation("taken", _l("The list has this word already."), "name_zh")
            return


def set_day(day: date, *, is_working: bool, source: CalendarSource, by: Actor, at: datetime) -> None:
    """Say that a day is, or is not, a working day, whatever the shipped calendar says."""
    _in_turn(by)
    row = db.session.scalar(select(CalendarDay).where(CalendarDay.day == day))
    if row is None:
        row = CalendarDay(day=day, is_working=is_working, source=source)
        db.session.add(row)
    else:
        row.is_working, row.source = is_working, source
    audit.record("set", row, by=by, at=at)
    _changed()


def take_number(kind: str, year: int) -> str:
    """The next number of its kind and year, as text: 穗志资-2026-0001.

    The row stays locked until the unit of work ends, so that two never share a number and one
    that is not kept leaves no gap. Take it late: whoever comes next waits.
    """
    taken = upsert(NumberSeries).values(kind=kind, year=year, last=1)
    n = db.session.scalar(
        taken.on_conflict_do_update(
            index_elements=["kind", "year"], set_={"last": NumberSeries.last + 1}
        ).returning(NumberSeries.last)
    )
    form = queries.number_formats().get(kind, "{year}-{n:04}")
    return rules.number_text(form, prefix=queries.foundation().number_prefix, year=year, n=int(n or 0))

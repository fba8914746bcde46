"""The hall of honour: certificates that everybody may read, named as the winners agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from grants.awards.fields import CertificateState
from grants.awards.models import AwardCategory, Certificate, Nomination
from grants.core import pagination
from grants.core.db import db
from grants.core.errors import NotFound
from grants.core.i18n import lazy_gettext as _l
from grants.core.i18n import words
from grants.core.pagination import Window
from grants.core.policy import Actor
from grants.core.text import folded
from grants.papers.checking import CheckedPaper


class Asked(Struct, frozen=True):
    """What a visitor looks for. Names are found as they are shown: a masked name gives nothing away."""

    year: int | None = None
    category: str = ""
    name: str = ""


class Hall(Struct, frozen=True):
    """One page of the hall."""

    rows: Sequence[Certificate]
    window: Window
    years: Sequence[int]
    categories: Mapping[str, Mapping[str, str]]


def hall(asked: Asked, *, page: str) -> Hall:
    chosen = _chosen(asked)
    number = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    shown = pagination.window(number, number=page, size="")
    rows = db.session.scalars(
        chosen.order_by(Certificate.year.desc(), Certificate.category_key, Certificate.number)
        .limit(shown.size)
        .offset(shown.offset)
    ).all()
    return Hall(rows, shown, _years(), _categories())


def _chosen(asked: Asked) -> Select[Certificate]:
    query = select(Certificate)
    if asked.year is not None:
        query = query.where(Certificate.year == asked.year)
    if asked.category:
        query = query.where(Certificate.category_key == asked.category)
    if asked.name:
        query = query.where(Certificate.shown_name_folded.contains(folded(asked.name), autoescape=True))
    return query


def _years() -> Sequence[int]:
    return db.session.scalars(select(Certificate.year).distinct().order_by(Certificate.year.desc())).all()


def _categories() -> Mapping[str, Mapping[str, str]]:
    """Key → the newest name it goes by."""
    newest = select(func.max(Certificate.id)).group_by(Certificate.category_key)
    rows = db.session.scalars(select(Certificate).where(Certificate.id.in_(newest)).order_by(Certificate.id))
    return {row.category_key: row.category_name for row in rows}


def _with_its_paper() -> Select[Certificate]:
    return select(Certificate).options(
        joinedload(Certificate.document),
        joinedload(Certificate.nomination).joinedload(Nomination.category).joinedload(AwardCategory.cycle),
        joinedload(Certificate.nomination).joinedload(Nomination.by_organisation),
    )


def by_public_id(public_id: str) -> Certificate:
    return _found(_with_its_paper().where(Certificate.public_id == public_id))


def by_id(number: int) -> Certificate:
    return _found(_with_its_paper().where(Certificate.id == number))


def by_check_code(code: str) -> Certificate | None:
    return db.session.scalar(_with_its_paper().where(Certificate.check_code == code))


def checked_certificate(code: str, actor: Actor) -> CheckedPaper | None:
    """What anybody with the code of a certificate may know: the name only as the winner agreed."""
    found = by_check_code(code)
    if found is None:
        return None
    withdrawn = _l("Withdrawn: %(reason)s", reason=found.withdrawn_reason)
    return CheckedPaper(
        kind=_l("Certificate of an award"),
        number=found.number,
        issued_at=found.issued_at,
        content_hash=found.content_hash,
        is_valid=found.state is CertificateState.ISSUED,
        remark=withdrawn if found.state is CertificateState.WITHDRAWN else "",
        facts=(
            (_l("Given to"), words(found.shown_name)),
            (_l("For"), words(found.category_name)),
            (_l("Year"), words(found.cycle_title)),
        ),
        href=f"/honours/{found.public_id}",
        may_open=True,
    )


def number_taken(number: str) -> bool:
    return db.session.scalar(select(Certificate.id).where(Certificate.number == number)) is not None


def _found(query: Select[Certificate]) -> Certificate:
    row = db.session.scalar(query)
    if row is None:
        raise NotFound
    return row

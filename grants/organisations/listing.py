"""The officers' list of groups, declared."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func

from grants.accounts.models import User
from grants.core import i18n
from grants.core.i18n import lazy_gettext as _l
from grants.core.list_columns import Column, ColumnKind, Listing
from grants.core.list_filters import Choice
from grants.core.policy import Actor
from grants.organisations import fields
from grants.organisations.fields import Kind
from grants.organisations.models import Organisation
from grants.organisations.queries import officers, visible_to
from grants.reference import queries as reference

_DISTRICT = len("440100/440103")


def _rows(actor: Actor) -> Select[Any]:
    seen = visible_to(actor).where(Organisation.kind == Kind.GROUP)
    return seen.outerjoin(User, Organisation.liaison_id == User.id)


def _place(path: str) -> str:
    row = reference.region_by_code(path.rpartition("/")[2])
    return i18n.words(row.name) if row else path


def _speciality(speciality_id: int) -> str:
    return reference.speciality_label(speciality_id)


_district = func.substr(Organisation.region_path, 1, _DISTRICT)

GROUPS = Listing(
    name="groups",
    title=_l("Groups"),
    rows=_rows,
    key=Organisation.id,
    lead="name",
    sort="name",
    extra={"public_id": Organisation.public_id},
    href=lambda row: f"/groups/{row.public_id}",
    searched="organisation",
    hint=_l("Name of the group"),
    empty=_l("No group has registered yet. Leaders do it themselves, from the page of a call or from here."),
    columns=(
        Column("name", _l("Group"), Organisation.name, sort=Organisation.name_folded, label_of=i18n.words),
        Column("place", _l("At home in"), Organisation.region_id, sort=Organisation.region_path,
               label_of=reference.region_label),
        Column("speciality", _l("Speciality"), Organisation.speciality_id, label_of=_speciality),
        Column("legal_status", _l("Legal status"), Organisation.legal_status, ColumnKind.TAG, width="w6",
               label_of=fields.LEGAL_STATUSES.__getitem__,
               tone_of=lambda status: "done" if status in fields.LEGAL_PERSONS else ""),
        Column("star_level", _l("Stars"), Organisation.star_level, ColumnKind.NUMBER),
        Column("liaison", _l("Liaison officer"), User.name, width="w4"),
        Column("registered_at", _l("Registered here"), Organisation.registered_at, ColumnKind.DATE),
    ),
    filters=(
        Choice("legal_status", _l("Legal status"), Organisation.legal_status,
               choices=list(fields.LEGAL_STATUSES.items())),
        Choice("district", _l("District"), _district, name_of=_place),
        Choice("speciality", _l("Speciality"), Organisation.speciality_id, name_of=_speciality),
        Choice("liaison", _l("Liaison officer"), Organisation.liaison_id,
               choices=lambda: list(officers().items()), none_label=_l("nobody yet")),
    ),
)  # fmt: skip

"""Who owes something."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class OwnerKind(StrEnum):
    """One person, everybody with a role, or the owners and editors of an organisation."""

    USER = "user"
    ROLE = "role"
    ORGANISATION = "organisation"


class Owner(Struct, frozen=True):
    """Whose turn it is. A role may be narrowed to a region (its path), a call or an organisation (its id)."""

    kind: OwnerKind
    key: str
    scope: str = ""
    scope_key: str = ""


def user(user_id: int) -> Owner:
    return Owner(OwnerKind.USER, str(user_id))


def organisation(organisation_id: int) -> Owner:
    return Owner(OwnerKind.ORGANISATION, str(organisation_id))


def role(name: str) -> Owner:
    """Everybody who holds the role everywhere."""
    return Owner(OwnerKind.ROLE, name)


def role_within_region(name: str, region_path: str) -> Owner:
    return Owner(OwnerKind.ROLE, name, "region", region_path)


def role_within_call(name: str, call_id: int) -> Owner:
    return Owner(OwnerKind.ROLE, name, "call", str(call_id))


def role_within_organisation(name: str, organisation_id: int) -> Owner:
    return Owner(OwnerKind.ROLE, name, "organisation", str(organisation_id))

"""Where a role reaches, in SQL: the twin of `Actor.holds_within`, for the selects of lists."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, SQLColumnExpression, false, or_, true

from grants.core.policy import Actor


def within(
    actor: Actor,
    roles: Sequence[str],
    *,
    region: SQLColumnExpression[str] | None = None,
    call: SQLColumnExpression[int] | None = None,
    organisation: SQLColumnExpression[int] | None = None,
) -> ColumnElement[bool]:
    """True for rows that lie where the actor holds one of the roles: everywhere, or by the columns that are given."""
    if actor.holds_everywhere(*roles):
        return true()
    ways: list[ColumnElement[bool]] = [false()]
    for scope, column in (("call", call), ("organisation", organisation)):
        ids = actor.ids(scope, *roles) if column is not None else ()
        if column is not None and ids:
            ways.append(column.in_(ids))
    if region is not None:
        ways += [below(region, path) for path in actor.keys("region", *roles)]
    return or_(*ways)


def below(column: SQLColumnExpression[str], path: str) -> ColumnElement[bool]:
    """On a place of a tree or anywhere below it."""
    return or_(column == path, column.startswith(f"{path}/", autoescape=True))

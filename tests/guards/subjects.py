"""What the arguments of every address stand for: the registry that new rooms enter, and samples from the year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from grants.core.db import Base, db


@dataclass(frozen=True)
class Rows:
    """The argument is a column of a table."""

    table: str
    column: str = "public_id"


@dataclass(frozen=True)
class Below:
    """The argument is a column of a table whose row hangs on the row named just before."""

    table: str
    parent: str
    column: str = "public_id"


@dataclass(frozen=True)
class Words:
    """The argument is one of these words, of which the first are tried."""

    words: tuple[str, ...]


# An address up to and including an argument -> what that argument may be.
ARGUMENTS: Mapping[str, Rows | Below | Words] = {
    # one to a line, in the order of the alphabet
    "/account/sessions/<public_id>": Rows("sign_in_session"),
    "/agreements/<public_id>": Rows("agreement"),
    "/api/v1/calls/<public_id>": Rows("call"),
    "/awards/categories/<public_id>": Rows("award_category"),
    "/awards/cycles/<public_id>": Rows("award_cycle"),
    "/awards/nominations/<public_id>": Rows("nomination"),
    "/calls/<public_id>": Rows("call"),
    "/calls/<public_id>/edit/<step>": Words(("basics",)),
    "/cases/<public_id>": Rows("proposal"),
    "/check/<code>": Words(("0000-0000-0000-0000",)),
    "/closeouts.<kind>": Words(("csv",)),
    "/closeouts/<public_id>": Rows("closeout"),
    "/confirm/<token>": Words(("nothing",)),
    "/files/<public_id>": Rows("document"),
    "/funded/<public_id>": Rows("project"),
    "/funds/<public_id>": Rows("fund"),
    "/groups.<kind>": Words(("csv",)),
    "/groups/<public_id>": Rows("organisation"),
    "/groups/hand-overs/<public_id>": Rows("hand_over"),
    "/groups/hand-overs/<public_id>/<answer>": Words(("accept", "decline", "withdraw")),
    "/groups/invitations/<public_id>": Rows("invitation"),
    "/groups/members/<public_id>": Rows("membership"),
    "/groups/members/<public_id>/role/<role>": Words(("viewer",)),
    "/honours/<public_id>": Rows("certificate"),
    "/invited/<token>": Words(("nothing",)),
    "/join/<token>": Words(("nothing",)),
    "/lang/<code>": Words(("en",)),
    "/messages/<public_id>": Rows("notification"),
    "/notices/<public_id>": Rows("notice"),
    "/objections/<public_id>": Rows("objection"),
    "/open-calls/<public_id>": Rows("call"),
    "/payments/<public_id>": Rows("tranche"),
    "/payments/accounts/<public_id>": Rows("payee_account"),
    "/payments/all.<kind>": Words(("csv",)),
    "/people/<public_id>": Rows("user"),
    "/people/roles/<public_id>": Rows("role_grant"),
    "/projects/<public_id>": Rows("project"),
    "/projects/<public_id>/activities/<key>": Below("activity", "project"),
    "/projects/<public_id>/findings/<key>": Below("finding", "project"),
    "/projects/<public_id>/milestones/<key>": Below("milestone", "project"),
    "/projects/<public_id>/reports/<key>": Below("report", "project"),
    "/projects/<public_id>/reports/<key>/sections/<section>": Words(("results", "progress")),
    "/proposals/<public_id>": Rows("proposal"),
    "/proposals/<public_id>/sections/<key>": Words(("basics",)),
    "/proposals/<public_id>/sections/<key>/files/<question>": Words(("attachments",)),
    "/proposals/<public_id>/sections/<key>/files/<question>/<document>": Words(("0000000000000000",)),
    "/proposals/<public_id>/versions/<int:number>": Words(("1",)),
    "/reset/<token>": Words(("nothing",)),
    "/reviews/<public_id>": Rows("assignment"),
    "/reviews/assignments/<public_id>": Rows("assignment"),
    "/reviews/entries/<public_id>": Rows("entry"),
    "/reviews/stages/<public_id>": Rows("review_stage"),
    "/settings/regions/<code>": Rows("region", "code"),
    "/settings/terms/<taxonomy>": Words(("budget_category",)),
    "/settings/terms/<taxonomy>/<key>": Words(("insurance", "travel")),
    "/threads/<public_id>": Rows("thread"),
    "/threads/about/<kind>": Words(("proposal",)),
    "/threads/about/<kind>/<public_id>": Rows("proposal"),
    "/ties/<public_id>": Rows("conflict"),
    "/volunteers/<public_id>": Rows("volunteer"),
}
_ARGUMENT = re.compile(r"<[^>]+>")
_ANY = re.compile(r"<any\(([^)]*)\):\w+>$")
_NAME = re.compile(r"(?:[^:<>]*:)?(\w+)>$")
ABSENT = "0absent0absent00"
MOST, FEW = 24, 2


def prefixes(rule: Rule) -> Iterator[tuple[str, str]]:
    """(name of the argument, the address up to and including it)."""
    for found in _ARGUMENT.finditer(rule.rule):
        name = _NAME.search(found[0])
        assert name, rule.rule
        yield name[1], rule.rule[: found.end()]


def kind_of(prefix: str) -> Rows | Below | Words | None:
    """As entered above; an address that lists its own words needs no entry."""
    listed = _ANY.search(prefix)
    return Words(tuple(re.split(r",\s*", listed[1]))[:1]) if listed else ARGUMENTS.get(prefix)


def is_known(rule: Rule) -> bool:
    return all(kind_of(prefix) for _, prefix in prefixes(rule))


def unknown(app: Flask) -> list[str]:
    """Arguments of addresses that nobody has entered above."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return sorted({prefix for rule in rules for _, prefix in prefixes(rule) if kind_of(prefix) is None})


def named_by_row(rule: Rule) -> str:
    """The argument that names a row, and so may hide something; empty where there is none."""
    rows = [name for name, prefix in prefixes(rule) if isinstance(kind_of(prefix), Rows)]
    return rows[0] if rows else ""


def candidates(rule: Rule) -> list[dict[str, Any]]:
    """Arguments for this address from all over the year; call within an app context."""
    found: list[dict[str, Any]] = [{}]
    for name, prefix in prefixes(rule):
        kind = kind_of(prefix)
        if isinstance(kind, Below):
            found = [{**values, name: child} for values in found for child in _children(kind, values)]
        else:
            many = _spread(kind) if isinstance(kind, Rows) else kind.words if kind else ()
            as_said = int if "<int:" in prefix.rsplit("/", 1)[-1] else str
            found = [{**values, name: as_said(each)} for values, each in product(found, many)]
    return found


def _spread(kind: Rows) -> list[str]:
    table = Base.metadata.tables[kind.table]
    values = list(db.session.scalars(select(table.c[kind.column]).order_by(*table.primary_key.columns)))
    step = max(1, len(values) // MOST)
    return values[::step][:MOST]


def _children(kind: Below, values: Mapping[str, Any]) -> list[str]:
    """A few of those that hang on the parent, which is the argument before; of others, none."""
    table, parents = Base.metadata.tables[kind.table], Base.metadata.tables[kind.parent]
    above = parents.c.public_id == list(values.values())[-1]
    found = (
        select(table.c[kind.column])
        .join(parents, table.c[f"{kind.parent}_id"] == parents.c.id)
        .where(above)
        .order_by(table.c.id)
        .limit(FEW)
    )
    return list(db.session.scalars(found))

"""How long a list is and what each of its filters would leave, counted once per change of the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from sqlalchemy import func, select

from grants.core import i18n
from grants.core.db import db
from grants.core.list_columns import Given, Listing, View, found
from grants.core.list_filters import Choice, Flag, as_text
from grants.core.policy import Actor
from grants.core.remembered import remembered


class Counts(Struct, frozen=True):
    """How many rows there are, and how many each option of each filter would leave.

    `shown` keeps the options as they were written for a reader, by filter and wording.
    """

    total: int
    options: Mapping[str, Mapping[str, int]]
    shown: dict[Hashable, Sequence[tuple[str, str, int]]] = field(default_factory=dict)

    def options_of(self, filter_: Choice | Flag) -> Sequence[tuple[str, str, int]]:
        """(value, label, count), named in the reader's words once and not again until counted anew."""
        place = (filter_.key, i18n.wording())
        if place not in self.shown:
            self.shown[place] = filter_.options(self.options.get(filter_.key, {}))
        return self.shown[place]


def counts_of(listing: Listing, view: View, by: Actor) -> Counts:
    """Counted again only when something was done, a minute has passed, or somebody else asks."""
    what = (listing.name, tuple(sorted(view.given.items())), view.q)
    return remembered(what, by, lambda: _counted(listing, view, by))


def _counted(listing: Listing, view: View, by: Actor) -> Counts:
    """One grouped query. An option counts the rows it would show beside the other filters in use."""
    facets = [filter_ for filter_ in listing.filters if isinstance(filter_, Choice | Flag)]
    chosen = found(listing, view, by)
    for filter_ in listing.filters:
        condition = filter_.condition(view.given)
        if condition is not None and filter_ not in facets:
            chosen = chosen.where(condition)
    labelled = [facet.counted().label(f"facet_{place}") for place, facet in enumerate(facets)]
    inner = (
        chosen.with_only_columns(listing.key.label("key"), *labelled, maintain_column_froms=True)
        .order_by(None)
        .subquery()
    )
    columns = [inner.c[f"facet_{place}"] for place in range(len(facets))]
    groups = db.session.execute(select(*columns, func.count()).group_by(*columns)).all()
    return _sum_up([filter_.key for filter_ in facets], view.given, groups)


def _sum_up(keys: Sequence[str], given: Given, groups: Sequence[Any]) -> Counts:
    total = 0
    options: dict[str, Counter[str]] = {key: Counter() for key in keys}
    wanted = [given.get(key) for key in keys]
    for *values, count in groups:
        texts = [as_text(value) for value in values]
        missed = [
            place
            for place, (text, want) in enumerate(zip(texts, wanted, strict=True))
            if want not in (None, text)
        ]
        if not missed:
            total += count
        for place, key in enumerate(keys):
            options[key][texts[place]] += count if not missed or missed == [place] else 0
    return Counts(total, options)

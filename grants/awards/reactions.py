"""What awards do when something happens elsewhere."""

from __future__ import annotations

from grants.awards.actions import judging
from grants.awards.queries import nominations
from grants.notices.events import ObjectionDecided


def drop_the_objected(fact: ObjectionDecided) -> None:
    """An objection against one winner was upheld: that one is dropped, nobody else."""
    kind, _, number = fact.item_key.partition("/")
    if fact.upheld and kind == "award" and number.isdigit():
        judging.objection_upheld(nominations.by_id(int(number)), at=fact.occurred_at)

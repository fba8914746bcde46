"""The demo year as steps in time: parts of the loader lay theirs down, and all are played in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import attrgetter

from msgspec import Struct

from grants.core.unit_of_work import unit_of_work


class Step(Struct, frozen=True):
    """Something done at an instant by somebody of the demo. Steps of one instant keep the order they came in."""

    at: datetime
    do: Callable[[datetime], object]


def play(steps: Iterable[Step]) -> None:
    """Each step in a unit of work of its own, the earliest first."""
    for step in sorted(steps, key=attrgetter("at")):
        with unit_of_work():
            step.do(step.at)

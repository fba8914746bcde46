"""The demo year as steps in time: parts of the loader lay theirs down, and all are played in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from grants.core.unit_of_work import unit_of_work


@dataclass(frozen=True, order=True)
class Step:
    """Something done at an instant by somebody of the demo. Steps of one instant keep the order they came in."""

    at: datetime
    do: Callable[[datetime], object] = field(compare=False)


def play(steps: Iterable[Step]) -> None:
    """Each step in a unit of work of its own, the earliest first."""
    for step in sorted(steps):
        with unit_of_work():
            step.do(step.at)

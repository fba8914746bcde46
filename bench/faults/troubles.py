"""The faults, one after the other, at moments of chance."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from bench.faults.household import Household
from bench.faults.post import ACCEPTS, HANGS_UP, REFUSES

ENOUGH, MOST_PATIENCE = 3, 20.0
Trouble = Callable[[Household, random.Random], None]


def _a_worker_dies(house: Household, chance: random.Random) -> None:
    house.kill_a_worker(chance.randrange(2))


def _a_runner_dies(house: Household, chance: random.Random) -> None:
    house.kill_a_runner()


def _mails_are_refused(house: Household, chance: random.Random) -> None:
    _in_a_mood(house, REFUSES)


def _the_line_is_cut_after_a_mail(house: Household, chance: random.Random) -> None:
    _in_a_mood(house, HANGS_UP)


def _in_a_mood(house: Household, mood: str) -> None:
    """Until one mail has met it, or none came for a while."""
    office, before = house.office, house.office.met
    end = time.monotonic() + MOST_PATIENCE / 4
    office.mood = mood
    while office.met == before and time.monotonic() < end:
        time.sleep(0.02)
    office.mood = ACCEPTS


def _the_post_office_is_away(house: Household, chance: random.Random) -> None:
    house.office.close()
    house.count("post office away")
    time.sleep(chance.uniform(0.3, 1.0))
    house.office.open()


def _connections_are_cut(house: Household, chance: random.Random) -> None:
    house.cut_connections(chance.randint(1, 3))


ON_SQLITE: tuple[Trouble, ...] = (
    _a_worker_dies,
    _a_runner_dies,
    _mails_are_refused,
    _the_post_office_is_away,
    _the_line_is_cut_after_a_mail,
)
ON_POSTGRESQL = (*ON_SQLITE, _connections_are_cut, _connections_are_cut)


def make_trouble(house: Household, engine: str, seconds: float, seed: int, heard: Callable[[], int]) -> None:
    """Each kind once in an order of chance, then any, until the time is over.

    Between two, somebody must have `heard` that something was kept: a machine that is only slow is not what is tried.
    """
    chance = random.Random(seed)  # noqa: S311 - the same faults again from the same seed
    known = list(ON_POSTGRESQL if engine == "postgresql" else ON_SQLITE)
    chance.shuffle(known)
    end, made = time.monotonic() + seconds, 0
    while made < len(known) or time.monotonic() < end:
        _wait_for_more(heard)
        trouble = known[made] if made < len(known) else chance.choice(known)
        trouble(house, chance)
        made += 1
        time.sleep(chance.uniform(0.1, 0.5))


def _wait_for_more(heard: Callable[[], int]) -> None:
    before, end = heard(), time.monotonic() + MOST_PATIENCE
    while heard() < before + ENOUGH and time.monotonic() < end:
        time.sleep(0.02)

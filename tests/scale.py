"""How much is tried: little in the suite, everything under GRANTS_PROVE=1 (`make prove`), and from which seed.

GRANTS_PROVE_SIZE is the part of everything, from above 0 to 1; GRANTS_PROVE_SEED names the one seed to run from.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable

import pytest

FIXED = 13
GIVEN = os.environ.get("GRANTS_PROVE_SEED", "")
Note = Callable[[str, object], None]


def scaled(small: int, whole: int) -> int:
    """`small` in the suite; in a proof `whole`, or the part of it that was asked for."""
    if not os.environ.get("GRANTS_PROVE"):
        return small
    return max(small, round(whole * float(os.environ.get("GRANTS_PROVE_SIZE", "1"))))


def fresh() -> int:
    """Another seed every time; the suite's own random seed, which it prints, brings it back."""
    return random.getrandbits(32)


@pytest.fixture
def note(record_property: Note) -> Note:
    """Figures for the report of the proof, and for whoever reads why a test failed."""

    def noted(name: str, value: object) -> None:
        record_property(name, value)
        sys.stdout.write(f"{name}: {value}\n")

    return noted


@pytest.fixture
def seeds(note: Note) -> list[int]:
    """The seed that never changes and one that nobody tried before, or the one that was asked for."""
    found = [int(GIVEN)] if GIVEN else [FIXED, fresh()]
    note("seeds", " ".join(map(str, found)))
    return found

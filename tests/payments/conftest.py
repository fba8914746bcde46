"""One signed grant with its project, its payee's account confirmed, and the people who pay."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.album import Photographed
from tests.cast import Cast
from tests.payments.grants_made import House

Inside = Callable[..., AbstractContextManager[None]]
EVERYBODY = ("ada", "bo", "cy", "dee", "eve", "eve2", "fay", "olu", "otis", "gus", "max", "aud", "di", "bea")


@pytest.fixture
def house(cast: Cast, inside: Inside, photographed: Photographed) -> House:
    made: House = photographed(lambda: _house(cast, inside))
    return made


def _house(cast: Cast, inside: Inside) -> House:
    for name in EVERYBODY:
        cast.id(name)
    house = House(cast)
    with inside():
        house.open()
    return house


@pytest.fixture
def grant(house: House, inside: Inside, photographed: Photographed) -> int:
    made: int = photographed(lambda: _grant(house, inside), house)
    return made


def _grant(house: House, inside: Inside) -> int:
    """The id of a signed grant of 40,000 whose payee has an account that can be used."""
    with inside():
        group = house.group()
        house.account(group)
        grant = house.promise(group)
        house.sign(grant)
        return grant.id

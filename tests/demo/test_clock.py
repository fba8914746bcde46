"""The demo's clock goes forward, for every process, and never back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from grants.core import clock
from grants.core.errors import RulesBroken
from grants.demo.clock import ahead, move_to

Inside = Callable[..., AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _demo_time(app: Flask) -> Iterator[None]:
    clock.install(zone_name="Asia/Shanghai", offset=ahead)
    yield
    clock.install(zone_name="Asia/Shanghai")


def test_business_time_follows_the_row_and_real_time_does_not(inside: Inside) -> None:
    target = clock.real_now() + timedelta(days=20)
    with inside():
        move_to(target)
    with inside(read_only=True):
        assert abs(clock.now() - target) < timedelta(seconds=30)
        assert abs(clock.real_now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_it_never_goes_back(inside: Inside) -> None:
    with inside():
        move_to(clock.real_now() + timedelta(days=20))
    with pytest.raises(RulesBroken), inside():
        move_to(clock.real_now() + timedelta(days=19))
    with inside(read_only=True):
        assert ahead() > timedelta(days=19, hours=23)


def test_outside_the_demo_its_pages_do_not_exist(app: Flask) -> None:
    client = app.test_client()
    assert [client.get(path).status_code for path in ("/demo/clock", "/components")] == [404, 404]

"""Arrival is stamped once, and only by those who are trusted to stamp it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grants.core import clock
from grants.core.arrival import ArrivalStamp


def stamp(
    header: str | None, *, remote: str = "10.0.0.9", trusted: frozenset[str] = frozenset({"10.0.0.9"})
) -> datetime:
    seen: dict[str, Any] = {}

    def inner(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ)
        return []

    environ = {"REMOTE_ADDR": remote} | ({"HTTP_X_REQUEST_START": header} if header is not None else {})
    ArrivalStamp(inner, trusted=trusted)(environ, None)
    arrived: datetime = seen["grants.arrived_at"]
    return arrived


EARLIER = datetime(2026, 2, 27, 10, 0, 0, 250000, tzinfo=UTC)


@pytest.mark.parametrize("scale", [1, 1_000, 1_000_000])
def test_a_trusted_proxys_stamp_counts_in_seconds_milli_or_microseconds(scale: int) -> None:
    number = EARLIER.timestamp() * scale
    assert stamp(f"t={number:.3f}" if scale == 1 else f"t={number:.0f}") == EARLIER


@pytest.mark.parametrize("header", [None, "", "t=", "yesterday", "t=nan", "t=inf", "t=-5", "t=9999999999999"])
def test_without_a_usable_stamp_entry_into_the_application_counts(header: str | None) -> None:
    assert abs(stamp(header) - clock.real_now()) < timedelta(seconds=5)


def test_a_stranger_cannot_backdate_and_nobody_can_postdate() -> None:
    backdated = f"t={EARLIER.timestamp()}"
    assert abs(stamp(backdated, remote="203.0.113.5") - clock.real_now()) < timedelta(seconds=5)
    future = f"t={(clock.real_now() + timedelta(hours=1)).timestamp()}"
    assert abs(stamp(future) - clock.real_now()) < timedelta(seconds=5)

"""The demo's clock: a row all processes read, moved forward only."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import g
from sqlalchemy import select

from grants.core import clock
from grants.core.db import db
from grants.core.errors import RulesBroken, Violation
from grants.core.holding import hold
from grants.core.i18n import gettext as _
from grants.demo.models import DemoClock

MICROSECOND = timedelta(microseconds=1)


def ahead() -> timedelta:
    """How far business time is ahead now; read once per request or job."""
    if "demo_ahead" not in g:
        g.demo_ahead = (db.session.scalar(select(DemoClock.ahead)) or 0) * MICROSECOND
    found: timedelta = g.demo_ahead
    return found


def move_to(instant: datetime) -> None:
    """Let the demo's clock show `instant` from now on. Raises RulesBroken for a step back."""
    hold(DemoClock, [1])
    row = db.session.get(DemoClock, 1, populate_existing=True)
    wanted = (instant - clock.real_now()) // MICROSECOND
    if row is not None and wanted < row.ahead:
        raise RulesBroken(
            [Violation("clock_back", _("The demo's clock only goes forward. To go back, start over."), "to")]
        )
    if row is None:
        row = DemoClock(id=1, ahead=wanted)
        db.session.add(row)
    row.ahead = wanted
    g.demo_ahead = wanted * MICROSECOND

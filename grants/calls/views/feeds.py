"""Calls for feed readers and calendars: `/calls.atom`, `/calls.ics`, and the dates of one call."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from grants.calls.queries import feeds, loading
from grants.core import clock
from grants.core.web import public

blueprint = Blueprint("call_feeds", __name__)
CALENDAR = "text/calendar; charset=utf-8"


@blueprint.get("/calls.atom")
@public
def atom() -> ResponseReturnValue:
    calls = loading.published_calls()
    page = render_template("calls/calls_feed.xml", calls=calls, updated=feeds.updated(calls, clock.now()))
    return current_app.response_class(page, content_type="application/atom+xml; charset=utf-8")


@blueprint.get("/calls.ics")
@public
def ics() -> ResponseReturnValue:
    dates = [date for call in loading.published_calls() for date in feeds.dates(call)]
    return current_app.response_class(feeds.calendar(dates, clock.now()), content_type=CALENDAR)


@blueprint.get("/open-calls/<public_id>/dates.ics")
@public
def one_ics(public_id: str) -> ResponseReturnValue:
    call = loading.published(public_id)
    dates = [*feeds.dates(call), *feeds.steps(call)]
    return current_app.response_class(feeds.calendar(dates, clock.now()), content_type=CALENDAR)

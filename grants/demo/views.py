"""Pages that exist only in demo mode: the clock, and every component alive on one page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from grants.core import clock
from grants.core.i18n import datetime_text
from grants.core.i18n import gettext as _
from grants.core.web import public
from grants.demo.clock import move_to
from grants.demo.forms import ClockForm

blueprint = Blueprint("demo", __name__)
CLOCK = "/demo/clock"


def install(app: Flask) -> None:
    """Only the demo has these doors, and a line on every page that says what time it plays."""
    app.register_blueprint(blueprint)
    app.context_processor(_clock_line)


def _clock_line() -> dict[str, Any]:
    return {"demo_clock": {"shown": datetime_text(clock.now()), "href": CLOCK}}


@blueprint.get("/components")
@public
def components() -> ResponseReturnValue:
    return render_template("components/living.html")


@blueprint.route(CLOCK, methods=["GET", "POST"])
@public
def clock_page() -> ResponseReturnValue:
    form = ClockForm.from_request()
    if form.accepted() and form.to.data:
        with form.attempting():
            move_to(form.to.data.replace(tzinfo=clock.zone()))
        if not form.errors:
            flash(_("The clock now shows %(time)s.", time=datetime_text(clock.now())))
            return redirect(CLOCK, 303)
    return render_template("demo/clock.html", form=form), 422 if form.errors else 200

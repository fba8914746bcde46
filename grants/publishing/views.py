"""The public pages that cross packages."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.calls.queries import showing
from grants.core import clock, export, lists
from grants.core.policy import VISITOR
from grants.core.web import current_actor, public
from grants.notices import queries as notices
from grants.projects.rules import hours_text
from grants.publishing import queries

blueprint = Blueprint("publishing", __name__)
FUNDED = "/funded"


@blueprint.get("/")
@public
def front() -> ResponseReturnValue:
    if current_actor().is_authenticated:
        return redirect(url_for("workspace.home"))
    return render_template(
        "publishing/front.html",
        cards=showing.open_cards(clock.now()),
        notices=notices.shown_notices(3),
        totals=queries.totals(),
    )


@blueprint.get(FUNDED)
@public
def funded() -> ResponseReturnValue:
    page = lists.page(queries.FUNDED, request.args, by=VISITOR, path=FUNDED)
    return render_template("publishing/funded.html", page=page)


@blueprint.get(f"{FUNDED}.<any(csv, xlsx):kind>")
@public
def funded_export(kind: str) -> ResponseReturnValue:
    return export.exported(queries.FUNDED, request.args, by=VISITOR, kind=kind)


@blueprint.get(f"{FUNDED}/<public_id>")
@public
def funded_project(public_id: str) -> ResponseReturnValue:
    project = queries.project(public_id)
    return render_template(
        "publishing/project.html",
        project=project,
        progress=queries.progress(project),
        fields=queries.fields_of(project),
        words=queries.WORDS[project.state],
        hours_text=hours_text,
    )

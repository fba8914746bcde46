"""Settings: the foundation itself, its lists of words, its calendar, the trees of places and specialities."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grants.core import clock
from grants.core.forms import Form, options
from grants.core.i18n import gettext as _
from grants.core.web import current_actor, opens
from grants.reference import actions, fields, forms, queries
from grants.reference.fields import CalendarSource, Level, Taxonomy
from grants.reference.models import Region, Term

blueprint = Blueprint("settings", __name__, url_prefix="/settings")
# Every page may say places, specialities and words of the lists; all of them cost one small query.
for _label in (queries.region_label, queries.speciality_label, queries.term_label):
    blueprint.add_app_template_global(_label)


def _page(name: str, form: Form, **values: Any) -> ResponseReturnValue:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template(f"reference/{name}.html", form=form, **values), status


def _to(view: str, **values: Any) -> ResponseReturnValue:
    return redirect(url_for(f"settings.{view}", **values), HTTPStatus.SEE_OTHER)


def _who_and_when() -> dict[str, Any]:
    return {"by": current_actor(), "at": clock.now()}


@blueprint.get("")
@opens("settings.view")
def index() -> ResponseReturnValue:
    counts = {taxonomy: len(queries.term_choices(taxonomy)) for taxonomy in Taxonomy}
    tree = queries.snapshot()
    return render_template(
        "reference/index.html",
        foundation=queries.foundation(),
        taxonomies=fields.TAXONOMIES,
        counts=counts,
        tree=tree,
        own_days=len(queries.calendar_days()),
    )


@blueprint.route("/foundation", methods=["GET", "POST"])
@opens("settings.view", to="settings.edit")
def foundation() -> ResponseReturnValue:
    form = forms.Foundation.of(queries.foundation())
    if form.accepted():
        with form.attempting():
            actions.edit_foundation(form.values(), version=form.seen_version(), **_who_and_when())
            flash(_("Saved. Every paper from now on says so."))
            return _to("index")
    return _page("foundation", form, profile=queries.foundation())


@blueprint.route("/numbers", methods=["GET", "POST"])
@opens("settings.view", to="settings.edit")
def numbers() -> ResponseReturnValue:
    form = forms.Numbers.from_request(
        **{f"format_{kind}": form for kind, form in queries.number_formats().items()}
    )
    if form.accepted():
        with form.attempting():
            actions.edit_foundation({"number_formats": form.formats()}, version=None, **_who_and_when())
            flash(_("Saved. The next number is written this way."))
            return _to("index")
    return _page("numbers", form, examples=queries.number_examples())


@blueprint.route("/calendar", methods=["GET", "POST"])
@opens("settings.view", to="settings.edit")
def calendar() -> ResponseReturnValue:
    form = forms.Day.from_request()
    if form.accepted() and form.day.data:
        with form.attempting():
            working, source = form.is_working.data == "work", CalendarSource(form.source.data)
            actions.set_day(form.day.data, is_working=working, source=source, **_who_and_when())
            flash(_("Every date that is still to come counts with it."))
            return _to("calendar")
    years = sorted(queries.calendar().official_years)
    return _page("calendar", form, days=queries.calendar_days(), years=years)


@blueprint.get("/terms/<taxonomy>")
@opens("settings.view", queries.taxonomy_named)
def terms(taxonomy: Taxonomy) -> ResponseReturnValue:
    return _list(taxonomy, forms.Word(formdata=None))


@blueprint.post("/terms/<taxonomy>")
@opens("settings.view", queries.taxonomy_named)
def add_term(taxonomy: Taxonomy) -> ResponseReturnValue:
    form = forms.Word.from_request()
    if form.accepted():
        with form.attempting():
            actions.add_term(taxonomy, form.words(), **_who_and_when())
            flash(_("The word is in the list."))
            return _to("terms", taxonomy=taxonomy.value)
    return _list(taxonomy, form)


def _list(taxonomy: Taxonomy, form: forms.Word) -> ResponseReturnValue:
    title = fields.TAXONOMIES[taxonomy]
    return _page("terms", form, taxonomy=taxonomy, title=title, rows=queries.terms(taxonomy))


@blueprint.route("/terms/<taxonomy>/<key>", methods=["GET", "POST"])
@opens("settings.view", queries.term_in, to="settings.edit")
def rename_term(term: Term) -> ResponseReturnValue:
    form = forms.Word.from_request(name_zh=term.name.get("zh-Hans", ""), name_en=term.name.get("en", ""))
    if form.accepted():
        with form.attempting():
            actions.rename_term(term, form.words(), **_who_and_when())
            flash(_("Renamed everywhere."))
            return _to("terms", taxonomy=term.taxonomy.value)
    return _page("term", form, term=term, title=fields.TAXONOMIES[term.taxonomy])


@blueprint.post("/terms/<taxonomy>/<key>/retire")
@opens("settings.view", queries.term_in)
def retire_term(term: Term) -> ResponseReturnValue:
    actions.retire_term(term, **_who_and_when())
    flash(_("No longer offered. Old records keep the word."))
    return _to("terms", taxonomy=term.taxonomy.value)


@blueprint.post("/terms/<taxonomy>/<key>/restore")
@opens("settings.view", queries.term_in)
def restore_term(term: Term) -> ResponseReturnValue:
    actions.restore_term(term, **_who_and_when())
    flash(_("Offered again."))
    return _to("terms", taxonomy=term.taxonomy.value)


@blueprint.get("/regions")
@opens("settings.view")
def regions() -> ResponseReturnValue:
    return _tree(None)


@blueprint.get("/regions/<code>")
@opens("settings.view", queries.region_at)
def region(place: Region) -> ResponseReturnValue:
    return _tree(place)


def _tree(place: Region | None) -> ResponseReturnValue:
    asked = request.args.get("q", "")[:60]
    return render_template(
        "reference/regions.html",
        place=place,
        trail=queries.region_trail(place.parent_id if place else None),
        rows=queries.all_regions_below(place.id if place else None),
        q=asked,
        found=queries.regions_found(asked),
        year=clock.today().year,
        levels=fields.LEVELS,
    )


@blueprint.route("/regions/add", methods=["GET", "POST"])
@opens("settings.view", to="settings.edit")
def add_city() -> ResponseReturnValue:
    return _add_place(None, Level.CITY)


@blueprint.route("/regions/<code>/add", methods=["GET", "POST"])
@opens("settings.view", queries.region_with_room, to="settings.edit")
def add_region(place: Region) -> ResponseReturnValue:
    return _add_place(place.code, forms.LEVEL_BELOW[place.level])


def _add_place(parent_code: str | None, level: Level) -> ResponseReturnValue:
    form = forms.Place.from_request()
    if form.accepted():
        with form.attempting():
            years = {"valid_from_year": form.valid_from_year.data, "valid_to_year": form.valid_to_year.data}
            asked = (form.code.data or "", form.words(), level)
            actions.add_region(*asked, parent_code=parent_code, **years, **_who_and_when())
            return _to("region", code=parent_code or form.code.data or "")
    return _page("add_region", form, parent_code=parent_code, level=fields.LEVELS[level])


@blueprint.route("/regions/<code>/edit", methods=["GET", "POST"])
@opens("settings.view", queries.region_at, to="settings.edit")
def rename_region(place: Region) -> ResponseReturnValue:
    form = forms.PlaceName.of(place)
    if form.accepted():
        with form.attempting():
            until = form.valid_to_year.data
            actions.rename_region(place, form.words(), valid_to_year=until, **_who_and_when())
            return _to("region", code=place.code)
    return _page("edit_region", form, place=place)


@blueprint.route("/specialities", methods=["GET", "POST"])
@opens("settings.view", to="settings.edit")
def specialities() -> ResponseReturnValue:
    form = forms.SpecialityNode.from_request()
    form.parent.choices = options([("", _("nothing: it is the top")), *queries.speciality_parents()])
    if form.accepted():
        with form.attempting():
            below = form.parent.data or None
            actions.add_speciality(form.code.data or "", form.words(), parent_code=below, **_who_and_when())
            return _to("specialities")
    return _page("specialities", form, rows=queries.all_specialities())

"""The face keeps its promises: nothing inline, no missing drawing, fields tied to what is wrong with them."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta, nodes
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    FileField,
    Form,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.widgets import CheckboxInput

from grants.core.jinja import parts

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html"))
SHEETS = ROOT / "static" / "css"
SCRIPTS = ROOT / "static" / "js"
# What is sent: assets travel compressed, and a first visit to any page stays under 150 KB.
LARGEST_STYLESHEET = 12 * 1024


@pytest.fixture(scope="module")
def env() -> Environment:
    """Templates as the app sets them up, with globals only: no request, no session, no database."""
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    globals_ = {
        "asset": lambda path: f"/static/{path}",
        "csrf_token": lambda: "token",
        "most_megabytes": lambda: 30,
    }
    env.globals.update(**globals_, **parts(env))
    return env


def of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=of)
def test_templates_are_short_and_hold_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 120, f"{of(path)} is over 120 lines; compose components."
    inline = re.findall(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", text)
    assert not inline, f"{of(path)}: the content security policy refuses {inline}."


def test_macros_use_only_what_they_are_given(app: Flask) -> None:
    """What is imported without its page's context does not see the page's words and fails when it is drawn."""
    env = app.jinja_env
    imported = {
        str(node.template.value)
        for path in TEMPLATES
        for node in env.parse(path.read_text()).find_all((nodes.FromImport, nodes.Import))
        if not node.with_context and isinstance(node.template, nodes.Const)
    }
    unseen = {
        name: wanted
        for name in imported
        if (
            wanted := meta.find_undeclared_variables(env.parse((ROOT / "templates" / name).read_text()))
            - set(env.globals)
        )
    }
    assert unseen == {}, "Hand it over as an argument, or import `with context`."


def test_every_drawing_asked_for_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons.svg").read_text()))
    asked = {name for path in TEMPLATES for name in re.findall(r"icon\('([a-z]+)'\)", path.read_text())}
    assert asked - drawn == set()


def test_every_stylesheet_is_served_once_and_all_are_small() -> None:
    order = (SHEETS / "ORDER").read_text().split()
    assert sorted(order) == sorted(str(path.relative_to(SHEETS)) for path in SHEETS.rglob("*.css"))
    whole = b"\n".join((SHEETS / name).read_bytes() for name in order)
    assert len(gzip.compress(whole, 9)) < LARGEST_STYLESHEET


def test_every_module_a_page_may_fetch_is_there() -> None:
    served = set(re.findall(r"^  (\w+): '", (SCRIPTS / "app.js").read_text(), re.MULTILINE))
    listed = re.search(r"for name in \((.*?)\)", (ROOT / "templates/components/scripts.html").read_text())
    assert listed is not None
    assert served == set(re.findall(r"'(\w+)'", listed.group(1)))
    assert served | {"app"} == {path.stem for path in SCRIPTS.glob("*.js")}


@pytest.mark.parametrize("code", ["500", "503"])
def test_pages_about_our_own_faults_need_no_context(env: Environment, code: str) -> None:
    assert f'<p class="tiny">{code}</p>' in env.get_template(f"errors/{code}.html").render()


class Sample(Form):
    title = StringField("Title", [validators.InputRequired()], description="One line")
    need = TextAreaField("Need", [validators.Length(max=10)])
    people = IntegerField("People", [validators.NumberRange(min=1)])
    kind = RadioField("Kind", choices=[SelectChoice("a", "A")], validators=[validators.InputRequired()])
    served = SelectMultipleField(
        "Served", choices=[SelectChoice("e", "Elders")], option_widget=CheckboxInput()
    )
    district = SelectField("District", choices=[SelectChoice("x", "X")])
    report = FileField("Report", [validators.InputRequired()])
    agreed = BooleanField("Agreed", [validators.InputRequired()])


def drawn(env: Environment, name: str, **arguments: Any) -> str:
    return str(getattr(env.get_template("components/forms.html").module, name)(**arguments))


def refused() -> Sample:
    form = Sample(MultiDict([("need", "much too long a text"), ("people", "0")]))
    form.validate()
    return form


@pytest.mark.parametrize("name", list(Sample()._fields))
def test_each_field_has_a_label_and_is_tied_to_what_is_wrong(env: Environment, name: str) -> None:
    field: Field = refused()[name]
    html = drawn(env, "field", f=field)
    assert field.label.text in html
    assert (f'id="{name}-error"' in html) == bool(field.errors)
    assert (re.search(rf'aria-describedby="[^"]*{name}-error"', html) is not None) == bool(field.errors)


def test_help_and_error_are_both_read_out(env: Environment) -> None:
    assert 'aria-describedby="title-hint title-error"' in drawn(env, "field", f=refused()["title"])


def test_a_long_text_is_counted_and_never_cut_off(env: Environment) -> None:
    html = drawn(env, "field", f=refused()["need"])
    assert 'data-limit="10"' in html
    assert "maxlength" not in html


def test_the_summary_links_every_wrong_field_once(env: Environment) -> None:
    form = refused()
    linked = re.findall(r'href="#([^"]+)"', drawn(env, "error_summary", form=form))
    assert linked == [field.id for field in form if field.errors]


def test_a_form_without_errors_has_no_summary(env: Environment) -> None:
    assert drawn(env, "error_summary", form=Sample()) == ""


def test_what_people_typed_is_escaped(env: Environment) -> None:
    form = Sample(MultiDict([("title", '"><script>alert(1)</script>')]))
    assert "<script>" not in drawn(env, "field", f=form["title"])

"""What every template may use: languages, money, dates, permissions, assets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, current_app, g, request
from flask.templating import Environment
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment as JinjaEnvironment
from jinja2 import FileSystemBytecodeCache, StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from grants.core import addresses, assets, clock, i18n, storage
from grants.core.money import Money
from grants.core.policy import VISITOR, permits
from grants.core.web import current_actor

THIN_SPACE = "\u2009"


class House(Environment):
    """The environment of all templates: what they share lies in one plain dictionary.

    The library lays an empty map over it for every template; at each include and import of a page the
    two are then searched and copied entry by entry.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **d} if d else self.globals


def install(app: Flask, *, bytecode: Path) -> None:
    """Set up the template environment; compiled templates are kept in the instance folder."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    bytecode.mkdir(parents=True, exist_ok=True)
    env.bytecode_cache = FileSystemBytecodeCache(str(bytecode))
    env.add_extension("jinja2.ext.i18n")
    env.add_extension("jinja2.ext.do")
    env.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext
    )
    filters: dict[str, Callable[..., Any]] = {
        "money": _money,
        "money0": _whole_money,
        "capitals": Money.capitals,
        "date": i18n.date_text,
        "datetime": i18n.datetime_text,
        "deadline": i18n.deadline_text,
        "daymonth": i18n.day_month_text,
        "size": _size,
        "words": i18n.words,
        "iso": _iso,
        "local_input": _local_input,
    }
    env.filters.update(filters)
    env.globals.update(_names(app))
    app.context_processor(_per_request)


def _names(app: Flask) -> dict[str, Any]:
    """What templates call by its name."""
    return {
        "_": _gettext,
        "gettext": _gettext,
        "permits": _permits,
        "asset": assets.finder(app),
        **parts(app.jinja_env),
        "csrf_token": generate_csrf,
        "outside": addresses.full,
        "page_url_for_language": _page_url_for_language,
        "languages": i18n.NAMES,
        "most_megabytes": storage.most_megabytes,
    }


def _per_request() -> dict[str, Any]:
    """What a page knows about its reader. A page about our own fault asks the database nothing."""
    if g.get("broken"):
        return {"actor": VISITOR, "language": i18n.language(), "now": clock.now(), "nav": []}
    actor = current_actor()
    if "around" not in g:  # a page's panels are templates, too: what is around the page is asked for once
        g.around = current_app.extensions["grants.around"](actor)
    return {"actor": actor, "language": i18n.language(), "now": clock.now(), **g.around}


def _permits(permission: str, subject: Any = None) -> bool:
    return permits(current_actor(), permission, subject)


def _money(value: Money | None) -> str:
    return "" if value is None else value.formatted(i18n.language())


def _iso(value: date) -> str:
    return value.isoformat()


def _local_input(value: datetime | None) -> str:
    """As an input of type datetime-local wants it."""
    return f"{clock.local(value):%Y-%m-%dT%H:%M}" if value else ""


def _whole_money(value: Money | None) -> str:
    """¥12,345 for comparing; fen are shown only where there are any."""
    if value is None:
        return ""
    text = value.formatted(i18n.language())
    return text.removesuffix(".00")


def _size(value: int) -> str:
    for unit, scale in (("MB", 1024**2), ("KB", 1024)):
        if value >= scale:
            return f"{value / scale:.1f} {unit}"
    return f"{value} B"


def _page_url_for_language(code: str) -> str:
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return f"/lang/{code}?next={quote(here)}"


@pass_eval_context
def _gettext(where: EvalContext, message: str, /, **values: Any) -> str:
    """What the library's own does in three steps; a page says a hundred sentences, most of them without values."""
    said = i18n.gettext(message)
    if not where.autoescape:
        return said % values
    return Markup(said) % values if values else _without_values(said)  # noqa: S704 - sentences are ours


@lru_cache(maxsize=8192)
def _without_values(said: str) -> Markup:
    return Markup(said) % {}  # noqa: S704 - sentences are ours


def parts(env: JinjaEnvironment) -> Mapping[str, Callable[[str], Markup]]:
    """`icon(name)` draws; `fixed(template)` is a part that knows nothing about the reader.

    Both are written once, or anew each time while developing.
    """

    def icon(name: str) -> Markup:
        module: Any = env.get_template("components/icon.html").module
        return safe(module.icon(name))

    def fixed(template: str) -> Markup:
        return safe(env.get_template(template).render())

    if env.auto_reload:
        return {"icon": icon, "fixed": fixed}
    return {"icon": lru_cache(maxsize=256)(icon), "fixed": lru_cache(maxsize=64)(fixed)}


def rendered(template: str, **values: Any) -> str:
    """A mail or other text outside a request: nothing about a reader but the language is known.

    What a fact calls `language` is its own affair; the text is in the reader's.
    """
    return current_app.jinja_env.get_template(template).render(values | {"language": i18n.language()})


def safe(text: str) -> Markup:
    """Mark text from our own renderers (never from people) as ready HTML."""
    return Markup(text)  # noqa: S704 - callers are our own renderers, which escape

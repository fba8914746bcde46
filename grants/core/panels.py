"""Parts that upper packages add to the pages of lower ones: named in `wiring.PANELS`, drawn in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template
from markupsafe import Markup
from msgspec import Struct, field
from werkzeug.utils import import_string

from grants.core.jinja import safe
from grants.core.registries import registry


class Panel(Struct, frozen=True):
    """A template and what it needs; it sees nothing else of the page it stands on."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


def panels(kind: str, subject: Any) -> list[Markup]:
    """What others have to show about this thing, e.g. `panels("project", project)` in a template."""
    made = [import_string(path)(subject) for path in registry("panels").get(kind, ())]
    return [safe(render_template(panel.template, **panel.values)) for panel in made if panel is not None]

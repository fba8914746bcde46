"""Tables in which upper packages enter themselves for the doors of lower ones: files, duties, threads, panels, tells.

`create_app` puts them in from `grants/wiring.py`; so no lower floor has to look up.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app


def install(app: Flask, **tables: Any) -> None:
    for name, table in tables.items():
        app.extensions[f"grants.registry.{name}"] = table


def registry(name: str) -> Any:
    """The table of this name, as `grants/wiring.py` declares it. Raises KeyError for one nobody put in."""
    return current_app.extensions[f"grants.registry.{name}"]

"""Writes docs/permissions.md and docs/states.md from the tables the house runs on, so they cannot go stale."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType

from flask import Flask

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
RENEW = "run: python -m tools.tables"


def house() -> Flask:
    """The app as it is wired, on a database that is never asked anything."""
    from cryptography.fernet import Fernet

    from grants.app import create_app
    from grants.config import Settings

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            instance=Path(folder),
            database_url="sqlite://",
            storage_url=f"file:{folder}/files",
            mail_url=f"file:{folder}/mail",
            secret_key="documentation only",  # noqa: S106 - signs nothing that anybody keeps
            encryption_keys=(Fernet.generate_key().decode(),),
            testing=True,
        )
        return create_app(settings)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def permissions(app: Flask) -> str:
    """Every permission with who has it, by package, then every address with what it asks for."""
    return "\n".join(
        [
            "# Who may do what",
            "",
            "Written by `python -m tools.tables` from `wiring.PERMISSIONS` and the addresses of the app; do not edit.",
            "A view permission that says no answers 404, as if there were nothing; an action that says no answers 403.",
            *_by_package(),
            "",
            "## Addresses",
            "",
            *table(("Address", "Methods", "Asks for"), _addresses(app)),
            "",
        ]
    )


def _by_package() -> Iterator[str]:
    from grants import wiring
    from grants.core.i18n import speaking

    names = {id(module.PERMISSIONS): name for name, module in _modules("policies", "PERMISSIONS")}
    for permissions_of_one in wiring.PERMISSIONS:
        with speaking("en"):
            rows = [(f"`{key}`", str(rule.who), rule.name) for key, rule in permissions_of_one.items()]
        yield from ("", f"## {names[id(permissions_of_one)].split('.')[1]}", "")
        yield from table(("Permission", "Who", "The rule in the code"), rows)


def _addresses(app: Flask) -> list[tuple[str, str, str]]:
    """In the order of the alphabet; the demonstration's own pages stand apart and are left out."""
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        asked = getattr(app.view_functions[rule.endpoint], "__access__", "public")
        methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        rows.append((f"`{rule.rule}`", methods, asked if " " in asked or asked == "public" else f"`{asked}`"))
    return rows


def states() -> str:
    """Every lifecycle as a diagram and as the list of what stands in its way."""
    from grants.core.lifecycle import Lifecycle

    lines = [
        "# How things move",
        "",
        "Written by `python -m tools.tables` from the lifecycle tables; do not edit. Only `Lifecycle.fire` moves a state.",
    ]
    for name, module in _modules("lifecycle"):
        for key, cycle in vars(module).items():
            if isinstance(cycle, Lifecycle) and f"\n{key} = Lifecycle(" in _source(module):
                lines += ["", f"## {name.split('.')[1]}: {key.lower().replace('_', ' ')}", ""]
                lines += ["```mermaid", cycle.to_mermaid(), "```"]
                lines += _guards(cycle.transitions())
    return "\n".join([*lines, ""])


def _guards(transitions: Sequence[object]) -> Iterator[str]:
    from grants.core.lifecycle import Transition

    guarded = [move for move in transitions if isinstance(move, Transition) and move.guards]
    if guarded:
        yield ""
    for move in guarded:
        words = ", ".join(
            getattr(guard, "__name__", "a rule").strip("_").replace("_", " ") for guard in move.guards
        )
        yield f"- *{move.verb}* from {', '.join(sorted(move.sources))}: {words}"


def _modules(rung: str, attribute: str = "") -> Iterator[tuple[str, ModuleType]]:
    """Every module of one rung, in the order of its name, that has the attribute."""
    import grants

    found = sorted(info.name for info in pkgutil.walk_packages(grants.__path__, "grants."))
    for name in found:
        if name.split(".")[2:3] == [rung]:
            module = importlib.import_module(name)
            if not attribute or hasattr(module, attribute):
                yield name, module


def _source(module: ModuleType) -> str:
    return Path(module.__file__ or "").read_text("utf-8")


def written() -> Mapping[str, str]:
    app = house()
    with app.app_context():
        return {"permissions.md": permissions(app), "states.md": states()}


def stale() -> list[str]:
    """One complaint per page that is not what the tables say."""
    return [
        f"docs/{name} is not what the tables say; {RENEW}"
        for name, text in written().items()
        if not (DOCS / name).exists() or (DOCS / name).read_text("utf-8") != text
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools.tables", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a page is stale")
    if parser.parse_args(arguments).check:
        found = stale()
        print(*found or ["The tables in the docs are current."], sep="\n")
        return 1 if found else 0
    for name, text in written().items():
        (DOCS / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

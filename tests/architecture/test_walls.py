"""The walls of the house, checked. Standard library only; every message says how to mend it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

GRANTS = Path(__file__).parents[2] / "grants"
FLOORS = [
    "core", "papers", "reference", "accounts", "organisations", "documents", "obligations", "threads",
    "questionnaires", "funds", "notices", "reviews", "calls", "proposals", "decisions", "agreements",
    "projects", "payments", "closeouts", "awards", "publishing", "messaging", "workspace", "demo",
]  # fmt: skip
RULES = {
    "scoring",
    "ranking",
    "budget",
    "workdays",
    "credit_code",
    "contact_points",
    "conditions",
    "definition",
    "answers",
}
LADDER = [
    {"fields", "events"}, {"models"}, {"rules"} | RULES, {"policies", "lifecycle"}, {"queries"}, {"actions"},
    {"reactions"}, {"forms", "schemas"}, {"views", "api", "cli"},
]  # fmt: skip
STEP = {name: step for step, names in enumerate(LADDER) for name in names}
WEB = {"flask", "flask_login", "flask_wtf", "wtforms", "marshmallow", "flask_smorest"}
WEB_STEPS = {STEP["forms"], STEP["views"]}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager"}


def floor_of(path: Path) -> str:
    return path.relative_to(GRANTS).parts[0]


def rung_of(path: Path) -> str:
    return path.relative_to(GRANTS).with_suffix("").parts[1]


MODULES = sorted(
    path
    for path in GRANTS.rglob("*.py")
    if path.parent != GRANTS and floor_of(path) in FLOORS and path.stem != "__init__"
)
DOMAIN = [path for path in MODULES if floor_of(path) not in {"core", "papers", "demo"}]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def ours(path: Path) -> Iterator[tuple[str, str]]:
    """(package, rung) of each import of our own."""
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "grants" and len(parts) > 2 and parts[1] in FLOORS:
            yield parts[1], parts[2]


def of(path: Path) -> str:
    return str(path.relative_to(GRANTS))


@pytest.mark.parametrize("path", MODULES, ids=of)
def test_imports_only_point_down(path: Path) -> None:
    here, rung = floor_of(path), rung_of(path)
    roof = [name for name in imports(path) if name.startswith(("grants.wiring", "grants.app"))]
    assert rung == "cli" or here == "demo" or not roof, (  # a command makes the app it works in
        f"{of(path)} looks up to {roof}: what upper packages enter is read with core.registries.registry."
    )
    for package, target in ours(path):
        assert FLOORS.index(package) <= FLOORS.index(here), (
            f"{of(path)} reaches up to {package}.{target}. A lower floor publishes a fact and the upper package "
            "reacts (wiring.REACTIONS), or the rule moves down."
        )
        if package == here and rung in STEP and target in STEP and target != rung:
            assert STEP[target] < STEP[rung] or (STEP[target] == STEP[rung] and target in RULES), (
                f"{of(path)} climbs the ladder to {target}. Order: "
                + " → ".join("/".join(sorted(step)) for step in LADDER)
            )


@pytest.mark.parametrize("path", DOMAIN, ids=of)
def test_the_domain_does_not_know_about_the_web(path: Path) -> None:
    if STEP.get(rung_of(path)) in WEB_STEPS:
        return
    found = {name.split(".")[0] for name in imports(path)} & WEB
    assert not found, (
        f"{of(path)} imports {found}. Views translate requests into words the domain understands."
    )


def test_rungs_carry_the_names_of_the_ladder() -> None:
    strange = {of(path) for path in DOMAIN if rung_of(path) in FORBIDDEN_NAMES}
    assert not strange, f"{strange}: name the file after what it owns."


@pytest.mark.parametrize("path", MODULES, ids=of)
def test_one_place_commits_and_one_place_moves_state(path: Path) -> None:
    allowed_to_commit = {"core/unit_of_work.py", "core/access_log.py", "core/jobs.py"}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
            assert of(path) in allowed_to_commit, (
                f"{of(path)}:{node.lineno} commits; only the unit of work does."
            )
        if isinstance(node, ast.Assign) and floor_of(path) != "core":
            for target in node.targets:
                moved = isinstance(target, ast.Attribute) and target.attr == "state"
                assert not moved, f"{of(path)}:{node.lineno} assigns .state; call the lifecycle's fire()."


def test_one_place_holds_rows() -> None:
    """In one order, see ADR 19; jobs skip what is held, and the audit chain comes last of all."""
    locks = {of(path) for path in MODULES if "with_for_update" in path.read_text()}
    assert locks == {"core/holding.py", "core/jobs.py", "core/audit.py"}


def test_values_are_structs() -> None:
    """See ADR 20."""
    strange = [
        of(path) for path in GRANTS.rglob("*.py") if any("dataclasses" in name for name in imports(path))
    ]
    assert not strange, (
        f"{sorted(strange)}: write `class Name(Struct, frozen=True)`; it takes no time at the start."
    )


@pytest.mark.parametrize("path", [p for p in DOMAIN if rung_of(p) in {"views", "api"}], ids=of)
def test_views_hold_no_queries(path: Path) -> None:
    for name in imports(path):
        assert not name.startswith("sqlalchemy"), f"{of(path)} imports {name}; reading belongs in queries.py."


@pytest.mark.parametrize("path", [p for p in MODULES if rung_of(p) in {"rules"} | RULES], ids=of)
def test_rules_never_query(path: Path) -> None:
    for name in imports(path):
        assert not name.startswith(("sqlalchemy", "grants.core.db.db")), f"{of(path)}: rules are pure."


SOURCES = sorted(path for path in GRANTS.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=of)
def test_files_and_functions_fit_an_idea(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= 400, f"{of(path)} is over 400 lines; split it by idea."
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            assert length <= 40, f"{of(path)}:{node.lineno} {node.name} has {length} lines; 40 fit a screen."

"""`make check`: everything about the source that can be judged without running the house's tests.

Each check answers a list of complaints; one line per check says how it went.
"""

import ast
import json
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_TEMPLATE = 400, 40, 120
CODE = ("grants", "tools", "migrations", "tests", "bench")
# LGPL libraries are used unchanged and may be replaced; anything that would bind our own text is not.
REFUSED = re.compile(
    r"\bAGPL|Affero|(?<!L)GPL|(?<!Lesser )General Public License|SSPL|Commons Clause", re.IGNORECASE
)
KNOWN = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software|MPL|Mozilla|LGPL|Lesser General|Unlicense|0BSD|HPND|CNRI|Zlib|OFL",
    re.IGNORECASE,
)


def tool(*command: str) -> list[str]:
    """Complaints of a tool of the environment: its own words when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return (done.stdout.strip() or done.stderr.strip()).splitlines() if done.returncode else []


def formatted() -> list[str]:
    return tool("ruff", "format", "--check", "--quiet", ".") and ["run: ruff format ."]


def lint() -> list[str]:
    return tool("ruff", "check", "--output-format", "concise", "--quiet", ".")


def types() -> list[str]:
    return tool("pyrefly", "check", "--output-format", "min-text", "--summary=none")


def translations() -> list[str]:
    return tool("tools.translations", "--check")


def tables() -> list[str]:
    """The pages about rights and states say what the tables say."""
    found = tool("tools.tables", "--check")
    return [line for line in found if line.startswith("docs/")] or found


def vendored() -> list[str]:
    from tools.vendor import differences

    return differences(ROOT)


def migrations() -> list[str]:
    """A database made by the migrations is the one the models describe."""
    from grants.operation.database import differences, empty_database, upgrade

    with empty_database() as engine:
        upgrade(engine)
        return list(differences(engine))


def locked(lock: str) -> set[str]:
    """Names pinned in a lock file, as the package index writes them."""
    lines = (ROOT / "requirements" / lock).read_text("utf-8").splitlines()
    return {canonical(line.partition("==")[0]) for line in lines if "==" in line}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower().strip()


def locks() -> list[str]:
    """Every dependency of pyproject.toml is pinned, and no lock names a host."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = project["project"]["dependencies"]
    names = {canonical(re.split(r"[\[<>=!~; ]", requirement)[0]) for requirement in asked}
    wrong = [f"{name} is not in requirements/run.txt; run: make lock" for name in names - locked("run.txt")]
    files = sorted((ROOT / "requirements").glob("*.txt"))
    wrong += [f"{path.name} names a host" for path in files if "://" in path.read_text("utf-8")]
    return sorted(wrong)


def licences() -> list[str]:
    """No library we ship with may bind our own text, and none may be without a licence we know."""
    here = {canonical(dist.metadata["Name"]) for dist in metadata.distributions()}
    names = sorted(locked("run.txt") & here)
    command = [sys.executable, "-m", "piplicenses", "--from=mixed", "--format=json", "--packages", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    rows = [(row["Name"], row["License"]) for row in json.loads(done.stdout)]
    return [f"{name}: {licence}" for name, licence in rows if not acceptable(licence)]


def acceptable(licence: str) -> bool:
    """Of several licences joined by “or” one is enough."""
    ways = re.split(r"\s+OR\s+", licence)
    return any(KNOWN.search(way) and not REFUSED.search(way) for way in ways)


def sources() -> Iterator[Path]:
    for folder in CODE:
        yield from sorted((ROOT / folder).rglob("*.py"))


def sizes() -> list[str]:
    """A file fits one idea, a function one screen."""
    wrong = []
    for path in sources():
        text, name = path.read_text("utf-8"), path.relative_to(ROOT)
        if not name.is_relative_to("migrations/versions"):
            wrong += [f"{name}: {problem}" for problem in too_long(text)]
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if (lines := path.read_text("utf-8").count("\n")) > LONGEST_TEMPLATE:
            wrong.append(f"{path.relative_to(ROOT)}: {lines} lines, at most {LONGEST_TEMPLATE}")
    return wrong


def too_long(text: str) -> Iterator[str]:
    if (lines := text.count("\n")) > LONGEST_FILE:
        yield f"{lines} lines, at most {LONGEST_FILE}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.name} has {length} lines, at most {LONGEST_FUNCTION}"


CHECKS: dict[str, Callable[[], list[str]]] = {
    "format": formatted,
    "lint": lint,
    "types": types,
    "translations": translations,
    "tables": tables,
    "licences": licences,
    "locks": locks,
    "vendored files": vendored,
    "migrations": migrations,
    "sizes": sizes,
}


def report(name: str, check: Callable[[], list[str]]) -> bool:
    begun = time.monotonic()
    complaints = check()
    verdict = f"{len(complaints)} complaints" if complaints else "good"
    print(f"{name:15} {verdict} ({time.monotonic() - begun:.1f} s)", *complaints, sep="\n    ", flush=True)
    return not complaints


def main(chosen: list[str]) -> int:
    """Run all checks, or those named; 0 when all are good."""
    if strange := set(chosen) - set(CHECKS):
        print(f"There is no check {', '.join(sorted(strange))}; there are: {', '.join(CHECKS)}")
        return 2
    results = [report(name, CHECKS[name]) for name in chosen or CHECKS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

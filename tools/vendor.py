"""Copies the browser libraries named in package.json to static/vendor, and proves they are unchanged.

`python -m tools.vendor` copies; `--check` compares what is committed with its manifest. Visitors get
these files from our own address; nobody needs Node to run the house.
"""

import hashlib
import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LICENCE_NAMES = ("LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wanted(root: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Name, version and files of each library; a name like `@scope/x` becomes `scope-x`."""
    package = json.loads((root / "package.json").read_text("utf-8"))
    for name, files in package["greenshoots"]["vendor"].items():
        yield name, package["devDependencies"][name], files


def folder_name(name: str, version: str) -> str:
    return f"{name.lstrip('@').replace('/', '-')}-{version}"


def copy(root: Path) -> Mapping[str, str]:
    """Fill static/vendor anew from node_modules; answers the manifest, which is written too."""
    vendor = root / "static" / "vendor"
    shutil.rmtree(vendor, ignore_errors=True)
    for name, version, files in wanted(root):
        source, target = root / "node_modules" / name, vendor / folder_name(name, version)
        target.mkdir(parents=True)
        licence = next((source / n for n in LICENCE_NAMES if (source / n).exists()), None)
        if licence is None:
            sys.exit(f"{name} brings no licence text")
        shutil.copyfile(licence, target / "LICENSE")
        for file in files:
            shutil.copyfile(source / file, target / Path(file).name)
    manifest = hashes(vendor)
    text = json.dumps(manifest, indent=2, sort_keys=True)
    (vendor / "manifest.json").write_text(f"{text}\n", "utf-8")
    return manifest


def hashes(vendor: Path) -> Mapping[str, str]:
    files = sorted(path for path in vendor.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(vendor).as_posix(): digest(path) for path in files}


def differences(root: Path) -> list[str]:
    """Files changed, missing or strange, and libraries not copied in the version package.json names."""
    vendor = root / "static" / "vendor"
    manifest = json.loads((vendor / "manifest.json").read_text("utf-8"))
    found = hashes(vendor)
    wrong = [f"{name}: not what the manifest says" for name in manifest if manifest[name] != found.get(name)]
    wrong += [f"{name}: not in the manifest" for name in found if name not in manifest]
    for name, version, files in wanted(root):
        expected = [f"{folder_name(name, version)}/{Path(file).name}" for file in [*files, "LICENSE"]]
        wrong += [f"{path}: not copied" for path in expected if path not in manifest]
    return wrong


def main() -> int:
    if "--check" in sys.argv[1:]:
        wrong = differences(ROOT)
        print(*wrong or ["The vendored files are as they were copied."], sep="\n")
        return 1 if wrong else 0
    print(*copy(ROOT), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

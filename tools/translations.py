"""Keeps the Chinese catalogues in step with the sources, and names everything missing in them.

`zh_Hans/<package>.po` is written by hand, `zh_Hant/<package>.po` is made from it. Entries are
sorted and carry no dates and no line numbers, so that two branches merge calmly.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polib
from babel.messages.extract import extract

from grants.core.catalogues import compile_catalogues
from tools.catalogue_checks import complaints
from tools.traditional import Converter

KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
METHODS = {True: "babel.messages.extract:extract_python", False: "jinja2.ext:babel_extract"}
TEMPLATE_OPTIONS = {
    "silent": "false",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "extensions": "jinja2.ext.do",
}
TEMPLATE_KINDS = {".html", ".txt", ".xml"}
CORE_FOLDERS = {"core", "papers", "operation", "translations"}
HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


@dataclass(frozen=True, order=True)
class Key:
    """What a catalogue knows a sentence by."""

    msgid: str
    context: str = ""
    plural: str = ""


@dataclass(frozen=True)
class House:
    """Where sources, templates and catalogues are."""

    root: Path

    @property
    def catalogues(self) -> Path:
        return self.root / "grants" / "translations"

    def sources(self) -> Iterator[tuple[str, Path]]:
        """Every file that may hold a sentence, with the catalogue it belongs to."""
        for file in sorted((self.root / "grants").rglob("*.py")):
            yield self._package(file.relative_to(self.root / "grants")), file
        for file in sorted((self.root / "templates").rglob("*")):
            if file.suffix in TEMPLATE_KINDS:
                yield self._template_package(file.relative_to(self.root / "templates")), file

    def _package(self, path: Path) -> str:
        top = path.parts[0] if len(path.parts) > 1 else "core"
        return "core" if top in CORE_FOLDERS else top

    def _template_package(self, path: Path) -> str:
        top = path.parts[0]
        if len(path.parts) > 1 and (self.root / "grants" / top).is_dir():
            return self._package(path)
        return "face"

    def catalogue(self, language: str, package: str) -> Path:
        return self.catalogues / language / f"{package}.po"

    def packages(self, language: str) -> list[str]:
        return sorted(path.stem for path in (self.catalogues / language).glob("*.po"))


def sentences(house: House) -> dict[str, set[Key]]:
    """What each package says, read from the sources."""
    found: dict[str, set[Key]] = defaultdict(set)
    for package, file in house.sources():
        found[package] |= set(_sentences_of(file))
    return {package: keys for package, keys in found.items() if keys}


def _sentences_of(file: Path) -> Iterator[Key]:
    with file.open("rb") as source:
        for _line, message, _comments, context in extract(
            METHODS[file.suffix == ".py"], source, KEYWORDS, options=TEMPLATE_OPTIONS
        ):
            parts = (message, "") if isinstance(message, str) else (*message, "")
            yield Key(parts[0], context or "", parts[1])


def key_of(entry: polib.POEntry) -> Key:
    return Key(entry.msgid, entry.msgctxt or "", entry.msgid_plural or "")


def text_of(entry: polib.POEntry) -> str:
    return str(entry.msgstr_plural.get(0, "")) if entry.msgid_plural else entry.msgstr


def entry_of(key: Key, text: str, flags: Iterable[str] = ()) -> polib.POEntry:
    plural = {"msgid_plural": key.plural, "msgstr_plural": {0: text}} if key.plural else {"msgstr": text}
    return polib.POEntry(msgid=key.msgid, msgctxt=key.context or None, flags=list(flags), **plural)


def read(house: House, language: str) -> dict[str, dict[Key, polib.POEntry]]:
    """Every catalogue of a language as it stands on disk, by package."""
    return {
        package: {key_of(entry): entry for entry in polib.pofile(str(house.catalogue(language, package)))}
        for package in house.packages(language)
    }


def synced(
    wanted: Mapping[str, set[Key]], standing: Mapping[str, Mapping[Key, polib.POEntry]]
) -> dict[str, dict[Key, polib.POEntry]]:
    """The hand-written catalogues brought up to date with the sources.

    A sentence that moved to another package, or is said there already, keeps its translation.
    """
    anywhere = {
        key: text_of(entry) for part in standing.values() for key, entry in part.items() if text_of(entry)
    }
    fresh: dict[str, dict[Key, polib.POEntry]] = {}
    for package, keys in wanted.items():
        before = standing.get(package, {})
        fresh[package] = {
            key: before[key]
            if key in before and text_of(before[key])
            else entry_of(key, anywhere.get(key, ""))
            for key in sorted(keys)
        }
    return fresh


def traditional(
    simplified: Mapping[str, Mapping[Key, polib.POEntry]], converter: Converter
) -> dict[str, dict[Key, polib.POEntry]]:
    return {
        package: {
            key: entry_of(key, converter(text_of(entry)), entry.flags) for key, entry in entries.items()
        }
        for package, entries in simplified.items()
    }


def rendered(language: str, entries: Mapping[Key, polib.POEntry]) -> str:
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = {"Language": language, **HEADER}
    catalogue.extend(
        entry_of(key, text_of(entry), sorted(entry.flags)) for key, entry in sorted(entries.items())
    )
    return str(catalogue).rstrip("\n") + "\n"


def files(house: House) -> dict[Path, str]:
    """What every catalogue file should hold, given the sources and what is translated already."""
    simplified = synced(sentences(house), read(house, "zh_Hans"))
    converter = Converter(house.catalogues / "exceptions.tsv")
    by_language = {"zh_Hans": simplified, "zh_Hant": traditional(simplified, converter)}
    return {
        house.catalogue(language, package): rendered(language, entries)
        for language, packages in by_language.items()
        for package, entries in packages.items()
    }


def stale(house: House, wanted: Mapping[Path, str]) -> list[Path]:
    """Catalogues that are not, byte for byte, what this tool would write."""
    standing = set(house.catalogues.glob("zh_*/*.po"))
    changed = {
        path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    }
    return sorted((standing - wanted.keys()) | changed)


def write(house: House) -> list[Path]:
    """Bring the files up to date; answers with those that changed."""
    wanted = files(house)
    changed = stale(house, wanted)
    for path in changed:
        if path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    compile_catalogues(house.catalogues)
    return changed


def check(house: House) -> list[str]:
    """Every complaint, one sentence each; none when all is well."""
    allowed = _lines(house.catalogues / "same_in_chinese.txt")
    found = [
        f"{path.relative_to(house.root)}: not in step with its sources; run: python -m grants translations"
        for path in stale(house, files(house))
    ]
    told = {
        package: [
            (key.msgid, key.context, key.plural, text_of(entry), entry.fuzzy) for key, entry in part.items()
        ]
        for package, part in read(house, "zh_Hans").items()
    }
    return found + complaints(told, allowed=allowed)


def _lines(path: Path) -> frozenset[str]:
    return frozenset(path.read_text(encoding="utf-8").splitlines()) if path.exists() else frozenset()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="grants translations", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if anything is missing")
    chosen = parser.parse_args(arguments)
    house = House(Path(__file__).resolve().parent.parent)
    if chosen.check:
        found = check(house)
        print(*found or ["The catalogues are complete."], sep="\n", file=sys.stderr if found else sys.stdout)
        return 1 if found else 0
    for path in write(house):
        print(path.relative_to(house.root))
    missing = sum(complaint.endswith("no translation") for complaint in check(house))
    print(f"{missing} sentences wait for a translation." if missing else "Every sentence is translated.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

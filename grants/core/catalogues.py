"""Turns the hand-written catalogues into what the running program reads, whenever they are newer."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

COMPILED = {"zh_Hans": "zh_Hans_CN", "zh_Hant": "zh_Hant_HK"}


def compile_catalogues(folder: Path) -> list[Path]:
    """Write each language's merged catalogue that is older than its parts; answers with those written.

    Several workers may start at once: each writes its own file and renames it into place.
    """
    written = []
    for language, locale in COMPILED.items():
        target = folder / "compiled" / locale / "LC_MESSAGES" / "messages.mo"
        parts = sorted((folder / language).glob("*.po"))
        newest = _newest([folder / language, *parts])
        if parts and (not target.exists() or target.stat().st_mtime_ns < newest):
            _compile(parts, locale, target, stamp=newest)
            written.append(target)
    return written


def _newest(paths: Iterable[Path]) -> int:
    """The folder is asked, too: a catalogue taken away leaves no newer file behind."""
    return max((path.stat().st_mtime_ns for path in paths if path.exists()), default=0)


def _compile(parts: Iterable[Path], locale: str, target: Path, *, stamp: int) -> None:
    """The result is dated like its newest part, so a part saved meanwhile still counts as newer."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=target.parent, prefix=".messages-", delete=False) as spool:
        write_mo(spool, _merged(parts, locale))
    os.utime(spool.name, ns=(stamp, stamp))
    Path(spool.name).chmod(0o644)
    Path(spool.name).replace(target)


def _merged(parts: Iterable[Path], locale: str) -> Catalog:
    merged = Catalog(locale=locale)
    for part in parts:
        with part.open("rb") as source:
            for message in read_po(source, locale=locale):
                if message.id and any(message.string or ()):
                    merged.add(message.id, message.string, context=message.context)
    return merged

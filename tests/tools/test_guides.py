"""Guides say only what is there: addresses open, quoted words of pages stand in the catalogues, commands exist.

In a guide 「…」 (Chinese) and “…” (English) hold words of a page and nothing else; an ellipsis stands for what changes.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path

import click
import polib
import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from grants.commandline import tree
from grants.operation.signins import SIGN_INS

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs" / "guide").glob("*/*.md"))
QUOTED = {"zh": re.compile(r"「((?:[^「」]|「[^」]*」)+)」"), "en": re.compile(r"“((?:[^“”]|“[^”]*”)+)”")}
ADDRESS = re.compile(r"`(/[\w/.-]*)`")
PERSON = re.compile(r"`(\w+)@demo\.example`")
COMMAND = re.compile(r"python3 -m grants ([a-z][a-z-]*)(?: ([a-z]+))?")
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + GUIDES
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def shown(words: str) -> str:
    return PLACEHOLDER.sub("…", words).replace("%%", "%")


@cache
def words_of_pages(language: str) -> frozenset[str]:
    found: set[str] = set()
    for path in (ROOT / "grants" / "translations" / "zh_Hans").glob("*.po"):
        for entry in polib.pofile(str(path)):
            chinese = [entry.msgstr, *entry.msgstr_plural.values()]
            found.update(chinese if language == "zh" else [entry.msgid, entry.msgid_plural])
    return frozenset(shown(words) for words in found if words)


def test_every_guide_is_there_in_both_languages() -> None:
    assert sorted(map(of, GUIDES)) == [
        f"{language}/{name}.md"
        for language in ("en", "zh")
        for name in ("leader", "officer", "others", "reviewer")
    ]


@pytest.mark.parametrize("path", GUIDES, ids=of)
def test_a_guide_quotes_only_words_of_pages(path: Path) -> None:
    language = path.parent.name
    quoted = [" ".join(words.split()) for words in QUOTED[language].findall(path.read_text("utf-8"))]
    gone = [words for words in quoted if words not in words_of_pages(language)]
    assert gone == [], (
        f"{of(path)} quotes {gone}: no page says so. Quote what it says today, … for what changes."
    )
    assert quoted != []


@pytest.mark.parametrize("path", GUIDES, ids=of)
def test_a_guide_names_only_addresses_that_open(app: Flask, path: Path) -> None:
    gone = []
    for address in ADDRESS.findall(path.read_text("utf-8")):
        try:
            app.url_map.bind("localhost").match(address)
        except (NotFound, MethodNotAllowed):
            gone.append(address)
        except RequestRedirect:
            pass
    assert gone == [], f"{of(path)} sends people to {gone}, which are no pages."


@pytest.mark.parametrize("path", GUIDES, ids=of)
def test_a_guide_names_only_people_of_the_demonstration(path: Path) -> None:
    named = PERSON.findall(path.read_text("utf-8"))
    assert named != []
    assert set(named) <= {name for one in SIGN_INS for name in re.findall(r"\w+", one.name)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name if path.parent == ROOT else of(path))
def test_a_page_names_only_commands_that_are_there(path: Path) -> None:
    gone = []
    for name, below in COMMAND.findall(path.read_text("utf-8")):
        context = click.Context(tree)
        command = tree.get_command(context, name)
        if command is None or (isinstance(command, click.Group) and below and below not in command.commands):
            gone.append(f"{name} {below}")
    assert gone == [], f"{path.name} names {gone}, which `grants --help` does not know."


@pytest.mark.parametrize("path", [*PAGES, *(ROOT / "docs").glob("*.md")], ids=lambda path: path.stem)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_the_glossary_names_rows_that_are_there() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    named = re.findall(r"`(\w+)\.([A-Z]\w+)`", text)
    gone = [f"{package}.{name}" for package, name in named if not _has(package, name)]
    assert gone == []
    assert named != []


def _has(package: str, name: str) -> bool:
    return hasattr(import_module(f"grants.{package}.models"), name)

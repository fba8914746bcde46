"""How a refused form says what is wrong: on top of the page, beside the field, tied to it, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
CONTROLS = frozenset({"input", "select", "textarea"})
NOTES = frozenset({"note act", "note stop"})
HAN = re.compile(r"[\u3400-\u9fff]")
IN_ENGLISH = re.compile(r"(?:[A-Za-z’']+[ ,;:]+){3,}[A-Za-z’']+")
QUOTED = re.compile(r"“[^”]*”|「[^」]*」|《[^》]*》|\"[^\"]*\"")


@dataclass
class Element:
    tag: str
    given: Mapping[str, str]
    above: Element | None = None
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    @property
    def described_by(self) -> list[str]:
        return self.given.get("aria-describedby", "").split()

    def lies_in(self, other: Element) -> bool:
        return self is other or (self.above is not None and self.above.lies_in(other))


class _Page(HTMLParser):
    """Every element with its attributes, what it lies in and all words in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        above = self._open[-1] if self._open else None
        element = Element(tag, {name: value or "" for name, value in attrs}, above)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in {element.tag for element in self._open}:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.words.append(data)


def badly_told(html: str, language: str) -> Iterator[str]:
    """What a person who was refused would not find, not hear read out, or not understand."""
    page = _Page(html)
    wrong = [one for one in page.elements if one.given.get("class") == "wrong"]
    summaries = [one for one in page.elements if "data-errors" in one.given]
    notes = [one for one in page.elements if one.given.get("class") in NOTES]
    if not summaries and (wrong or not notes):
        yield "422 without a summary of what is wrong"
    yield from _unreachable(page, summaries)
    for one in wrong:
        yield from _untied(page, one)
    sentences = [one.text for one in (*wrong, *(notes if not summaries else ()))]
    sentences += [part for summary in summaries for part in _listed(page, summary)]
    yield from (fault for sentence in sentences for fault in misspoken(sentence, language))


def _listed(page: _Page, summary: Element) -> Iterator[str]:
    """The sentences of a summary; those that lead to a field without the name of the field before them."""
    for one in page.elements:
        if one.tag == "li" and one.lies_in(summary):
            leads = any(link.tag == "a" and link.lies_in(one) for link in page.elements)
            yield re.split(r": |：", one.text, maxsplit=1)[-1] if leads else one.text


def _unreachable(page: _Page, summaries: list[Element]) -> Iterator[str]:
    """Each link of the summary leads to a field that says the same beside it."""
    known = {one.given["id"]: one for one in page.elements if "id" in one.given}
    for link in page.elements:
        target = link.given.get("href", "")
        if link.tag == "a" and target.startswith("#") and any(link.lies_in(each) for each in summaries):
            name = target.removeprefix("#")
            if name not in known:
                yield f"the summary leads to #{name}, which is not there: {link.text[:80]}"
            elif f"{name}-error" not in known:
                yield f"nothing is said beside #{name}: {link.text[:80]}"


def _untied(page: _Page, wrong: Element) -> Iterator[str]:
    """A sentence beside a field is in sight and read out with it; a single control says that it is the wrong one, too."""
    name = wrong.given.get("id", "")
    shut = [one for one in page.elements if one.tag == "details" and "open" not in one.given]
    if any(wrong.lies_in(fold) for fold in shut):
        yield f"hidden in a fold that is shut: {wrong.text[:80]}"
    tied = [one for one in page.elements if name and name in one.described_by]
    if not tied:
        yield f"no field is described by what is said in #{name}: {wrong.text[:80]}"
    for one in tied:
        if one.tag in CONTROLS and one.given.get("aria-invalid") != "true":
            yield f"#{one.given.get('id')} does not say that it is invalid"


def misspoken(sentence: str, language: str) -> Iterator[str]:
    """Chinese without a sentence of English in it; English without Chinese, names in quotation marks apart."""
    said = QUOTED.sub("", sentence)
    if language == "en":
        if HAN.search(said):
            yield f"not in English: {sentence[:80]}"
    elif not HAN.search(said) or IN_ENGLISH.search(said):
        yield f"not in Chinese: {sentence[:80]}"
